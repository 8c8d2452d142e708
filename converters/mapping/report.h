// SPDX-License-Identifier: Apache-2.0
// The rows of the conversion report, counted from the logical cores, not from plans.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_REPORT_H_
#define SPIKEMESH_CONVERTERS_MAPPING_REPORT_H_

#include <vector>

#include "converters/mapping/map_network.h"
#include "converters/mapping/plan_network.h"

namespace spikemesh {

// One row a layer of `network`. Relays (and their splitters) count as relay cores of the layer that
// reads through them.
std::vector<MappedLayer> ReportLayers(const SpikingNetwork& network, const PlannedNetwork& plan);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_REPORT_H_
