// SPDX-License-Identifier: Apache-2.0
// Rewrites of a branch that keep its function: an average pool becomes part of the convolution
// behind it, and a convolution of a concatenation becomes one of each part. Sums of windows keep
// whole weights whole, so that exact folding stays exact: the division comes after the sum.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_REWRITE_BRANCH_H_
#define SPIKEMESH_CONVERTERS_SPIKING_REWRITE_BRANCH_H_

#include <vector>

#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// Whether pool(f(x)) = f(pool(x)) for the affine function `function`: per channel of the pool,
// rising for a maximum, without padding for a mean. Errors: Unimplemented, naming both.
absl::Status CheckMovesAcross(const NetworkNode& function, const NetworkNode& node,
                              const PoolNode& pool);

// Whether an average pool is a sum over windows divided by one number: no dilation, and no padding
// unless it is counted. Errors: Unimplemented, naming the node.
absl::Status CheckPoolFolds(const NetworkNode& node, const PoolNode& pool,
                            const FeatureShape& input);

// The sums of the pool's windows, channel by channel.
ConvolutionNode SumOfWindows(const PoolNode& pool, std::int32_t channels);

// `branch` with the average pool `node` behind it: each window of means becomes a window of the
// branch. Errors: Unimplemented (a padded pool), naming both.
absl::Status PoolBranch(const NetworkNode& node, Branch& branch);

// The convolution of `branch` over the sums of the windows of the average pool `node`, whose input
// is `input`, as one convolution. Errors: Unimplemented where padding of the convolution is not
// padding of the pool's input, naming both.
absl::StatusOr<ConvolutionNode> ComposePool(const NetworkNode& node, const FeatureShape& input,
                                            const Branch& branch);

// One branch for each source of the concatenation `concat`, each with its part of the weights;
// constants stay with the first. Groups that a part cuts are written out with zeros. Errors:
// Unimplemented where a part is not whole channels of the convolution.
absl::StatusOr<std::vector<Branch>> SplitInputs(const Branch& branch, const Network& network,
                                                const NetworkNode& concat);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_REWRITE_BRANCH_H_
