// SPDX-License-Identifier: Apache-2.0
// Pass 1: does each neuron fit a core, and if so in which form: which axon types its weights are
// (represent_channel.h) and which bias axons complete its constant (bias_axons.h). Exact:
// - memoryless: dividing values and threshold of a channel by a common unit a (a sum a k is >= t
//   just where k >= ceil(t / a)), and clamping the threshold to what the sum can reach, change no
//   output bit;
// - integrating: nothing is divided. A bias axon adds before V saturates after the sum, the leak it
//   stands for would after that: the same unless V saturates. Neurons that could in the ticks of an
//   image are found by a bound, and their layer is marked (may_saturate).
#ifndef SPIKEMESH_CONVERTERS_MAPPING_LEGALIZE_H_
#define SPIKEMESH_CONVERTERS_MAPPING_LEGALIZE_H_

#include <vector>

#include "converters/mapping/crossbar_layer.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The layers of `network` (valid), one each. Errors, each naming the layer: Unimplemented (weights
// of a channel that no four values sum to: how many there are), OutOfRange (a neuron needs more
// axons than a core has, for its inputs or with its bias axons; an initial potential beyond 20
// bits with what bias axons would have added).
absl::StatusOr<std::vector<CrossbarLayer>> LegalizeNetwork(const SpikingNetwork& network);

// One layer of `network`. Errors: as above.
absl::StatusOr<CrossbarLayer> LegalizeLayer(const SpikingNetwork& network,
                                            const SpikingLayer& layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_LEGALIZE_H_
