// SPDX-License-Identifier: Apache-2.0
// Layers of networks as rows of the conversion report.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_DESCRIBE_LAYERS_H_
#define SPIKEMESH_CONVERTERS_RECIPE_DESCRIBE_LAYERS_H_

#include <vector>

#include "converters/mapping/map_network.h"
#include "core/report/convert_report.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// Before mapping: no cores yet; latency as if every layer took one tick more than its inputs.
std::vector<ConvertedLayer> DescribeLayers(const SpikingNetwork& network);

// After mapping.
std::vector<ConvertedLayer> DescribeMappedLayers(const std::vector<MappedLayer>& layers);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_DESCRIBE_LAYERS_H_
