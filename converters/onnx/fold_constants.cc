// SPDX-License-Identifier: Apache-2.0
// Nodes that compute with constants alone: exporters leave the binarization of weights in the graph
// (Sign or a comparison on an initializer). Evaluated in double and rounded to the result's type,
// which for one + - * / of floats gives the float result. Sign keeps its zero here: a weight of 0
// is a weight of 0.
#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
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

// elements[i] = constant at the position that `strides` gives to index i of `dims`.
std::vector<double> Gathered(const OnnxConstant& constant, const Dims& dims, const Dims& strides,
                             std::int64_t count) {
  std::vector<double> elements(count);
  Dims index(dims.size(), 0);
  std::int64_t at = 0;
  for (double& element : elements) {
    element = constant.at(at);
    for (std::size_t axis = dims.size(); axis-- > 0;) {
      at += strides[axis];
      if (++index[axis] < dims[axis]) {
        break;
      }
      at -= strides[axis] * dims[axis];
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
  return Gathered(constant, dims, strides, count);
}

// An operator on one to three numbers; the unused are 0.
struct Elementwise {
  std::size_t inputs = 1;
  bool makes_bool = false;
  std::function<double(double, double, double)> apply;
};

std::optional<Elementwise> FindArithmetic(std::string_view op, bool integers) {
  if (op == "Add") {
    return Elementwise{2, false, [](double a, double b, double) { return a + b; }};
  }
  if (op == "Sub") {
    return Elementwise{2, false, [](double a, double b, double) { return a - b; }};
  }
  if (op == "Mul") {
    return Elementwise{2, false, [](double a, double b, double) { return a * b; }};
  }
  if (op == "Div") {
    return Elementwise{2, false, [integers](double a, double b, double) {
                         return integers ? std::trunc(a / b) : a / b;
                       }};
  }
  if (op == "Neg") {
    return Elementwise{1, false, [](double a, double, double) { return -a; }};
  }
  if (op == "Abs") {
    return Elementwise{1, false, [](double a, double, double) { return std::abs(a); }};
  }
  if (op == "Sign") {
    return Elementwise{1, false,
                       [](double a, double, double) { return double(a > 0) - double(a < 0); }};
  }
  return std::nullopt;
}

std::optional<Elementwise> FindLogic(std::string_view op) {
  if (op == "Greater") {
    return Elementwise{2, true, [](double a, double b, double) { return double(a > b); }};
  }
  if (op == "GreaterOrEqual") {
    return Elementwise{2, true, [](double a, double b, double) { return double(a >= b); }};
  }
  if (op == "Less") {
    return Elementwise{2, true, [](double a, double b, double) { return double(a < b); }};
  }
  if (op == "LessOrEqual") {
    return Elementwise{2, true, [](double a, double b, double) { return double(a <= b); }};
  }
  if (op == "Not") {
    return Elementwise{1, true, [](double a, double, double) { return double(a == 0); }};
  }
  if (op == "Where") {
    return Elementwise{3, false, [](double c, double a, double b) { return c != 0 ? a : b; }};
  }
  return std::nullopt;
}

absl::StatusOr<OnnxElementType> CastType(const NodeCall& call) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t to, IntAttribute(call.node, "to", 0));
  return static_cast<OnnxElementType>(to);
}

std::function<double(double, double, double)> CastFunction(OnnxElementType type) {
  switch (type) {
    case OnnxElementType::kBool:
      return [](double a, double, double) { return double(a != 0); };
    case OnnxElementType::kInt32:
    case OnnxElementType::kInt64:
      return [](double a, double, double) { return std::trunc(a); };
    default:
      return [](double a, double, double) { return a; };
  }
}

bool IsInteger(const OnnxConstant& constant) {
  return std::holds_alternative<std::vector<std::int64_t>>(constant.elements);
}

absl::StatusOr<const OnnxConstant*> Evaluate(const NodeCall& call, const Elementwise& function,
                                             OnnxElementType type, NetworkBuilder& builder) {
  if (call.inputs.size() != function.inputs) {
    return absl::InvalidArgumentError(
        Concat(call.inputs.size(), " inputs; allowed: ", function.inputs));
  }
  Dims dims;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, i));
    SPIKEMESH_ASSIGN_OR_RETURN(dims, Broadcast(dims, input->dims));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t count, CountElements(dims));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(count, 5 * sizeof(double)));
  std::vector<double> operands[3];
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    operands[i] = Spread(*FindConstant(call, i), dims, count);
  }
  std::vector<double> elements(count);
  for (std::int64_t i = 0; i < count; ++i) {
    elements[i] = function.apply(operands[0][i], function.inputs > 1 ? operands[1][i] : 0.0,
                                 function.inputs > 2 ? operands[2][i] : 0.0);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(OnnxConstant result, MakeConstant(std::move(dims), type, elements));
  return builder.Keep(std::move(result));
}

// A tensor that a Constant node's attribute holds, whichever of the forms it takes.
absl::StatusOr<OnnxConstant> DecodeAttribute(const OnnxAttribute& attribute,
                                             NetworkBuilder& builder) {
  if (const auto* tensor = std::get_if<OnnxTensor>(&attribute.value)) {
    return DecodeTensor(*tensor, "", builder.budget());
  }
  if (const auto* number = std::get_if<float>(&attribute.value)) {
    return OnnxConstant{{}, OnnxElementType::kFloat, std::vector<float>{*number}};
  }
  if (const auto* integer = std::get_if<std::int64_t>(&attribute.value)) {
    return OnnxConstant{{}, OnnxElementType::kInt64, std::vector<std::int64_t>{*integer}};
  }
  if (const auto* numbers = std::get_if<std::vector<float>>(&attribute.value)) {
    return OnnxConstant{
        {static_cast<std::int64_t>(numbers->size())}, OnnxElementType::kFloat, *numbers};
  }
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&attribute.value)) {
    return OnnxConstant{
        {static_cast<std::int64_t>(integers->size())}, OnnxElementType::kInt64, *integers};
  }
  return NotSupported(Concat("attribute \"", attribute.name, "\""),
                      "value, value_float, value_floats, value_int, value_ints");
}

}  // namespace

absl::StatusOr<OnnxValue> FoldConstant(const NodeCall& call, NetworkBuilder& builder) {
  if (call.node.attributes.size() != 1) {
    return absl::InvalidArgumentError(
        Concat(call.node.attributes.size(), " attributes; allowed: one, the value"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(OnnxConstant constant,
                             DecodeAttribute(call.node.attributes[0], builder));
  return builder.Keep(std::move(constant));
}

absl::StatusOr<OnnxValue> FoldElementwise(const NodeCall& call, NetworkBuilder& builder) {
  // The operand whose type the result has; Where's first input is its condition.
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* first,
                             ConstantInput(call, call.node.op_type == "Where" ? 1 : 0));
  if (call.node.op_type == "Cast") {
    SPIKEMESH_ASSIGN_OR_RETURN(const OnnxElementType type, CastType(call));
    return Evaluate(call, {1, false, CastFunction(type)}, type, builder);
  }
  if (const auto logic = FindLogic(call.node.op_type)) {
    return Evaluate(call, *logic, logic->makes_bool ? OnnxElementType::kBool : first->type,
                    builder);
  }
  const auto arithmetic = FindArithmetic(call.node.op_type, IsInteger(*first));
  if (!arithmetic.has_value()) {
    return NotSupported("computed on constants", "arithmetic and comparisons");
  }
  return Evaluate(call, *arithmetic, first->type, builder);
}

absl::StatusOr<OnnxValue> FoldTranspose(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  const auto rank = static_cast<std::int64_t>(input->dims.size());
  SPIKEMESH_ASSIGN_OR_RETURN(
      const auto given,
      IntsAttribute(call.node, "perm", input->dims.size(), 0, std::max<std::int64_t>(0, rank - 1)));
  const Dims own = Strides(input->dims);
  Dims dims;
  Dims strides;
  std::vector<bool> seen(rank, false);
  for (std::int64_t i = 0; i < rank; ++i) {
    const std::int64_t axis = given.has_value() ? (*given)[i] : rank - 1 - i;
    if (seen[axis]) {
      return absl::InvalidArgumentError(Concat("perm names axis ", axis, " twice"));
    }
    seen[axis] = true;
    dims.push_back(input->dims[axis]);
    strides.push_back(own[axis]);
  }
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(input->count(), 2 * sizeof(double)));
  const std::vector<double> elements = Gathered(*input, dims, strides, input->count());
  SPIKEMESH_ASSIGN_OR_RETURN(OnnxConstant result,
                             MakeConstant(std::move(dims), input->type, elements));
  return builder.Keep(std::move(result));
}

}  // namespace spikemesh
