// SPDX-License-Identifier: Apache-2.0
// Bias axons (crossbar_layer.h): how many of which type a layer needs, and how a neuron uses them.
// A neuron takes bias axons until what is left of its constant fits its leak, -255..255. No value
// is beyond +-255, so each step moves the reach by less than the leak covers and no constant within
// the sum of the values is missed; so a channel needs its extremes only: a small covering problem,
// solved by trying all mixtures of types, fewest axons first (many axons: greedily). A type that
// the channel does not use has any value the neuron likes: mostly one axon of such a type does for
// all.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_BIAS_AXONS_H_
#define SPIKEMESH_CONVERTERS_MAPPING_BIAS_AXONS_H_

#include <array>
#include <cstdint>
#include <optional>

#include "converters/mapping/crossbar_layer.h"

namespace spikemesh {

// Few bias axons of each type that serve every neuron of `layer`, at most `axons_max`;
// nothing where that is not enough. layer.bias_axons is not read.
std::optional<std::array<std::int32_t, kAxonTypes>> ChooseBiasAxons(const CrossbarLayer& layer,
                                                                    std::int32_t axons_max);

// How one neuron gets its constant: leak and the values of the bias axons it is connected to.
struct NeuronBias {
  AxonWeights weights = {};  // of all types; those that the channel does not use are set here
  std::int32_t leak = 0;     // -255..255
  std::array<std::int32_t, kAxonTypes> connected = {};  // bias axons of each type

  std::int32_t sum() const;  // what they add: constant - leak
};

// layer.bias_axons must be enough.
NeuronBias BiasOf(const CrossbarLayer& layer, std::int32_t neuron);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_BIAS_AXONS_H_
