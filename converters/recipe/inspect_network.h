// SPDX-License-Identifier: Apache-2.0
// Whether a network fits a chip, and what stops it: the conversion itself is tried, so the reason
// given is the converter's own.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_INSPECT_NETWORK_H_
#define SPIKEMESH_CONVERTERS_RECIPE_INSPECT_NETWORK_H_

#include "converters/recipe/sketch_refusal.h"
#include "converters/recipe/spiking_conversion.h"
#include "core/base/status.h"
#include "core/report/network_inspection.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// `converted`: what ConvertToSpikes made of it, or why not.
NetworkInspection InspectNetwork(const Network& network,
                                 const absl::StatusOr<SpikingConversion>& converted);
// Of a network that no chip can hold, by its sketch.
NetworkInspection InspectRefusal(const Network& network, const SketchRefusal& refusal);
SpikingInspection InspectSpiking(const SpikingNetwork& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_INSPECT_NETWORK_H_
