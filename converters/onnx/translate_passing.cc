// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

void WarnLeftOut(const NodeCall& call, NetworkBuilder& builder) {
  builder.Warn(Concat("node \"", call.node.name, "\" (op ", call.node.op_type,
                      ") is left out: it does not change which output is the greatest"));
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateIdentity(const NodeCall& call, NetworkBuilder&) {
  if (!call.has_input(0)) {
    return absl::InvalidArgumentError("input 0 is missing");
  }
  return *call.inputs[0];
}

// In inference Dropout passes its input on. Since opset 12 the ratio and the mode are inputs.
absl::StatusOr<OnnxValue> TranslateDropout(const NodeCall& call, NetworkBuilder&) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  if (call.has_input(2)) {
    SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* training, ConstantInput(call, 2));
    if (training->count() != 1 || training->at(0) != 0) {
      return NotSupported("training_mode true", "false; export the model in evaluation mode");
    }
  }
  return input;
}

// Softmax and LogSoftmax rise with their inputs, so as the last node they decide nothing.
absl::StatusOr<OnnxValue> TranslateSoftmax(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  constexpr std::int64_t kLastAxisDefaultSince = 13;
  SPIKEMESH_ASSIGN_OR_RETURN(
      const std::int64_t axis,
      IntAttribute(call.node, "axis", call.opset < kLastAxisDefaultSince ? 1 : -1));
  if (!call.is_last || input.dims.size() != 1 || (axis != 1 && axis != -1)) {
    return NotSupported(Concat(call.node.op_type, " on axis ", axis, " of values of shape ",
                               PrintDims(input.dims), " per image"),
                        "the last node of the network, on axis 1 of [batch, classes]");
  }
  WarnLeftOut(call, builder);
  return input;
}

// Sigmoid, Tanh and Exp rise with their input too.
absl::StatusOr<OnnxValue> TranslateRising(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  if (!call.is_last || input.dims.size() != 1) {
    return NotSupported(
        Concat(call.node.op_type, ": a curved activation, which spikes cannot count exactly"),
        "Relu, Clip, or steps; train with one of these (at the end, on [batch, classes], it is "
        "left out)");
  }
  WarnLeftOut(call, builder);
  return input;
}

// The class itself, at the end: the read-out takes the greatest output in any case.
absl::StatusOr<OnnxValue> TranslateArgMax(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t axis, IntAttribute(call.node, "axis", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t last,
                             IntAttribute(call.node, "select_last_index", 0));
  if (!call.is_last || input.dims.size() != 1 || (axis != 1 && axis != -1) || last != 0) {
    return NotSupported(Concat("ArgMax on axis ", axis, " of values of shape ",
                               PrintDims(input.dims), " per image"),
                        "the last node of the network, on axis 1 of [batch, classes], first index");
  }
  WarnLeftOut(call, builder);
  return input;
}

}  // namespace spikemesh
