// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/chunk_inputs.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kMergeWeightsMax = std::int64_t{1} << 29;  // 1 GiB

}  // namespace

InputChunks ChunkInput(const LayerInput& input, std::int32_t axon_types, std::int32_t axons_max) {
  InputChunks chunks;
  const std::int32_t channels = input.shape.channels / input.groups;
  chunks.taps = input.window.kernel_y * input.window.kernel_x;
  chunks.inputs = channels * chunks.taps;
  const std::int32_t inputs_max = std::max(1, axons_max / std::max(1, axon_types));
  const std::int32_t channels_max = inputs_max / chunks.taps;
  chunks.whole_channels = channels_max > 0;
  chunks.count = chunks.whole_channels ? (channels + channels_max - 1) / channels_max
                                       : (chunks.inputs + inputs_max - 1) / inputs_max;
  return chunks;
}

void ForEachPartial(const LayerInput& input, std::int32_t out_channels, const InputChunks& chunks,
                    std::int32_t outputs_each,
                    const std::function<void(std::int32_t out_channel, std::int32_t chunk,
                                             std::int32_t each)>& visit) {
  const std::int32_t out_in_group = out_channels / input.groups;
  for (std::int32_t i = 0; i < out_channels * chunks.count * outputs_each; ++i) {
    const std::int32_t block = i / outputs_each;  // [group][part][output of the group]
    const std::int32_t group = block / (chunks.count * out_in_group);
    visit(group * out_in_group + block % out_in_group, block / out_in_group % chunks.count,
          i % outputs_each);
  }
}

LayerInput MakePartialInput(const LayerInput& input, std::int32_t out_channels,
                            const InputChunks& chunks, std::int32_t outputs_each,
                            const PartialWeight& weight) {
  LayerInput partial = input;
  partial.groups = chunks.equal() ? input.groups * chunks.count : input.groups;
  partial.weights.clear();
  ForEachPartial(input, out_channels, chunks, outputs_each,
                 [&](std::int32_t out, std::int32_t chunk, std::int32_t each) {
                   const std::int16_t* const from =
                       input.weights.data() + std::int64_t{out} * chunks.inputs;
                   const std::int32_t begin = chunks.begin(chunk);
                   const std::int32_t end = chunks.begin(chunk + 1);
                   // Of an equal part only its own weights are there.
                   const std::int32_t first = chunks.equal() ? begin : 0;
                   const std::size_t at = partial.weights.size();
                   partial.weights.resize(at + (chunks.equal() ? end - begin : chunks.inputs));
                   for (std::int32_t w = begin; w < end; ++w) {
                     partial.weights[at + (w - first)] = weight(out, chunk, each, from[w]);
                   }
                 });
  return partial;
}

LayerInput MakeMergeInput(const LayerInput& input, std::int32_t out_channels,
                          const FeatureShape& shape, const InputChunks& chunks,
                          std::int32_t outputs_each, const MergeWeight& weight) {
  LayerInput merge;
  merge.delay_ticks = 1;
  merge.shape = shape;
  merge.groups = input.groups;
  const std::int32_t out_in_group = out_channels / input.groups;
  const std::int32_t partial_in_group = chunks.count * out_in_group * outputs_each;
  merge.weights.resize(std::size_t(out_channels) * partial_in_group);
  for (std::int32_t out = 0; out < out_channels; ++out) {
    for (std::int32_t i = 0; i < chunks.count * outputs_each; ++i) {
      const std::int32_t chunk = i / outputs_each;
      const std::int32_t each = i % outputs_each;
      const std::int32_t from = (chunk * out_in_group + out % out_in_group) * outputs_each + each;
      merge.weights[std::size_t(out) * partial_in_group + from] = weight(out, chunk, each);
    }
  }
  return merge;
}

LayerInput MakeCountingInput(std::int32_t out_channels, const InputChunks& chunks,
                             std::int32_t outputs_each, std::int16_t weight) {
  LayerInput merge;
  merge.delay_ticks = 1;
  merge.shape = {1, chunks.count, out_channels * outputs_each};
  merge.window.kernel_y = chunks.count;
  merge.window.kernel_x = merge.window.stride_x = outputs_each;
  merge.weights.assign(std::size_t(chunks.count) * outputs_each, weight);
  return merge;
}

absl::Status CheckMergeWeights(const SpikingLayer& layer, std::int64_t partial_outputs) {
  std::int64_t weights = 0;
  for (const LayerInput& input : layer.inputs) {
    weights += layer.output_shape.channels * partial_outputs / input.groups;
  }
  if (weights <= kMergeWeightsMax) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(
      Concat("layer \"", layer.name, "\": its split would have ", weights,
             " weights to put parts together, allowed: at most ", kMergeWeightsMax,
             "; use groups of fewer inputs, or fewer outputs"));
}

}  // namespace spikemesh
