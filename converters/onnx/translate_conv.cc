// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/attributes.h"
#include "converters/onnx/sliding_window.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

absl::Status CheckChannels(std::int64_t channels, std::int64_t groups,
                           const std::vector<std::int64_t>& weights) {
  if (groups < 1 || channels % groups != 0 || weights[0] % groups != 0) {
    return absl::InvalidArgumentError(Concat("group ", groups, "; allowed: a divisor of ", channels,
                                             " input and ", weights[0], " output channels"));
  }
  if (weights[1] != channels / groups) {
    return absl::InvalidArgumentError(
        Concat("weights of shape ", PrintDims(weights), " for ", channels, " input channels in ",
               groups, " groups; allowed: second extent ", channels / groups));
  }
  return absl::OkStatus();
}

// Attribute kernel_shape repeats the weights' shape, or is left out.
absl::Status CheckKernelShape(const OnnxNode& node, const OnnxConstant& weights) {
  if (FindAttribute(node, "kernel_shape") == nullptr) {
    return absl::OkStatus();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const auto kernel, ReadKernelShape(node));
  if (kernel[0] != weights.dims[2] || kernel[1] != weights.dims[3]) {
    return absl::InvalidArgumentError(Concat("kernel_shape [", kernel[0], ", ", kernel[1],
                                             "]; allowed: that of the weights, [", weights.dims[2],
                                             ", ", weights.dims[3], "]"));
  }
  return absl::OkStatus();
}

// The bias in input 2, or zeros.
absl::StatusOr<std::vector<float>> ReadBias(const NodeCall& call, std::int64_t channels) {
  if (!call.has_input(2)) {
    return std::vector<float>(channels, 0.0F);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* bias, ConstantInput(call, 2));
  if (bias->dims != std::vector<std::int64_t>{channels}) {
    return absl::InvalidArgumentError(Concat("bias of shape ", PrintDims(bias->dims),
                                             "; allowed: [", channels, "], one per channel"));
  }
  return FiniteFloats(*bias, "bias");
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateConv(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Padded input, PaddedInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* weights, ConstantInput(call, 1));
  const std::vector<std::int64_t>& dims = input.input.dims;
  if (dims.size() != 3 || weights->dims.size() != 4) {
    return NotSupported(Concat("input of shape ", PrintDims(dims),
                               " per image and weights of shape ", PrintDims(weights->dims)),
                        "2-D convolution, [channels, height, width] and four extents; give a 1-D "
                        "convolution an extent of 1");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t groups, IntAttribute(call.node, "group", 1));
  SPIKEMESH_RETURN_IF_ERROR(CheckChannels(dims[0], groups, weights->dims));
  SPIKEMESH_RETURN_IF_ERROR(CheckKernelShape(call.node, *weights));
  SPIKEMESH_ASSIGN_OR_RETURN(const SlidingWindow window,
                             ReadWindow(call.node, input, {weights->dims[2], weights->dims[3]}));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(weights->count(), sizeof(float)));
  ConvolutionNode node;
  node.window = ToGeometry(window, input);
  node.groups = static_cast<std::int32_t>(groups);
  SPIKEMESH_ASSIGN_OR_RETURN(node.weights, FiniteFloats(*weights, "weights"));
  SPIKEMESH_ASSIGN_OR_RETURN(node.bias, ReadBias(call, weights->dims[0]));
  return builder.Append(call, input.input, std::move(node),
                        {weights->dims[0], window.y.output(), window.x.output()});
}

}  // namespace spikemesh
