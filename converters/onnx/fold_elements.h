// SPDX-License-Identifier: Apache-2.0
// Constants computed element by element, with NumPy's broadcasting.
#ifndef SPIKEMESH_CONVERTERS_ONNX_FOLD_ELEMENTS_H_
#define SPIKEMESH_CONVERTERS_ONNX_FOLD_ELEMENTS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "converters/onnx/network_builder.h"
#include "converters/onnx/onnx_constant.h"
#include "core/base/status.h"

namespace spikemesh {

// Of one to three numbers; the unused are 0.
using NumberFunction = std::function<double(double, double, double)>;

// result[i] = function(inputs[0][i], inputs[1][i], ...), each rounded to `type`. `inputs`: one to
// three. Errors: InvalidArgument (shapes do not broadcast), ResourceExhausted, those of
// MakeConstant.
absl::StatusOr<const OnnxConstant*> FoldElements(const std::vector<const OnnxConstant*>& inputs,
                                                 OnnxElementType type,
                                                 const NumberFunction& function,
                                                 NetworkBuilder& builder);

// A part of a constant in another order: element (i, j, ...) of `dims` is the constant's element
// offset + i*strides[0] + j*strides[1] + ...
struct ConstantView {
  std::vector<std::int64_t> dims, strides;
  std::int64_t offset = 0;
};

// The whole of a constant of `dims`, row-major.
ConstantView WholeView(const std::vector<std::int64_t>& dims);

// The constant that `view`, which lies within `constant`, shows. Errors: InvalidArgument (empty),
// ResourceExhausted, those of MakeConstant.
absl::StatusOr<const OnnxConstant*> FoldView(const OnnxConstant& constant, const ConstantView& view,
                                             NetworkBuilder& builder);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_FOLD_ELEMENTS_H_
