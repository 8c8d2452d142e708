// SPDX-License-Identifier: Apache-2.0
// What takes the place of a layer whose neurons have more inputs than a core (split_fan_in.h).
#ifndef SPIKEMESH_CONVERTERS_MAPPING_SPLIT_LAYER_H_
#define SPIKEMESH_CONVERTERS_MAPPING_SPLIT_LAYER_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "converters/mapping/chunk_inputs.h"
#include "core/base/remedy.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// How large it will be, before anything is built.
struct SplitSize {
  std::vector<InputChunks> chunks;   // [input]
  std::int32_t axon_types = 1;       // of an input that many partial neurons share
  std::int64_t partial_neurons = 0;  // that the merge layer reads

  std::int64_t parts() const {
    std::int64_t sum = 0;
    for (const InputChunks& input : chunks) {
      sum += input.count;
    }
    return sum;
  }
};

// A partial layer for each input of the layer, and the merge layer, whose input i reads partial
// layer i (its `source` is i here).
struct SplitLayer {
  SplitSize size;
  std::vector<SpikingLayer> partials;
  SpikingLayer merge;
};

// What `cutter`, which has planned, makes of `layer`: Cutter::MakeMerge() gives the merge layer
// without inputs, MakePartial(i, split) adds partial layer i and the merge layer's input from it.
template <typename Cutter>
SplitLayer CutLayer(const SpikingLayer& layer, Cutter& cutter) {
  SplitLayer split;
  split.size = cutter.size();
  split.merge = cutter.MakeMerge();
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    cutter.MakePartial(i, split);
  }
  return split;
}

// `status`, which says that there are too many parts, with what else helps: nothing where weights
// have two types already.
inline absl::Status WithTernaryRemedy(absl::Status status, const SplitSize& size) {
  constexpr std::int32_t kTernaryTypes = 2;
  return size.axon_types > kTernaryTypes
             ? WithRemedy(std::move(status),
                          {RemedyKind::kTernaryWeights, "of which a part holds more"})
             : status;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_SPLIT_LAYER_H_
