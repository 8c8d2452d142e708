// SPDX-License-Identifier: Apache-2.0
// Networks as text and JSON, with the verdict whether they fit a chip: the conversion itself is
// tried, so the reason given is the converter's own.
#ifndef SPIKEMESH_APPS_INSPECT_NETWORK_H_
#define SPIKEMESH_APPS_INSPECT_NETWORK_H_

#include "apps/inspection.h"
#include "apps/spiking_conversion.h"
#include "core/base/status.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// `converted`: what ConvertToSpikes made of it, or why not.
Inspection InspectNetwork(const Network& network,
                          const absl::StatusOr<SpikingConversion>& converted);
Inspection InspectSpiking(const SpikingNetwork& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_INSPECT_NETWORK_H_
