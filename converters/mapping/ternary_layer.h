// SPDX-License-Identifier: Apache-2.0
// A layer as the crossbar can hold it: weights -1, 0, +1 and thresholds in units of the channel's
// weight. An input feature reaches a core over a + axon (type 0, weight +1), a - axon (type 1,
// weight -1) or both, as the neurons of that core need. All passes work on this struct.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_TERNARY_LAYER_H_
#define SPIKEMESH_CONVERTERS_MAPPING_TERNARY_LAYER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The axon types of the two signs.
inline constexpr std::uint8_t kPlusAxonType = 0;
inline constexpr std::uint8_t kMinusAxonType = 1;

struct TernaryLayer {
  std::vector<LayerInput> inputs;
  std::vector<std::int64_t> input_begin;  // [inputs + 1]: first input feature of each source
  FeatureShape input_shape;
  FeatureShape output_shape;
  WindowGeometry window;
  std::int32_t groups = 1;
  std::vector<std::int8_t> signs;        // [out_channels, in_channels/groups, kernel_y, kernel_x]
  std::vector<std::int16_t> thresholds;  // [output_shape.size()]: fires when the sum is >= this

  std::int32_t inputs_per_group() const { return input_shape.channels / groups; }
  std::int32_t outputs_per_group() const { return output_shape.channels / groups; }
  std::int32_t positions() const { return output_shape.height * output_shape.width; }
  std::int32_t window_size() const { return window.kernel_y * window.kernel_x; }
  bool reads_encoder_only() const {
    for (const LayerInput& input : inputs) {
      if (input.source != kEncodedInput) {
        return false;
      }
    }
    return true;
  }
};

// Calls visit(feature, sign) for each input with a weight of the neuron (flat output index), in
// ascending order of features. Padding and zero weights are skipped.
template <typename Visit>
void ForEachSynapse(const TernaryLayer& layer, std::int32_t neuron, Visit visit) {
  const WindowGeometry& window = layer.window;
  const std::int32_t channel = neuron / layer.positions();
  const std::int32_t position = neuron % layer.positions();
  const std::int32_t top = position / layer.output_shape.width * window.stride_y - window.pad_top;
  const std::int32_t left = position % layer.output_shape.width * window.stride_x - window.pad_left;
  const std::int32_t first_input = channel / layer.outputs_per_group() * layer.inputs_per_group();
  const std::int8_t* sign =
      layer.signs.data() + std::int64_t{channel} * layer.inputs_per_group() * layer.window_size();
  for (std::int32_t i = 0; i < layer.inputs_per_group(); ++i) {
    for (std::int32_t tap = 0; tap < layer.window_size(); ++tap, ++sign) {
      const std::int32_t y = top + tap / window.kernel_x * window.dilation_y;
      const std::int32_t x = left + tap % window.kernel_x * window.dilation_x;
      if (*sign != 0 && y >= 0 && x >= 0 && y < layer.input_shape.height &&
          x < layer.input_shape.width) {
        visit(((first_input + i) * layer.input_shape.height + y) * layer.input_shape.width + x,
              *sign);
      }
    }
  }
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_TERNARY_LAYER_H_
