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
  if (std::holds_alternative<Padded>(value)) {
    return "padded with zeros, which only Conv and AveragePool may read";
  }
  if (std::holds_alternative<Quantized>(value)) {
    return "quantized, which only Clip and DequantizeLinear may read";
  }
  if (std::holds_alternative<ChannelGroups>(value)) {
    return "channels in groups, which only Transpose and Reshape may read";
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

std::int64_t StoredIndex(const FeatureShape& stored, std::int64_t index) {
  const std::int64_t plane = std::int64_t{stored.height} * stored.width;
  return index % stored.channels * plane + index / stored.channels;
}

absl::StatusOr<Activation> ActivationInput(const NodeCall& call, std::size_t index) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxValue value, Input(call, index));
  if (const auto* activation = std::get_if<Activation>(&value)) {
    return *activation;
  }
  return NotSupported(
      Concat("input ", index, " \"", call.node.inputs[index], "\" is ", Describe(value)),
      "an activation, computed from the network's input");
}

absl::StatusOr<Padded> PaddedInput(const NodeCall& call, std::size_t index) {
  if (const auto* padded = FindInput<Padded>(call, index)) {
    return *padded;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Activation activation, ActivationInput(call, index));
  return Padded{std::move(activation)};
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

absl::StatusOr<double> NumberInput(const NodeCall& call, std::size_t index, std::string_view what) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, index));
  if (constant->count() != 1) {
    return NotSupported(Concat(what, " of shape ", PrintDims(constant->dims)), "one number");
  }
  return FiniteAt(*constant, 0, what);
}

absl::Status ChannelsLastNotSupported(std::string_view what, const Activation& activation) {
  return activation.dims.size() == 1
             ? NotSupported(Concat(what, " is flattened with its channels last"),
                            "channels first; put a Transpose before the Flatten or Reshape, or "
                            "export in NCHW")
             : NotSupported(Concat(what, " has its channels last"),
                            "channels first; put a Transpose before it, or export in NCHW");
}

absl::Status CheckChannelsFirst(const NodeCall& call, std::size_t index) {
  const auto* activation = FindInput<Activation>(call, index);
  if (activation == nullptr || !activation->channels_last.has_value()) {
    return absl::OkStatus();
  }
  return ChannelsLastNotSupported(Concat("input ", index, " \"", call.node.inputs[index], "\""),
                                  *activation);
}

const OnnxConstant* FindConstant(const NodeCall& call, std::size_t index) {
  const auto* constant = FindInput<const OnnxConstant*>(call, index);
  return constant == nullptr ? nullptr : *constant;
}

absl::Status NotSupported(std::string_view found, std::string_view allowed) {
  return absl::UnimplementedError(Concat(found, "; allowed: ", allowed));
}

}  // namespace spikemesh
