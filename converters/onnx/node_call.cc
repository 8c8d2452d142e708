// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/node_call.h"

#include "core/base/strings.h"

namespace spikemesh {
namespace {

std::string Describe(const OnnxValue& value) {
  if (std::holds_alternative<Activation>(value)) {
    return "computed from the network's input";
  }
  if (std::holds_alternative<const OnnxConstant*>(value)) {
    return "a constant";
  }
  if (std::holds_alternative<Comparison>(value)) {
    return "boolean (a comparison)";
  }
  return "a shape";
}

absl::StatusOr<OnnxValue> Input(const NodeCall& call, std::size_t index) {
  if (!call.has_input(index)) {
    return absl::InvalidArgumentError(Concat("input ", index, " is missing"));
  }
  return *call.inputs[index];
}

}  // namespace

absl::StatusOr<Activation> ActivationInput(const NodeCall& call, std::size_t index) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxValue value, Input(call, index));
  if (const auto* activation = std::get_if<Activation>(&value)) {
    return *activation;
  }
  return NotSupported(
      Concat("input ", index, " \"", call.node.inputs[index], "\" is ", Describe(value)),
      "an activation, computed from the network's input");
}

absl::StatusOr<const OnnxConstant*> ConstantInput(const NodeCall& call, std::size_t index) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxValue value, Input(call, index));
  if (const auto* constant = std::get_if<const OnnxConstant*>(&value)) {
    return *constant;
  }
  return NotSupported(
      Concat("input ", index, " \"", call.node.inputs[index], "\" is ", Describe(value)),
      "a constant");
}

const OnnxConstant* FindConstant(const NodeCall& call, std::size_t index) {
  if (!call.has_input(index)) {
    return nullptr;
  }
  const auto* constant = std::get_if<const OnnxConstant*>(&*call.inputs[index]);
  return constant == nullptr ? nullptr : *constant;
}

absl::Status NotSupported(std::string_view found, std::string_view allowed) {
  return absl::UnimplementedError(Concat(found, "; allowed: ", allowed));
}

}  // namespace spikemesh
