// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_pool.h"

#include <cstddef>

#include "networks/ir/window.h"

namespace spikemesh {
std::vector<bool> FallingChannels(const Stage& stage) {
  const std::int64_t plane = std::int64_t{stage.shape.height} * stage.shape.width;
  std::vector<bool> falling;
  for (std::int64_t channel = 0; channel < stage.shape.channels; ++channel) {
    falling.push_back(ApplyFunctions(stage.functions, channel * plane, -kFarSum) >
                      ApplyFunctions(stage.functions, channel * plane, kFarSum));
  }
  return falling;
}

SpikingLayer FoldMaxPool(const Stage& stage, std::int32_t layer,
                         const std::vector<bool>& needs_all) {
  const WindowGeometry& window = stage.pool.window;
  SpikingLayer pool;
  pool.name = stage.name;
  pool.output_shape = stage.shape;
  LayerInput edge;
  edge.source = layer;
  edge.delay_ticks = layer == kEncodedInput ? 0 : 1;
  edge.shape = stage.input;
  edge.window = window;
  edge.groups = stage.shape.channels;
  edge.weights.assign(
      static_cast<std::size_t>(stage.shape.channels) * window.kernel_y * window.kernel_x, 1);
  pool.inputs.push_back(std::move(edge));
  for (std::int32_t channel = 0; channel < stage.shape.channels; ++channel) {
    for (std::int32_t y = 0; y < stage.shape.height; ++y) {
      const TapRange rows = TapsInside(AxisY(window), y, stage.input.height);
      for (std::int32_t x = 0; x < stage.shape.width; ++x) {
        const TapRange columns = TapsInside(AxisX(window), x, stage.input.width);
        const std::int64_t taps = (rows.end - rows.begin) * (columns.end - columns.begin);
        pool.thresholds.push_back(needs_all[channel] ? static_cast<std::int32_t>(taps) : 1);
      }
    }
  }
  return pool;
}

}  // namespace spikemesh
