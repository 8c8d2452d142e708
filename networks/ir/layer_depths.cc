// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/layer_depths.h"

#include <algorithm>

namespace spikemesh {

std::vector<std::int32_t> LayerDepths(const SpikingNetwork& network) {
  std::vector<std::int32_t> depths;
  for (const SpikingLayer& layer : network.layers) {
    std::int32_t depth = 0;
    for (const LayerInput& input : layer.inputs) {
      const std::int32_t of_source =
          input.source == kEncodedInput ? 0 : depths[static_cast<std::size_t>(input.source)];
      depth = std::max(depth, of_source + input.delay_ticks);
    }
    depths.push_back(depth);
  }
  return depths;
}

}  // namespace spikemesh
