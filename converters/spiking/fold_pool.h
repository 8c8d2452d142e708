// SPDX-License-Identifier: Apache-2.0
// A maximum over binary activations as a layer of OR neurons (and of AND neurons, where an active
// line or a falling function stands for the lesser value): exact.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_POOL_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_POOL_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/activations.h"
#include "converters/spiking/stage_graph.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// Whether the activation of channel c of `stage` (a sum stage) falls with its sum, [channels].
std::vector<bool> FallingChannels(const Stage& stage);

// `stage`: a kMaxPool stage that reads `layer`. needs_all: [channels], the pooled neuron fires when
// all of its window fires, else when any does. Padding is no part of a window.
SpikingLayer FoldMaxPool(const Stage& stage, std::int32_t layer,
                         const std::vector<bool>& needs_all);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_POOL_H_
