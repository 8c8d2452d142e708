// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/stage_input.h"

#include <cstddef>

namespace spikemesh {

LayerInput EmptyEdge(const StageInput& input, const FeatureShape& output) {
  const Branch& branch = *input.branch;
  const bool whole = branch.output.channels == output.channels;
  LayerInput edge;
  edge.source = input.layer;
  edge.delay_ticks = input.layer == kEncodedInput ? 0 : 1;
  edge.shape = branch.input;
  edge.window = branch.convolution.window;
  edge.groups = whole ? branch.convolution.groups : 1;
  edge.weights.assign(static_cast<std::size_t>(output.channels) * branch.input.channels /
                          edge.groups * edge.window.kernel_y * edge.window.kernel_x,
                      0);
  return edge;
}

void SetEdgeWeights(const StageInput& input, std::int64_t channel, const FeatureShape& output,
                    std::span<const std::int32_t> weights, LayerInput& edge) {
  const std::size_t taps = weights.size() / static_cast<std::size_t>(input.group_channels());
  const std::size_t per_channel = edge.weights.size() / output.channels;
  const bool same_groups = edge.groups == input.branch->convolution.groups;
  const std::int64_t first = same_groups ? 0 : input.first_channel(input.local_channel(channel));
  std::int16_t* to = &edge.weights[channel * per_channel + first * taps];
  for (const std::int32_t weight : weights) {
    *to++ = static_cast<std::int16_t>(weight);
  }
}

}  // namespace spikemesh
