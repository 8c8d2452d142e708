// SPDX-License-Identifier: Apache-2.0
// Means, sums and maxima of constants: scales of binarized weights are the mean of |w|.
#include <algorithm>

#include "converters/onnx/fold_elements.h"
#include "converters/onnx/reduction.h"
#include "converters/onnx/translate_ops.h"

namespace spikemesh {
namespace {

using Dims = std::vector<std::int64_t>;

// What is left of `dims`.
Dims LeftOf(const Dims& dims, const ReducedAxes& axes) {
  Dims left;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (!axes.goes[i] || axes.keeps_dims) {
      left.push_back(axes.goes[i] ? 1 : dims[i]);
    }
  }
  return left;
}

// The axes that go put last, so that what becomes one number is one run of elements.
ConstantView RunsOf(const Dims& dims, const ReducedAxes& axes) {
  const ConstantView whole = WholeView(dims);
  ConstantView view;
  for (const bool goes : {false, true}) {
    for (std::size_t i = 0; i < dims.size(); ++i) {
      if (axes.goes[i] == goes) {
        view.dims.push_back(whole.dims[i]);
        view.strides.push_back(whole.strides[i]);
      }
    }
  }
  return view;
}

absl::StatusOr<OnnxValue> FoldReduction(const NodeCall& call, Reduction reduction,
                                        NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const ReducedAxes axes, ReadReducedAxes(call, input->dims.size()));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* sorted,
                             FoldView(*input, RunsOf(input->dims, axes), builder));
  Dims dims = LeftOf(input->dims, axes);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t count, CountElements(dims));
  const std::int64_t length = input->count() / count;
  const double divisor = reduction == Reduction::kMean ? static_cast<double>(length) : 1.0;
  std::vector<double> results(count);
  for (std::int64_t i = 0; i < input->count(); ++i) {
    const double element = sorted->at(i);
    double& result = results[i / length];
    if (reduction == Reduction::kMax) {
      result = i % length == 0 ? element : std::max(result, element);
    } else {
      result += element / divisor;
    }
  }
  SPIKEMESH_ASSIGN_OR_RETURN(OnnxConstant constant,
                             MakeConstant(std::move(dims), input->type, results));
  return builder.Keep(std::move(constant));
}

}  // namespace

absl::StatusOr<OnnxValue> FoldReduceMean(const NodeCall& call, NetworkBuilder& builder) {
  return FoldReduction(call, Reduction::kMean, builder);
}

absl::StatusOr<OnnxValue> FoldReduceSum(const NodeCall& call, NetworkBuilder& builder) {
  return FoldReduction(call, Reduction::kSum, builder);
}

absl::StatusOr<OnnxValue> FoldReduceMax(const NodeCall& call, NetworkBuilder& builder) {
  return FoldReduction(call, Reduction::kMax, builder);
}

}  // namespace spikemesh
