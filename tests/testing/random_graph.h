// SPDX-License-Identifier: Apache-2.0
// Random networks that are graphs and not chains, for properties of the whole conversion: residual
// additions, concatenations of activations and of sums, max pools ahead of and behind activations,
// average pools, depthwise and dilated convolutions, signs, staircases of several values, votes and
// logits.
#ifndef SPIKEMESH_TESTS_TESTING_RANDOM_GRAPH_H_
#define SPIKEMESH_TESTS_TESTING_RANDOM_GRAPH_H_

#include "core/base/random.h"
#include "networks/ir/network.h"

namespace spikemesh {

// What was drawn, so that a test can tell that its claim is about something.
struct GraphCoverage {
  int additions = 0;
  int concatenations = 0;
  int max_pools = 0;
  int average_pools = 0;
  int staircases = 0;
  int signs = 0;
  int logits = 0;
};

// A step network that FoldNetwork accepts: weights are -1, 0, 1 times a power of two, so that every
// sum in double precision is exact and ties are ties. `coverage` is counted up.
Network DrawStepGraph(RandomSequence& random, GraphCoverage& coverage);

// A ReLU network that FoldRateNetwork accepts, with float weights and biases; convolutions, batch
// norms, max and average pools, residual additions and concatenations.
Network DrawReluGraph(RandomSequence& random, GraphCoverage& coverage);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_TESTING_RANDOM_GRAPH_H_
