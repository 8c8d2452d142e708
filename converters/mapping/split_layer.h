// SPDX-License-Identifier: Apache-2.0
// What takes the place of a layer whose neurons have more inputs than a core (split_fan_in.h).
#ifndef SPIKEMESH_CONVERTERS_MAPPING_SPLIT_LAYER_H_
#define SPIKEMESH_CONVERTERS_MAPPING_SPLIT_LAYER_H_

#include <cstdint>
#include <vector>

#include "converters/mapping/chunk_inputs.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// A partial layer for each input of the layer, and the merge layer, whose input i reads partial
// layer i (its `source` is i here).
struct SplitLayer {
  std::vector<SpikingLayer> partials;
  SpikingLayer merge;
  std::int64_t chunks = 0;           // parts of one neuron's inputs
  std::int64_t partial_neurons = 0;  // that the merge layer reads
};

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

// What else helps where there are too many parts; nothing where weights have two types already.
inline const char* TernaryRemedy(const SplitSize& size) {
  constexpr std::int32_t kTernaryTypes = 2;
  return size.axon_types > kTernaryTypes ? ", or --weights ternary, of which a part holds more"
                                         : "";
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_SPLIT_LAYER_H_
