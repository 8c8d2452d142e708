// SPDX-License-Identifier: Apache-2.0
// Nodes that compute with constants alone: exporters leave the binarization of weights in the graph
// (Sign or a comparison on an initializer). Evaluated in double and rounded to the result's type,
// which for one + - * / of floats gives the float result. Sign keeps its zero here: a weight of 0
// is a weight of 0.
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "converters/onnx/attributes.h"
#include "converters/onnx/fold_elements.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

// An operator on one to three numbers.
struct Elementwise {
  std::string_view op_type;
  std::size_t inputs;
  bool makes_bool;
  double (*apply)(double, double, double);
};

constexpr auto kElementwise = std::to_array<Elementwise>({
    {"Abs", 1, false, [](double a, double, double) { return std::abs(a); }},
    {"Add", 2, false, [](double a, double b, double) { return a + b; }},
    {"Ceil", 1, false, [](double a, double, double) { return std::ceil(a); }},
    {"Div", 2, false, [](double a, double b, double) { return a / b; }},
    {"Floor", 1, false, [](double a, double, double) { return std::floor(a); }},
    {"Greater", 2, true, [](double a, double b, double) { return double(a > b); }},
    {"GreaterOrEqual", 2, true, [](double a, double b, double) { return double(a >= b); }},
    {"Less", 2, true, [](double a, double b, double) { return double(a < b); }},
    {"LessOrEqual", 2, true, [](double a, double b, double) { return double(a <= b); }},
    {"Max", 2, false, [](double a, double b, double) { return std::max(a, b); }},
    {"Min", 2, false, [](double a, double b, double) { return std::min(a, b); }},
    {"Mul", 2, false, [](double a, double b, double) { return a * b; }},
    {"Neg", 1, false, [](double a, double, double) { return -a; }},
    {"Not", 1, true, [](double a, double, double) { return double(a == 0); }},
    {"Relu", 1, false, [](double a, double, double) { return std::max(a, 0.0); }},
    {"Round", 1, false, [](double a, double, double) { return std::nearbyint(a); }},
    {"Sign", 1, false, [](double a, double, double) { return double(a > 0) - double(a < 0); }},
    {"Sqrt", 1, false, [](double a, double, double) { return std::sqrt(a); }},
    {"Sub", 2, false, [](double a, double b, double) { return a - b; }},
    {"Where", 3, false, [](double c, double a, double b) { return c != 0 ? a : b; }},
});

absl::StatusOr<OnnxElementType> CastType(const NodeCall& call) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t to, IntAttribute(call.node, "to", 0));
  return static_cast<OnnxElementType>(to);
}

NumberFunction CastFunction(OnnxElementType type) {
  switch (type) {
    case OnnxElementType::kBool:
      return [](double a, double, double) { return double(a != 0); };
    case OnnxElementType::kFloat:
    case OnnxElementType::kDouble:
      return [](double a, double, double) { return a; };
    default:
      return [](double a, double, double) { return std::trunc(a); };
  }
}

bool IsInteger(const OnnxConstant& constant) {
  return std::holds_alternative<std::vector<std::int64_t>>(constant.elements);
}

absl::StatusOr<OnnxValue> Evaluate(const NodeCall& call, std::size_t inputs, OnnxElementType type,
                                   const NumberFunction& function, NetworkBuilder& builder) {
  if (call.inputs.size() != inputs) {
    return absl::InvalidArgumentError(Concat(call.inputs.size(), " inputs; allowed: ", inputs));
  }
  std::vector<const OnnxConstant*> operands;
  for (std::size_t i = 0; i < inputs; ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(operands.emplace_back(), ConstantInput(call, i));
  }
  return FoldElements(operands, type, function, builder);
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
    return Evaluate(call, 1, type, CastFunction(type), builder);
  }
  const auto* rule =
      std::find_if(kElementwise.begin(), kElementwise.end(),
                   [&](const Elementwise& r) { return r.op_type == call.node.op_type; });
  if (rule == kElementwise.end()) {
    return NotSupported("computed on constants", "arithmetic and comparisons");
  }
  if (rule->op_type == "Div" && IsInteger(*first)) {
    return Evaluate(
        call, 2, first->type, [](double a, double b, double) { return std::trunc(a / b); },
        builder);
  }
  return Evaluate(call, rule->inputs, rule->makes_bool ? OnnxElementType::kBool : first->type,
                  rule->apply, builder);
}

absl::StatusOr<OnnxValue> FoldClip(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const ClipNode ends, ReadClipEnds(call));
  return FoldElements(
      {input}, input->type, [ends](double a, double, double) { return ApplyClip(ends, a); },
      builder);
}

}  // namespace spikemesh
