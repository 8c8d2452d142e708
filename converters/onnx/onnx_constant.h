// SPDX-License-Identifier: Apache-2.0
// A constant of the graph with its elements decoded: an initializer, a Constant node, or what was
// folded from those.
#ifndef SPIKEMESH_CONVERTERS_ONNX_ONNX_CONSTANT_H_
#define SPIKEMESH_CONVERTERS_ONNX_ONNX_CONSTANT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "converters/onnx/memory_budget.h"
#include "converters/onnx/onnx_model.h"
#include "core/base/status.h"

namespace spikemesh {

// float and float16 elements are held as float, all integers and bool as int64: nothing is rounded.
using ConstantElements =
    std::variant<std::vector<float>, std::vector<double>, std::vector<std::int64_t>>;

struct OnnxConstant {
  std::vector<std::int64_t> dims;  // all positive; empty: a scalar
  OnnxElementType type{};
  ConstantElements elements;  // row-major

  std::int64_t count() const;
  double at(std::int64_t index) const;  // int64 beyond 2^53 rounds
};

// "[2, 3]"
std::string PrintDims(const std::vector<std::int64_t>& dims);

// The product of `dims`. Errors: InvalidArgument (one is not positive, or the product exceeds
// 2^40).
absl::StatusOr<std::int64_t> CountElements(const std::vector<std::int64_t>& dims);

// Decodes `tensor`; external data is read from `folder`. Errors: InvalidArgument (dims, number of
// elements), Unimplemented (element type), ResourceExhausted (budget), those of ReadExternalData.
absl::StatusOr<OnnxConstant> DecodeTensor(const OnnxTensor& tensor, const std::string& folder,
                                          MemoryBudget& budget);

// A constant of `type` with these elements, rounded to float where `type` is float. Errors:
// Unimplemented (float16 and types that are not decoded; integers beyond the type's range or 2^53).
absl::StatusOr<OnnxConstant> MakeConstant(std::vector<std::int64_t> dims, OnnxElementType type,
                                          const std::vector<double>& elements);

// All elements as floats. Errors: InvalidArgument (NaN or infinite: `what`, position and value
// named), Unimplemented (a double that no float equals).
absl::StatusOr<std::vector<float>> FiniteFloats(const OnnxConstant& constant,
                                                std::string_view what);

// Element `index`, finite. Errors as above.
absl::StatusOr<double> FiniteAt(const OnnxConstant& constant, std::int64_t index,
                                std::string_view what);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_ONNX_CONSTANT_H_
