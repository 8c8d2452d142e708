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
using ElementFunction = std::function<double(double, double, double)>;

// result[i] = function(inputs[0][i], inputs[1][i], ...), each rounded to `type`. `inputs`: one to
// three. Errors: InvalidArgument (shapes do not broadcast), ResourceExhausted, those of
// MakeConstant.
absl::StatusOr<const OnnxConstant*> FoldElements(const std::vector<const OnnxConstant*>& inputs,
                                                 OnnxElementType type,
                                                 const ElementFunction& function,
                                                 NetworkBuilder& builder);

// `constant` with axes in the order `axes` (result axis i is axes[i] of the constant).
absl::StatusOr<const OnnxConstant*> FoldAxes(const OnnxConstant& constant,
                                             const std::vector<std::int64_t>& axes,
                                             NetworkBuilder& builder);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_FOLD_ELEMENTS_H_
