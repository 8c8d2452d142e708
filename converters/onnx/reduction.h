// SPDX-License-Identifier: Apache-2.0
// The axes of ReduceMean, ReduceSum and ReduceMax. They are an attribute first, and an input since
// opset 13 (ReduceSum) and 18 (the others); either is read in any opset.
#ifndef SPIKEMESH_CONVERTERS_ONNX_REDUCTION_H_
#define SPIKEMESH_CONVERTERS_ONNX_REDUCTION_H_

#include <cstdint>
#include <vector>

#include "converters/onnx/node_call.h"
#include "core/base/status.h"

namespace spikemesh {

enum class Reduction : std::uint8_t { kMean, kSum, kMax };

struct ReducedAxes {
  std::vector<bool> goes;  // [extent]: whether it is reduced
  bool keeps_dims = true;  // as extents of 1
};

// The axes that `call` reduces of `rank` extents; none named means all, or none with
// noop_with_empty_axes. Errors: InvalidArgument (beyond the rank, named twice), those of
// IntegersOf.
absl::StatusOr<ReducedAxes> ReadReducedAxes(const NodeCall& call, std::size_t rank);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_REDUCTION_H_
