// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Far beyond any window over kFeaturesMax values, and no sum of a few can overflow.
constexpr std::int64_t kWindowExtentMax = std::int64_t{1} << 20;

// One axis of a sliding window.
struct WindowAxis {
  std::int64_t input = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_before = 0;
  std::int64_t pad_after = 0;

  std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
  std::int64_t output() const {
    const std::int64_t room = input + pad_before + pad_after - reach();
    return room < 0 ? 0 : room / stride + 1;
  }
};

// The pads that make output = ceil(input / stride); an odd one goes to the end (SAME_UPPER) or the
// beginning (SAME_LOWER).
void PadToSame(bool upper, WindowAxis& axis) {
  const std::int64_t output = (axis.input + axis.stride - 1) / axis.stride;
  const std::int64_t total =
      std::max<std::int64_t>(0, (output - 1) * axis.stride + axis.reach() - axis.input);
  axis.pad_before = upper ? total / 2 : total - total / 2;
  axis.pad_after = total - axis.pad_before;
}

absl::Status ApplyPads(const OnnxNode& node, WindowAxis& y, WindowAxis& x) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string mode, StringAttribute(node, "auto_pad", "NOTSET"));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto pads, IntsAttribute(node, "pads", 4, 0, kWindowExtentMax));
  if (mode == "NOTSET") {
    if (pads.has_value()) {  // ONNX order: all beginnings, then all ends
      y.pad_before = (*pads)[0];
      x.pad_before = (*pads)[1];
      y.pad_after = (*pads)[2];
      x.pad_after = (*pads)[3];
    }
    return absl::OkStatus();
  }
  if (pads.has_value() && *pads != std::vector<std::int64_t>(4, 0)) {
    return absl::InvalidArgumentError(
        Concat("pads beside auto_pad ", mode, "; allowed: one of both"));
  }
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    PadToSame(mode == "SAME_UPPER", y);
    PadToSame(mode == "SAME_UPPER", x);
    return absl::OkStatus();
  }
  if (mode == "VALID") {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Concat("auto_pad \"", mode, "\"; allowed: NOTSET, SAME_UPPER, SAME_LOWER, VALID"));
}

// The window of a Conv whose weights have shape `weights` over an input of `dims` {c, h, w}.
absl::Status ReadWindow(const OnnxNode& node, const std::vector<std::int64_t>& dims,
                        const std::vector<std::int64_t>& weights, WindowAxis& y, WindowAxis& x) {
  const auto ints = [&node](std::string_view name) {
    return IntsAttribute(node, name, 2, 1, kWindowExtentMax);
  };
  SPIKEMESH_ASSIGN_OR_RETURN(const auto kernel, ints("kernel_shape"));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto strides, ints("strides"));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto dilations, ints("dilations"));
  y.input = dims[1];
  x.input = dims[2];
  y.kernel = weights[2];
  x.kernel = weights[3];
  if (y.kernel > kWindowExtentMax || x.kernel > kWindowExtentMax) {
    return absl::InvalidArgumentError(Concat("window of ", y.kernel, " x ", x.kernel,
                                             "; allowed: extents up to ", kWindowExtentMax));
  }
  if (kernel.has_value() && *kernel != std::vector<std::int64_t>{y.kernel, x.kernel}) {
    return absl::InvalidArgumentError(Concat("kernel_shape ", PrintDims(*kernel),
                                             "; allowed: that of the weights, [", y.kernel, ", ",
                                             x.kernel, "]"));
  }
  if (strides.has_value()) {
    y.stride = (*strides)[0];
    x.stride = (*strides)[1];
  }
  if (dilations.has_value()) {
    y.dilation = (*dilations)[0];
    x.dilation = (*dilations)[1];
  }
  return ApplyPads(node, y, x);
}

WindowGeometry ToGeometry(const WindowAxis& y, const WindowAxis& x) {
  const auto narrow = [](std::int64_t value) { return static_cast<std::int32_t>(value); };
  return {narrow(y.kernel),     narrow(x.kernel),     narrow(y.stride),    narrow(x.stride),
          narrow(y.pad_before), narrow(x.pad_before), narrow(y.pad_after), narrow(x.pad_after),
          narrow(y.dilation),   narrow(x.dilation)};
}

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
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* weights, ConstantInput(call, 1));
  if (input.dims.size() != 3 || weights->dims.size() != 4) {
    return NotSupported(Concat("input of shape ", PrintDims(input.dims),
                               " per image and weights of shape ", PrintDims(weights->dims)),
                        "2-D convolution, [channels, height, width] and four extents");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t groups, IntAttribute(call.node, "group", 1));
  SPIKEMESH_RETURN_IF_ERROR(CheckChannels(input.dims[0], groups, weights->dims));
  WindowAxis y;
  WindowAxis x;
  SPIKEMESH_RETURN_IF_ERROR(ReadWindow(call.node, input.dims, weights->dims, y, x));
  if (y.output() < 1 || x.output() < 1) {
    return absl::InvalidArgumentError(
        Concat("a window that reaches over ", y.reach(), " x ", x.reach(), " of a padded input of ",
               y.input + y.pad_before + y.pad_after, " x ", x.input + x.pad_before + x.pad_after,
               "; allowed: at most the input"));
  }
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(weights->count(), sizeof(float)));
  ConvolutionNode node;
  node.window = ToGeometry(y, x);
  node.groups = static_cast<std::int32_t>(groups);
  SPIKEMESH_ASSIGN_OR_RETURN(node.weights, FiniteFloats(*weights, "weights"));
  SPIKEMESH_ASSIGN_OR_RETURN(node.bias, ReadBias(call, weights->dims[0]));
  return builder.Append(call, input, std::move(node), {weights->dims[0], y.output(), x.output()});
}

}  // namespace spikemesh
