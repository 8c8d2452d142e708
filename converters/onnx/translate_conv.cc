// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

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

// Zeros of the Conv itself would stand for the value that a Pad put around.
absl::Status CheckOneValue(const SlidingWindow& window, double value) {
  const std::int64_t own =
      std::max({window.y.pad_before, window.y.pad_after, window.x.pad_before, window.x.pad_after});
  if (value != 0.0 && own > 0) {
    return NotSupported(Concat("zeros around padding with ", value), "pads of one value");
  }
  return absl::OkStatus();
}

// Adds `value` times the weights of each filter: to the bias where that stays exact, else behind.
absl::StatusOr<OnnxValue> AppendConvolution(const NodeCall& call, const Padded& input,
                                            ConvolutionNode node, std::vector<std::int64_t> dims,
                                            NetworkBuilder& builder) {
  if (input.value == 0.0) {
    return builder.Append(call, input.input, std::move(node), std::move(dims));
  }
  AffineNode added;
  bool exact = true;
  const std::size_t per_filter = node.weights.size() / node.bias.size();
  for (std::size_t out = 0; out < node.bias.size(); ++out) {
    const auto first = node.weights.begin() + static_cast<std::ptrdiff_t>(out * per_filter);
    const double sum = std::accumulate(first, first + static_cast<std::ptrdiff_t>(per_filter), 0.0);
    added.scale.push_back(1.0);
    added.offset.push_back(input.value * sum);
    const double bias = double{node.bias[out]} + added.offset.back();
    exact = exact && double{static_cast<float>(bias)} == bias;
  }
  if (exact) {
    for (std::size_t out = 0; out < node.bias.size(); ++out) {
      node.bias[out] = static_cast<float>(double{node.bias[out]} + added.offset[out]);
    }
  }
  SPIKEMESH_ASSIGN_OR_RETURN(
      const Activation summed,
      builder.Append(call, input.input, std::move(node), std::move(dims), exact ? "" : ":sum"));
  if (exact) {
    return summed;
  }
  return builder.AppendLike(call, summed, std::move(added));
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
  SPIKEMESH_RETURN_IF_ERROR(CheckOneValue(window, input.value));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(weights->count(), sizeof(float)));
  ConvolutionNode node;
  node.window = ToGeometry(window, input);
  node.groups = static_cast<std::int32_t>(groups);
  SPIKEMESH_ASSIGN_OR_RETURN(node.weights, FiniteFloats(*weights, "weights"));
  SPIKEMESH_ASSIGN_OR_RETURN(node.bias, ReadBias(call, weights->dims[0]));
  return AppendConvolution(call, input, std::move(node),
                           {weights->dims[0], window.y.output(), window.x.output()}, builder);
}

}  // namespace spikemesh
