// SPDX-License-Identifier: Apache-2.0
// Pools: over windows, and over whole images (which are windows as large as the image).
#include <algorithm>

#include "converters/onnx/attributes.h"
#include "converters/onnx/sliding_window.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

absl::Status CheckImage(const Activation& input) {
  if (input.dims.size() != 3) {
    return NotSupported(Concat("input of shape ", PrintDims(input.dims), " per image"),
                        "[channels, height, width]");
  }
  return absl::OkStatus();
}

absl::StatusOr<OnnxValue> AppendPool(const NodeCall& call, const Padded& input, PoolNode node,
                                     const SlidingWindow& window, NetworkBuilder& builder) {
  const std::vector<std::int64_t>& dims = input.input.dims;
  if (!EveryWindowMeetsInput(AxisY(node.window), dims[1]) ||
      !EveryWindowMeetsInput(AxisX(node.window), dims[2])) {
    return absl::InvalidArgumentError(Concat("a window of ", window.y.kernel, " x ",
                                             window.x.kernel,
                                             " lies in the padding alone; "
                                             "allowed: pads less than the window"));
  }
  return builder.Append(call, input.input, node, {dims[0], window.y.output(), window.x.output()});
}

// One window over all of `image`, whose extents are stored.
PoolNode WholeImage(PoolKind kind, const FeatureShape& image) {
  PoolNode node;
  node.kind = kind;
  node.window.kernel_y = image.height;
  node.window.kernel_x = image.width;
  return node;
}

absl::StatusOr<OnnxValue> PoolImage(const NodeCall& call, PoolKind kind, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_RETURN_IF_ERROR(CheckImage(input));
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, ToFeatureShape(input.dims));
  return builder.Append(call, input, WholeImage(kind, shape), {input.dims[0], 1, 1});
}

// The axes of a ReduceMean, counted without the batch, ascending.
absl::StatusOr<std::vector<std::int64_t>> ReadAxes(const NodeCall& call, const Activation& input) {
  const OnnxAttributeValue* value = FindAttribute(call.node, "axes");
  const auto* axes = value == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(value);
  if (axes == nullptr || axes->size() > input.dims.size()) {
    return NotSupported("a mean without axes, or over the batch", "axes of height and width");
  }
  const auto rank = static_cast<std::int64_t>(input.dims.size()) + 1;
  std::vector<std::int64_t> result;
  for (const std::int64_t axis : *axes) {
    if (axis < -rank || axis >= rank) {
      return absl::InvalidArgumentError(
          Concat("axis ", axis, "; allowed: ", -rank, "..", rank - 1));
    }
    result.push_back((axis < 0 ? axis + rank : axis) - 1);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateMaxPool(const NodeCall& call, NetworkBuilder& builder) {
  if (FindInput<Padded>(call, 0) != nullptr) {
    return NotSupported("a Pad before a MaxPool, whose zeros could be the greatest",
                        "pads of the MaxPool itself");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Padded input, PaddedInput(call, 0));
  SPIKEMESH_RETURN_IF_ERROR(CheckImage(input.input));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto kernel, ReadKernelShape(call.node));
  SPIKEMESH_ASSIGN_OR_RETURN(const SlidingWindow window, ReadWindow(call.node, input, kernel));
  return AppendPool(call, input, {PoolKind::kMax, ToGeometry(window, input), false}, window,
                    builder);
}

absl::StatusOr<OnnxValue> TranslateAveragePool(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Padded input, PaddedInput(call, 0));
  SPIKEMESH_RETURN_IF_ERROR(CheckImage(input.input));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto kernel, ReadKernelShape(call.node));
  SPIKEMESH_ASSIGN_OR_RETURN(const SlidingWindow window, ReadWindow(call.node, input, kernel));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t count_pads,
                             IntAttribute(call.node, "count_include_pad", 0));
  // The zeros of a Pad are values of its input, so they count in any case.
  const bool has_zeros = FindInput<Padded>(call, 0) != nullptr;
  const bool has_own = std::max({window.y.pad_before, window.y.pad_after, window.x.pad_before,
                                 window.x.pad_after}) > 0;
  if (has_zeros && has_own && count_pads == 0) {
    return NotSupported("a Pad before an AveragePool that leaves its own pads out of the mean",
                        "one of both, or count_include_pad 1");
  }
  return AppendPool(call, input,
                    {PoolKind::kAverage, ToGeometry(window, input), has_zeros || count_pads != 0},
                    window, builder);
}

absl::StatusOr<OnnxValue> TranslateGlobalMaxPool(const NodeCall& call, NetworkBuilder& builder) {
  return PoolImage(call, PoolKind::kMax, builder);
}

absl::StatusOr<OnnxValue> TranslateGlobalAveragePool(const NodeCall& call,
                                                     NetworkBuilder& builder) {
  return PoolImage(call, PoolKind::kAverage, builder);
}

// The mean over height and width, as x.mean((2, 3)) and Keras's global pooling are exported.
absl::StatusOr<OnnxValue> TranslateReduceMean(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_RETURN_IF_ERROR(CheckImage(input));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> axes, ReadAxes(call, input));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t keep, IntAttribute(call.node, "keepdims", 1));
  const bool is_last = input.channels_last.has_value();
  const std::vector<std::int64_t> plane =
      is_last ? std::vector<std::int64_t>{0, 1} : std::vector<std::int64_t>{1, 2};
  if (axes != plane) {
    return NotSupported("a mean over other axes", "over height and width, both");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  Activation result;
  SPIKEMESH_ASSIGN_OR_RETURN(
      result,
      builder.Append(call, input, WholeImage(PoolKind::kAverage, shape), {shape.channels, 1, 1}));
  if (keep == 0) {
    result.dims = {shape.channels};
  } else if (is_last) {
    result.dims = {1, 1, shape.channels};
    result.channels_last = FeatureShape{shape.channels, 1, 1};
  }
  return result;
}

}  // namespace spikemesh
