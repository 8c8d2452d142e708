// SPDX-License-Identifier: Apache-2.0
// Cutting the inputs of wide neurons into parts that cores can hold, for split_fan_in.h.
// The parts of an input are runs of whole channels, as equal as can be; of channels and window taps
// where a core does not hold one channel or there are fewer channels than parts. There are as few
// as let all neurons of a core share its axons: the inputs of a part times the axon types that some
// neuron has for them are at most the axons of a core.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_CHUNK_INPUTS_H_
#define SPIKEMESH_CONVERTERS_MAPPING_CHUNK_INPUTS_H_

#include <cstdint>
#include <functional>

#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The parts of one LayerInput, the same for each of its groups.
struct InputChunks {
  std::int32_t count = 1;
  std::int32_t inputs = 1;  // of a neuron: channels of a group times window taps
  std::int32_t taps = 1;    // of the window
  bool whole_channels = true;

  // Part c has the inputs begin(c) .. begin(c + 1) - 1, in the order of LayerInput::weights.
  std::int32_t begin(std::int32_t chunk) const {
    const std::int64_t whole = whole_channels ? inputs / taps : inputs;
    return static_cast<std::int32_t>(whole * chunk / count) * (whole_channels ? taps : 1);
  }
  bool equal() const { return whole_channels && inputs / taps % count == 0; }
  std::int32_t inputs_max() const { return (inputs / taps + count - 1) / count * taps; }
};

InputChunks ChunkInput(const LayerInput& input, std::int32_t axon_types, std::int32_t axons_max);

// A convolution of the parts: for each group and part, `outputs_each` outputs for each output of
// the group, in the order [group][part][output of the group][0..outputs_each-1]. Equal parts become
// groups of their own; others are whole inputs with weights of 0 outside of the part.
// weight(out_channel, part, each, w): of a partial output, for a weight w of the original output.
using PartialWeight = std::function<std::int16_t(std::int32_t out_channel, std::int32_t chunk,
                                                 std::int32_t each, std::int16_t weight)>;
LayerInput MakePartialInput(const LayerInput& input, std::int32_t out_channels,
                            const InputChunks& chunks, std::int32_t outputs_each,
                            const PartialWeight& weight);

// Calls visit(out_channel, part, each) for the partial outputs in their order.
void ForEachPartial(const LayerInput& input, std::int32_t out_channels, const InputChunks& chunks,
                    std::int32_t outputs_each,
                    const std::function<void(std::int32_t out_channel, std::int32_t chunk,
                                             std::int32_t each)>& visit);

// Its reader: a 1 x 1 convolution from those partial outputs, of `shape`, to `out_channels`.
// weight(out_channel, part, each): of the partial outputs of its own; all others are 0.
using MergeWeight =
    std::function<std::int16_t(std::int32_t out_channel, std::int32_t chunk, std::int32_t each)>;
LayerInput MakeMergeInput(const LayerInput& input, std::int32_t out_channels,
                          const FeatureShape& shape, const InputChunks& chunks,
                          std::int32_t outputs_each, const MergeWeight& weight);

// The same where all weights are equal and the layer is dense and has no groups: a window over
// {1, parts, out_channels * outputs_each}, which gives outputs of shape {1, 1, out_channels}. The
// convolution above has a weight, mostly 0, for each pair of a partial output and an output: the
// square of the layer's size.
LayerInput MakeCountingInput(std::int32_t out_channels, const InputChunks& chunks,
                             std::int32_t outputs_each, std::int16_t weight);

// Errors: ResourceExhausted (MakeMergeInput would have more weights than memory is for: layer,
// found, allowed).
absl::Status CheckMergeWeights(const SpikingLayer& layer, std::int64_t partial_outputs);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_CHUNK_INPUTS_H_
