// SPDX-License-Identifier: Apache-2.0
// A max pool of rates, as layers of integrating neurons.
// Method: max(a, b) = b + ReLU(a - b), and ReLU of a sum of rates is what a neuron computes. The
// places of a window are paired in a tree; each pair makes one rail, ReLU(a - b), and the value of
// a tree node is a sum of one place and rails, so that only the last layer, one neuron an output,
// gathers what the next layer reads: its fan-in does not grow. Exact in the float network; in rates
// as good as any other layer. Where functions that fall were moved ahead of the pool, the least is
// wanted: min(a, b) = b - ReLU(b - a). Of two equal rates the one that is a spike ahead makes the
// rail fire once, and nothing takes that back; V(0) below 0 makes rails fire once too seldom
// instead, so that levels of the tree do one and the other by turns. Cost: a rail less than places,
// and one neuron, an output.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_RATE_MAX_POOL_H_
#define SPIKEMESH_CONVERTERS_SPIKING_RATE_MAX_POOL_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/stage_graph.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The layers of `stage` (kMaxPool), which reads layer `source`, where they are layers `first` and
// on: "NAME rails K" and, the last one, NAME itself. A spike stands for the same value in all of
// them as in `source`, whose values are at least 0. `least`: [channels], whether the least value is
// wanted; there, places outside of the input count as the greatest rate, else as 0.
std::vector<SpikingLayer> FoldRateMaxPool(const Stage& stage, std::int32_t source,
                                          std::int32_t first, const std::vector<bool>& least);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_RATE_MAX_POOL_H_
