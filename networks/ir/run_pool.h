// SPDX-License-Identifier: Apache-2.0
// Max and average pooling of one image in double precision, as ONNX defines them.
#ifndef SPIKEMESH_NETWORKS_IR_RUN_POOL_H_
#define SPIKEMESH_NETWORKS_IR_RUN_POOL_H_

#include <span>

#include "networks/ir/network.h"

namespace spikemesh {

// input: [input_shape], output: [output_shape], both row-major; every window holds at least one
// input. A mean is the sum in the order (ky, kx), divided by the number of taps inside the input,
// or of all taps where padding counts. Cost: one addition or comparison a tap.
void RunPool(const PoolNode& node, const FeatureShape& input_shape, std::span<const double> input,
             const FeatureShape& output_shape, std::span<double> output);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_RUN_POOL_H_
