// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "converters/onnx/attributes.h"
#include "converters/onnx/channel_constants.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Input `index` of a BatchNormalization of `input`: one finite float per channel, in the order in
// which the Network holds them.
absl::StatusOr<std::vector<float>> ReadNormParameter(const NodeCall& call, std::size_t index,
                                                     const char* what, const Activation& input) {
  const std::int64_t channels = input.dims[0];
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, index));
  if (constant->dims != std::vector<std::int64_t>{channels}) {
    return absl::InvalidArgumentError(Concat(what, " of shape ", PrintDims(constant->dims),
                                             "; allowed: [", channels, "], one per channel"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<float> given, FiniteFloats(*constant, what));
  if (!input.channels_last.has_value()) {
    return given;
  }
  std::vector<float> stored(given.size());
  for (std::int64_t c = 0; c < channels; ++c) {
    stored[StoredIndex(*input.channels_last, c)] = given[c];
  }
  return stored;
}

absl::Status CheckInference(const NodeCall& call) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t training,
                             IntAttribute(call.node, "training_mode", 0));
  if (training != 0) {
    return NotSupported("training_mode 1", "0; export the model in evaluation mode");
  }
  // Before opset 14, statistics as further outputs say the same.
  const std::vector<std::string>& outputs = call.node.outputs;
  if (std::any_of(outputs.begin() + 1, outputs.end(),
                  [](const std::string& name) { return !name.empty(); })) {
    return NotSupported("more than one output, as in training",
                        "one; export the model in evaluation mode");
  }
  return absl::OkStatus();
}

absl::Status CheckVariance(const BatchNormNode& node) {
  if (!(node.epsilon >= 0) || !std::isfinite(node.epsilon)) {
    return absl::InvalidArgumentError(
        Concat("epsilon ", node.epsilon, "; allowed: finite, not negative"));
  }
  for (std::size_t c = 0; c < node.variance.size(); ++c) {
    if (!(node.variance[c] + node.epsilon > 0)) {
      return absl::InvalidArgumentError(Concat("variance[", c, "] + epsilon is ",
                                               node.variance[c] + node.epsilon,
                                               "; allowed: positive"));
    }
  }
  return absl::OkStatus();
}

// An activation and the constant beside it, per channel.
struct Operands {
  Activation activation;
  std::vector<double> constant;
  bool constant_first = false;
};

absl::StatusOr<Operands> ReadOperands(const NodeCall& call, NetworkBuilder& builder) {
  if (JoinsActivations(call)) {
    return NotSupported(Concat("\"", call.node.inputs[0], "\" and \"", call.node.inputs[1],
                               "\" are joined, both computed from the network's input"),
                        "an activation and a constant; of joins Add and Concat");
  }
  Operands operands;
  operands.constant_first = FindConstant(call, 0) != nullptr;
  SPIKEMESH_ASSIGN_OR_RETURN(operands.activation,
                             ActivationInput(call, operands.constant_first ? 1 : 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant,
                             ConstantInput(call, operands.constant_first ? 0 : 1));
  SPIKEMESH_ASSIGN_OR_RETURN(operands.constant,
                             PerChannel(*constant, operands.activation, builder));
  return operands;
}

// y = scale x + offset, scale the same for all channels.
absl::StatusOr<OnnxValue> AppendOffset(const NodeCall& call, const Activation& input, double scale,
                                       std::vector<double> offset, NetworkBuilder& builder) {
  std::vector<double> scales(offset.size(), scale);
  return builder.AppendLike(call, input, AffineNode{std::move(scales), std::move(offset)});
}

// y = scale x.
absl::StatusOr<OnnxValue> AppendScale(const NodeCall& call, const Activation& input,
                                      std::vector<double> scale, NetworkBuilder& builder) {
  std::vector<double> offsets(scale.size(), 0.0);
  return builder.AppendLike(call, input, AffineNode{std::move(scale), std::move(offsets)});
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateBatchNormalization(const NodeCall& call,
                                                      NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_RETURN_IF_ERROR(CheckInference(call));
  if (!input.has_channels()) {
    return NotSupported(Concat("input of shape ", PrintDims(input.dims), " per image"),
                        "[features] or [channels, height, width]");
  }
  if (input.dims.size() == 3) {
    SPIKEMESH_RETURN_IF_ERROR(CheckChannelsFirst(call, 0));
  }
  const std::int64_t channels = input.dims[0];
  BatchNormNode node;
  SPIKEMESH_ASSIGN_OR_RETURN(node.gamma, ReadNormParameter(call, 1, "scale", input));
  SPIKEMESH_ASSIGN_OR_RETURN(node.beta, ReadNormParameter(call, 2, "B", input));
  SPIKEMESH_ASSIGN_OR_RETURN(node.mean, ReadNormParameter(call, 3, "mean", input));
  SPIKEMESH_ASSIGN_OR_RETURN(node.variance, ReadNormParameter(call, 4, "variance", input));
  SPIKEMESH_ASSIGN_OR_RETURN(const float epsilon, FloatAttribute(call.node, "epsilon", 1e-5F));
  node.epsilon = double{epsilon};
  SPIKEMESH_RETURN_IF_ERROR(CheckVariance(node));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(channels, 4 * sizeof(float)));
  return builder.AppendLike(call, input, std::move(node));
}

absl::StatusOr<OnnxValue> TranslateAdd(const NodeCall& call, NetworkBuilder& builder) {
  if (JoinsActivations(call)) {
    return AddActivations(call, builder);
  }
  OnnxValue shape = ShapeArithmetic(call);
  if (!std::holds_alternative<NotUnderstood>(shape)) {
    return shape;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Operands operands, ReadOperands(call, builder));
  return AppendOffset(call, operands.activation, 1.0, std::move(operands.constant), builder);
}

absl::StatusOr<OnnxValue> TranslateSub(const NodeCall& call, NetworkBuilder& builder) {
  OnnxValue shape = ShapeArithmetic(call);
  if (!std::holds_alternative<NotUnderstood>(shape)) {
    return shape;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Operands operands, ReadOperands(call, builder));
  if (operands.constant_first) {  // c - x
    return AppendOffset(call, operands.activation, -1.0, std::move(operands.constant), builder);
  }
  for (double& value : operands.constant) {
    value = -value;
  }
  return AppendOffset(call, operands.activation, 1.0, std::move(operands.constant), builder);
}

absl::StatusOr<OnnxValue> TranslateNeg(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(shape.channels, 2 * sizeof(double)));
  return AppendScale(call, input, std::vector<double>(shape.channels, -1.0), builder);
}

absl::StatusOr<OnnxValue> TranslateMul(const NodeCall& call, NetworkBuilder& builder) {
  OnnxValue shape = ShapeArithmetic(call);
  if (!std::holds_alternative<NotUnderstood>(shape)) {
    return shape;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Operands operands, ReadOperands(call, builder));
  return AppendScale(call, operands.activation, std::move(operands.constant), builder);
}

absl::StatusOr<OnnxValue> TranslateDiv(const NodeCall& call, NetworkBuilder& builder) {
  OnnxValue shape = ShapeArithmetic(call);
  if (!std::holds_alternative<NotUnderstood>(shape)) {
    return shape;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Operands operands, ReadOperands(call, builder));
  if (operands.constant_first) {
    return NotSupported("a constant divided by an activation", "an activation over a constant");
  }
  for (double& value : operands.constant) {
    const double divisor = value;
    value = 1.0 / divisor;
    if (!std::isfinite(value)) {
      return absl::InvalidArgumentError(
          Concat("division by ", divisor, "; allowed: divisors with a finite inverse"));
    }
  }
  return AppendScale(call, operands.activation, std::move(operands.constant), builder);
}

}  // namespace spikemesh
