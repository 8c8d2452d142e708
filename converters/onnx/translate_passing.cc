// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {

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
  if (!call.is_output || input.dims.size() != 1 || (axis != 1 && axis != -1)) {
    return NotSupported(Concat(call.node.op_type, " on axis ", axis, " of values of shape ",
                               PrintDims(input.dims), " per image"),
                        "the last node of the network, on axis 1 of [batch, classes]");
  }
  builder.Warn(Concat("node \"", call.node.name, "\" (op ", call.node.op_type,
                      ") is left out: it does not change which output is the greatest"));
  return input;
}

}  // namespace spikemesh
