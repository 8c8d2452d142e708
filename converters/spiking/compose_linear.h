// SPDX-License-Identifier: Apache-2.0
// Linear layers without an activation between, as one layer: depthwise behind pointwise, a linear
// bottleneck with its additions, a dense layer behind a convolution, an affine function between
// additions. A layer of neurons is a sum of convolutions of activations and then an activation;
// folding (stage_graph.h) takes a network whose sums are written so. This pass writes them so.
// Method: from each sum that an activation (or the output) reads and that folding would refuse,
// backwards: every value on the way is a linear map of activations, and maps compose
// (linear_map.h). Biases become one offset, by position where padding makes them differ. Means are
// taken as near to the activations as they commute. Where maps do not compose (padding of what is
// computed at a border, or weights that multiply) and rails are allowed, x goes on as
// ReLU(x) - ReLU(-x). Exact: RunNetwork of both networks is the same but for the rounding of
// doubles. Cost: the weights of what is composed, bounded by those of the network.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_COMPOSE_LINEAR_H_
#define SPIKEMESH_CONVERTERS_SPIKING_COMPOSE_LINEAR_H_

#include <cstdint>

#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// What becomes of a value between two linear layers that are no one layer.
enum class LinearCut : std::uint8_t {
  kRefuse,
  kRails,  // two neurons a value, of its rectified halves: for rate mode
};

// `network` as one that folding takes; itself where it does already. Errors: those of CheckNetwork;
// Unimplemented (padding, a reshape between) and ResourceExhausted (16 times the weights that the
// network has), naming both nodes and what helps.
absl::StatusOr<Network> ComposeLinear(const Network& network, LinearCut cut = LinearCut::kRefuse);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_COMPOSE_LINEAR_H_
