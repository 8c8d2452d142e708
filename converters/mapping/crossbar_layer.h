// SPDX-License-Identifier: Apache-2.0
// A layer as crossbars can hold it. An input feature reaches a core over up to four axons, one for
// each axon type; a weight is a set of types, whose values for the output channel sum to it. So +1
// and -1 are two types (ternary weights), 1, 2, 4 and -8 four (all of -8..7), and a channel may
// have any four values of its own: types are the axon's, values the neuron's.
// What a neuron adds every tick (its leak; minus its threshold where it is memoryless) may exceed
// the chip's leak of -255..255. Axons that are always active, bias axons, add the rest: a constant
// neuron in a column of the same core, which fires in every tick, drives each of them. A bias axon
// has a type as any other, and a neuron is connected to as many of them as it needs. They are
// active from tick 2 on; in tick 1 the neuron's initial potential stands in for them. All passes
// after legalize work on this struct.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_CROSSBAR_LAYER_H_
#define SPIKEMESH_CONVERTERS_MAPPING_CROSSBAR_LAYER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/limits.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// A set of axon types: bit t is type t.
using AxonTypeMask = std::uint8_t;
inline constexpr AxonTypeMask kAllAxonTypes = (1 << kAxonTypes) - 1;

// The convolution of one source. A feature of the layer is `first_feature` plus a flat index of the
// source's spikes, so that a source that is read twice has features twice.
struct CrossbarInput {
  std::int32_t source = kEncodedInput;
  std::int32_t first_feature = 0;
  FeatureShape shape;
  WindowGeometry window;
  std::int32_t groups = 1;
  // [out_channels, channels/groups, kernel_y, kernel_x]: the types whose values sum to the weight;
  // 0 for a weight of 0.
  std::vector<AxonTypeMask> masks;

  std::int32_t channels_in_group() const { return shape.channels / groups; }
  std::int32_t window_size() const { return window.kernel_y * window.kernel_x; }
  std::int32_t weights_per_channel() const { return channels_in_group() * window_size(); }
};

// How the weights of a layer become types, the least of them that does for all channels.
enum class WeightsKind : std::uint8_t {
  kTernary,   // -a, 0, a
  kInt4,      // a times -8..7: the bits of the number
  kCodebook,  // SpikingLayer::axon_weights
  kInteger,   // found by search (represent_channel.h)
};

struct CrossbarLayer {
  WeightsKind weights_kind = WeightsKind::kTernary;
  std::vector<CrossbarInput> inputs;
  FeatureShape output_shape;
  std::vector<AxonWeights> axon_weights;  // [out_channels]: the value of each type, -255..255
  std::vector<AxonTypeMask> types_used;   // [out_channels]: types that some weight has
  // [output_shape.size()]: added every tick. Integrating: the leak. Memoryless: minus the least sum
  // (of values) that fires.
  std::vector<std::int32_t> constants;
  std::vector<std::int32_t> thresholds;          // integrating only: alpha
  std::vector<std::int32_t> initial_potentials;  // integrating only, without the bias axons' part
  // [type]: how many bias axons, and so constant neurons, a core of this layer has room for.
  std::array<std::int32_t, kAxonTypes> bias_axons = {};

  // Whether V of some neuron might saturate where order matters: bias axons add before the first
  // saturation of a tick, a leak before the second.
  bool may_saturate = false;

  bool integrating() const { return !thresholds.empty(); }
  std::int32_t positions() const { return output_shape.height * output_shape.width; }
  std::int32_t features() const {
    return inputs.back().first_feature + static_cast<std::int32_t>(inputs.back().shape.size());
  }
  std::int32_t bias_axons_total() const {
    return bias_axons[0] + bias_axons[1] + bias_axons[2] + bias_axons[3];
  }
  // What a core has for inputs and for neurons of this layer.
  std::int32_t axons_per_core() const { return kAxonsPerCore - bias_axons_total(); }
  std::int32_t neurons_per_core() const { return kNeuronsPerCore - bias_axons_total(); }
  bool reads_encoder_only() const {
    for (const CrossbarInput& input : inputs) {
      if (input.source != kEncodedInput) {
        return false;
      }
    }
    return true;
  }
};

// The synapses of one input; for ForEachSynapse.
template <typename Visit>
void ForEachSynapseOf(const CrossbarInput& input, const FeatureShape& output, std::int32_t channel,
                      std::int32_t position, Visit visit) {
  const WindowGeometry& window = input.window;
  const std::int32_t top = position / output.width * window.stride_y - window.pad_top;
  const std::int32_t left = position % output.width * window.stride_x - window.pad_left;
  const std::int32_t first_channel =
      channel / (output.channels / input.groups) * input.channels_in_group();
  const AxonTypeMask* mask =
      input.masks.data() + std::int64_t{channel} * input.weights_per_channel();
  for (std::int32_t i = 0; i < input.channels_in_group(); ++i) {
    for (std::int32_t tap = 0; tap < input.window_size(); ++tap, ++mask) {
      const std::int32_t y = top + tap / window.kernel_x * window.dilation_y;
      const std::int32_t x = left + tap % window.kernel_x * window.dilation_x;
      if (*mask != 0 && y >= 0 && x >= 0 && y < input.shape.height && x < input.shape.width) {
        const std::int32_t row = (first_channel + i) * input.shape.height + y;
        visit(input.first_feature + row * input.shape.width + x, *mask);
      }
    }
  }
}

// Calls visit(feature, mask) for each input with a weight of the neuron (flat output index), in
// ascending order of features. Padding and zero weights are skipped.
template <typename Visit>
void ForEachSynapse(const CrossbarLayer& layer, std::int32_t neuron, Visit visit) {
  for (const CrossbarInput& input : layer.inputs) {
    ForEachSynapseOf(input, layer.output_shape, neuron / layer.positions(),
                     neuron % layer.positions(), visit);
  }
}

// The sum of the values of the types in `mask`.
inline std::int32_t ValueOf(const AxonWeights& weights, AxonTypeMask mask) {
  std::int32_t sum = 0;
  for (int type = 0; type < kAxonTypes; ++type) {
    sum += (mask >> type & 1) != 0 ? weights[type] : 0;
  }
  return sum;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_CROSSBAR_LAYER_H_
