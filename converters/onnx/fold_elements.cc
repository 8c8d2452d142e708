// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/fold_elements.h"

#include <algorithm>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

using Dims = std::vector<std::int64_t>;

// Elements from the one axis to the next: row-major.
Dims Strides(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * dims[i];
  }
  return strides;
}

// The `count` elements that `view` shows.
std::vector<double> Gathered(const OnnxConstant& constant, const ConstantView& view,
                             std::int64_t count) {
  std::vector<double> elements(count);
  Dims index(view.dims.size(), 0);
  std::int64_t at = view.offset;
  for (double& element : elements) {
    element = constant.at(at);
    for (std::size_t axis = view.dims.size(); axis-- > 0;) {
      at += view.strides[axis];
      if (++index[axis] < view.dims[axis]) {
        break;
      }
      at -= view.strides[axis] * view.dims[axis];
      index[axis] = 0;
    }
  }
  return elements;
}

// The shape that `a` and `b` broadcast to (NumPy's rule).
absl::StatusOr<Dims> Broadcast(const Dims& a, const Dims& b) {
  Dims result(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 1; i <= result.size(); ++i) {
    const std::int64_t x = i <= a.size() ? a[a.size() - i] : 1;
    const std::int64_t y = i <= b.size() ? b[b.size() - i] : 1;
    if (x != y && x != 1 && y != 1) {
      return absl::InvalidArgumentError(
          Concat("shapes ", PrintDims(a), " and ", PrintDims(b), " do not broadcast"));
    }
    result[result.size() - i] = std::max(x, y);
  }
  return result;
}

std::vector<double> Spread(const OnnxConstant& constant, const Dims& dims, std::int64_t count) {
  const Dims own = Strides(constant.dims);
  Dims strides(dims.size(), 0);
  for (std::size_t i = 1; i <= own.size(); ++i) {
    if (constant.dims[own.size() - i] != 1) {
      strides[dims.size() - i] = own[own.size() - i];
    }
  }
  return Gathered(constant, {dims, strides, 0}, count);
}

}  // namespace

absl::StatusOr<const OnnxConstant*> FoldElements(const std::vector<const OnnxConstant*>& inputs,
                                                 OnnxElementType type,
                                                 const NumberFunction& function,
                                                 NetworkBuilder& builder) {
  Dims dims;
  for (const OnnxConstant* input : inputs) {
    SPIKEMESH_ASSIGN_OR_RETURN(dims, Broadcast(dims, input->dims));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t count, CountElements(dims));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(count, 5 * sizeof(double)));
  std::vector<double> operands[3];
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    operands[i] = Spread(*inputs[i], dims, count);
  }
  std::vector<double> elements(count);
  for (std::int64_t i = 0; i < count; ++i) {
    elements[i] = function(operands[0][i], inputs.size() > 1 ? operands[1][i] : 0.0,
                           inputs.size() > 2 ? operands[2][i] : 0.0);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(OnnxConstant result, MakeConstant(std::move(dims), type, elements));
  return builder.Keep(std::move(result));
}

ConstantView WholeView(const std::vector<std::int64_t>& dims) { return {dims, Strides(dims), 0}; }

absl::StatusOr<const OnnxConstant*> FoldView(const OnnxConstant& constant, const ConstantView& view,
                                             NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t count, CountElements(view.dims));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(count, 2 * sizeof(double)));
  SPIKEMESH_ASSIGN_OR_RETURN(
      OnnxConstant result, MakeConstant(view.dims, constant.type, Gathered(constant, view, count)));
  return builder.Keep(std::move(result));
}

}  // namespace spikemesh
