// SPDX-License-Identifier: Apache-2.0
// The reference twin of the runners' sums: every tap of every input, from the definition.
#ifndef SPIKEMESH_TESTS_NETWORKS_IR_SUM_OF_NEURON_H_
#define SPIKEMESH_TESTS_NETWORKS_IR_SUM_OF_NEURON_H_

#include <cstdint>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

// What `input` adds to output channel `out` at (y, x). `spikes`: of its source, flat order.
inline std::int64_t SumOfInput(const LayerInput& input, const FeatureShape& output,
                               const std::vector<std::uint8_t>& spikes, std::int32_t out,
                               std::int32_t y, std::int32_t x) {
  const WindowGeometry& w = input.window;
  const std::int32_t in_group = input.shape.channels / input.groups;
  const std::int32_t group = out / (output.channels / input.groups);
  std::int64_t sum = 0;
  for (std::int32_t c = 0; c < in_group; ++c) {
    for (std::int32_t tap = 0; tap < w.kernel_y * w.kernel_x; ++tap) {
      const std::int32_t at_y = y * w.stride_y - w.pad_top + tap / w.kernel_x * w.dilation_y;
      const std::int32_t at_x = x * w.stride_x - w.pad_left + tap % w.kernel_x * w.dilation_x;
      const bool inside =
          at_y >= 0 && at_y < input.shape.height && at_x >= 0 && at_x < input.shape.width;
      const std::int32_t from =
          ((group * in_group + c) * input.shape.height + at_y) * input.shape.width + at_x;
      if (inside && spikes[from] != 0) {
        sum += input.weights[(out * in_group + c) * w.kernel_y * w.kernel_x + tap];
      }
    }
  }
  return sum;
}

// The sum of neuron `flat`. `spikes`: [input of the layer], of its source.
inline std::int64_t SumOfNeuron(const SpikingLayer& layer,
                                const std::vector<std::vector<std::uint8_t>>& spikes,
                                std::int32_t flat) {
  const std::int32_t width = layer.output_shape.width;
  const std::int32_t plane = layer.output_shape.height * width;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    sum += SumOfInput(layer.inputs[i], layer.output_shape, spikes[i], flat / plane,
                      flat % plane / width, flat % width);
  }
  return sum;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_NETWORKS_IR_SUM_OF_NEURON_H_
