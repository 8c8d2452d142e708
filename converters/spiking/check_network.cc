// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/check_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "converters/spiking/node_kinds.h"
#include "core/base/strings.h"
#include "networks/ir/node_fits.h"
#include "networks/ir/spiking_network.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// Keeps products of extents and window sizes far inside 64 bits.
constexpr std::int64_t kExtentMax = std::int64_t{1} << 20;

template <typename... Values>
absl::Status Invalid(const Values&... values) {
  return absl::InvalidArgumentError(Concat(values...));
}

absl::Status CheckShape(const FeatureShape& shape) {
  const auto [least, greatest] = std::minmax({shape.channels, shape.height, shape.width});
  if (least < 1 || greatest > kExtentMax) {
    return Invalid("shape ", ShapeText(shape), ": extents of 1..", kExtentMax, " allowed");
  }
  return absl::OkStatus();
}

// One finite value a channel.
template <typename T>
absl::Status CheckParameter(const char* name, const std::vector<T>& values, std::size_t channels) {
  if (values.size() != channels) {
    return Invalid(values.size(), " values of ", name, ", one per channel allowed: ", channels);
  }
  if (!std::all_of(values.begin(), values.end(), [](T x) { return std::isfinite(x); })) {
    return Invalid(name, " holds a value that is not finite");
  }
  return absl::OkStatus();
}

absl::Status CheckSameShape(const FeatureShape& input, const FeatureShape& output) {
  if (input != output) {
    return Invalid("output shape ", ShapeText(output), " for input shape ", ShapeText(input));
  }
  return absl::OkStatus();
}

absl::Status CheckWindow(const WindowGeometry& window, const FeatureShape& input,
                         const FeatureShape& output) {
  const auto [least, greatest] =
      std::minmax({window.kernel_y, window.kernel_x, window.stride_y, window.stride_x,
                   window.dilation_y, window.dilation_x});
  const auto [pad_least, pad_greatest] =
      std::minmax({window.pad_top, window.pad_left, window.pad_bottom, window.pad_right});
  if (least < 1 || pad_least < 0 || std::max(greatest, pad_greatest) > kSpikingWindowMax) {
    return Invalid("window of ", window.kernel_y, " x ", window.kernel_x, ", strides ",
                   window.stride_y, " x ", window.stride_x, ": sizes of 1..", kSpikingWindowMax,
                   " and pads of at least 0 allowed");
  }
  const std::int64_t height = OutputExtent(AxisY(window), input.height);
  const std::int64_t width = OutputExtent(AxisX(window), input.width);
  if (height != output.height || width != output.width) {
    return Invalid("output shape ", ShapeText(output), ", the window gives ", height, " x ", width);
  }
  return absl::OkStatus();
}

// Overloads by operation; `input` enters the node, `output` is the node's shape. Additions and
// concatenations are checked against each of their sources.
absl::Status CheckOperation(const ConvolutionNode& node, const FeatureShape& input,
                            const FeatureShape& output) {
  SPIKEMESH_RETURN_IF_ERROR(CheckWindow(node.window, input, output));
  if (node.groups < 1 || input.channels % node.groups != 0 || output.channels % node.groups != 0) {
    return Invalid(node.groups, " groups: must divide ", input.channels, " inputs and ",
                   output.channels, " outputs");
  }
  const std::int64_t fan_in =
      std::int64_t{input.channels / node.groups} * node.window.kernel_y * node.window.kernel_x;
  const std::int64_t weights = fan_in * output.channels;
  if (static_cast<std::int64_t>(node.weights.size()) != weights) {
    return Invalid(node.weights.size(), " weights, ", weights, " allowed");
  }
  const auto channels = static_cast<std::size_t>(output.channels);
  SPIKEMESH_RETURN_IF_ERROR(CheckParameter("weight", node.weights, node.weights.size()));
  if (!node.precise_weights.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(
        CheckParameter("precise weight", node.precise_weights, node.weights.size()));
  }
  return CheckParameter("bias", node.bias, channels);
}

absl::Status CheckOperation(const BatchNormNode& node, const FeatureShape& input,
                            const FeatureShape& output) {
  const auto channels = static_cast<std::size_t>(output.channels);
  SPIKEMESH_RETURN_IF_ERROR(CheckSameShape(input, output));
  SPIKEMESH_RETURN_IF_ERROR(CheckParameter("gamma", node.gamma, channels));
  SPIKEMESH_RETURN_IF_ERROR(CheckParameter("beta", node.beta, channels));
  SPIKEMESH_RETURN_IF_ERROR(CheckParameter("mean", node.mean, channels));
  SPIKEMESH_RETURN_IF_ERROR(CheckParameter("variance", node.variance, channels));
  const float variance_min = *std::min_element(node.variance.begin(), node.variance.end());
  if (!std::isfinite(node.epsilon) || !(variance_min + node.epsilon > 0)) {
    return Invalid("variance + epsilon is ", variance_min + node.epsilon, ", more than 0 allowed");
  }
  return absl::OkStatus();
}

absl::Status CheckOperation(const AffineNode& node, const FeatureShape& input,
                            const FeatureShape& output) {
  const auto channels = static_cast<std::size_t>(output.channels);
  SPIKEMESH_RETURN_IF_ERROR(CheckSameShape(input, output));
  SPIKEMESH_RETURN_IF_ERROR(CheckParameter("scale", node.scale, channels));
  return CheckParameter("offset", node.offset, channels);
}

absl::Status CheckOperation(const StepNode& node, const FeatureShape& input,
                            const FeatureShape& output) {
  SPIKEMESH_RETURN_IF_ERROR(CheckSameShape(input, output));
  const bool finite =
      std::isfinite(node.threshold) && std::isfinite(node.low) && std::isfinite(node.high);
  if (!finite || node.low == node.high) {
    return Invalid("threshold ", node.threshold, ", values ", node.low, " and ", node.high,
                   ": a finite threshold and two different finite values allowed");
  }
  return absl::OkStatus();
}

absl::Status CheckOperation(const SignNode& /*node*/, const FeatureShape& input,
                            const FeatureShape& output) {
  return CheckSameShape(input, output);
}

absl::Status CheckOperation(const ReshapeNode& /*node*/, const FeatureShape& input,
                            const FeatureShape& output) {
  if (input.size() != output.size()) {
    return Invalid("output shape ", ShapeText(output), " for input shape ", ShapeText(input),
                   ": equal sizes allowed");
  }
  return absl::OkStatus();
}

absl::Status CheckOperation(const ClipNode& node, const FeatureShape& input,
                            const FeatureShape& output) {
  SPIKEMESH_RETURN_IF_ERROR(CheckSameShape(input, output));
  if (!(node.low < node.high)) {
    return Invalid("ends ", node.low, " and ", node.high, ": the first below the second allowed");
  }
  return absl::OkStatus();
}

absl::Status CheckOperation(const RoundNode& /*node*/, const FeatureShape& input,
                            const FeatureShape& output) {
  return CheckSameShape(input, output);
}

absl::Status CheckOperation(const MultiThresholdNode& node, const FeatureShape& input,
                            const FeatureShape& output) {
  SPIKEMESH_RETURN_IF_ERROR(CheckSameShape(input, output));
  const std::int64_t values = std::int64_t{output.channels} * node.levels;
  if (node.levels < 1 || static_cast<std::int64_t>(node.thresholds.size()) != values) {
    return Invalid(node.thresholds.size(),
                   " thresholds, one or more per channel allowed: ", output.channels, " x ",
                   std::max(1, node.levels));
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckParameter("threshold", node.thresholds, node.thresholds.size()));
  for (std::int64_t i = 0; i < values; i += node.levels) {
    const auto first = node.thresholds.begin() + i;
    if (!std::is_sorted(first, first + node.levels)) {
      return Invalid("thresholds of channel ", i / node.levels, " do not ascend");
    }
  }
  if (!std::isfinite(node.scale) || !std::isfinite(node.offset) || node.scale == 0) {
    return Invalid("scale ", node.scale, ", offset ", node.offset,
                   ": finite values and a scale other than 0 allowed");
  }
  return absl::OkStatus();
}

absl::Status CheckOperation(const PoolNode& node, const FeatureShape& input,
                            const FeatureShape& output) {
  SPIKEMESH_RETURN_IF_ERROR(CheckWindow(node.window, input, output));
  if (input.channels != output.channels) {
    return Invalid(output.channels, " output channels for ", input.channels,
                   " of the input: as many allowed");
  }
  const std::int32_t beyond = std::max(node.overhang_bottom - node.window.pad_bottom,
                                       node.overhang_right - node.window.pad_right);
  if (std::min(node.overhang_bottom, node.overhang_right) < 0 || beyond > 0) {
    return Invalid("overhang of ", node.overhang_bottom, " rows and ", node.overhang_right,
                   " columns: 0..the pads at the end allowed");
  }
  if (!EveryWindowMeetsInput(AxisY(node.window), input.height) ||
      !EveryWindowMeetsInput(AxisX(node.window), input.width)) {
    return Invalid("a window of ", node.window.kernel_y, " x ", node.window.kernel_x,
                   " lies in the padding alone: at least one input in each allowed");
  }
  return absl::OkStatus();
}

absl::Status CheckOperation(const AddNode& /*node*/, const FeatureShape& input,
                            const FeatureShape& output) {
  return CheckSameShape(input, output);
}

absl::Status CheckOperation(const ConcatNode& /*node*/, const FeatureShape& input,
                            const FeatureShape& output) {
  if (input.height != output.height || input.width != output.width) {
    return Invalid("output shape ", ShapeText(output), " for a source of shape ", ShapeText(input),
                   ": equal heights and widths allowed");
  }
  return absl::OkStatus();
}

// The channels of all sources of a concatenation make those of its output.
absl::Status CheckChannelSum(const Network& network, const NetworkNode& node) {
  std::int64_t channels = 0;
  for (std::size_t i = 0; i < node.sources.size(); ++i) {
    channels += SourceShape(network, node, i).channels;
  }
  if (channels != node.shape.channels) {
    return Invalid(node.shape.channels,
                   " output channels, those of the sources allowed: ", channels);
  }
  return absl::OkStatus();
}

absl::Status CheckSources(const NetworkNode& node, std::size_t index) {
  if (!SourceCountFits(node)) {
    return Invalid(node.sources.size(),
                   " sources: two or more of an addition or concatenation, else one allowed");
  }
  for (const std::int32_t source : node.sources) {
    if (source < kNetworkInput || source >= static_cast<std::int64_t>(index)) {
      return Invalid("source ", source, ", an earlier node or -1 allowed");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNode(const Network& network, std::size_t index) {
  const NetworkNode& node = network.nodes[index];
  SPIKEMESH_RETURN_IF_ERROR(CheckSources(node, index));
  SPIKEMESH_RETURN_IF_ERROR(CheckShape(node.shape));
  for (std::size_t i = 0; i < node.sources.size(); ++i) {
    const FeatureShape& input = SourceShape(network, node, i);
    SPIKEMESH_RETURN_IF_ERROR(std::visit(
        [&](const auto& operation) { return CheckOperation(operation, input, node.shape); },
        node.operation));
  }
  return std::holds_alternative<ConcatNode>(node.operation) ? CheckChannelSum(network, node)
                                                            : absl::OkStatus();
}

}  // namespace

std::string NodeText(const NetworkNode& node) {
  constexpr std::array<const char*, std::variant_size_v<NodeOperation>> kKinds = {
      "convolution", "batch normalization", "affine",  "step",     "reshape",       "clip",
      "rounding",    "multi-threshold",     "pooling", "addition", "concatenation", "sign"};
  return Concat("node \"", node.name, "\" (",
                IsMaxPool(node) ? "max pooling" : kKinds[node.operation.index()], ")");
}

std::string ShapeText(const FeatureShape& shape) {
  return Concat("{", shape.channels, ", ", shape.height, ", ", shape.width, "}");
}

absl::Status CheckNetwork(const Network& network) {
  SPIKEMESH_RETURN_IF_ERROR(Annotate(CheckShape(network.input_shape), "input"));
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    SPIKEMESH_RETURN_IF_ERROR(Annotate(CheckNode(network, i), NodeText(network.nodes[i])));
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
