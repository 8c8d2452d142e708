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
    return absl::InvalidArgumentError(
        Concat("a window of ", window.y.kernel, " x ", window.x.kernel,
               " lies in the padding alone; allowed: at least one value in each; use less padding, "
               "or ceil_mode=False"));
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
  if (input.value != 0.0) {
    return NotSupported(Concat("padding with ", input.value, " before an AveragePool"),
                        "padding with 0");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const auto kernel, ReadKernelShape(call.node));
  SPIKEMESH_ASSIGN_OR_RETURN(const SlidingWindow window, ReadWindow(call.node, input, kernel));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t count_pads,
                             IntAttribute(call.node, "count_include_pad", 0));
  // The zeros of a Pad are values of its input, so they count in any case.
  const bool has_zeros = FindInput<Padded>(call, 0) != nullptr;
  const bool own_left_out = has_zeros && count_pads == 0;
  if (own_left_out && std::max(window.y.pad_before, window.x.pad_before) > 0) {
    return NotSupported("a Pad before an AveragePool that leaves its own pads out of the mean",
                        "one of both, or count_include_pad 1");
  }
  const auto overhang = [own_left_out](const SlidingAxis& axis) {
    const std::int64_t own = own_left_out ? axis.pad_after : 0;
    return static_cast<std::int32_t>(axis.overhang() + own);
  };
  PoolNode node{PoolKind::kAverage, ToGeometry(window, input), has_zeros || count_pads != 0};
  node.overhang_bottom = overhang(window.y);
  node.overhang_right = overhang(window.x);
  return AppendPool(call, input, node, window, builder);
}

absl::StatusOr<OnnxValue> TranslateGlobalMaxPool(const NodeCall& call, NetworkBuilder& builder) {
  return PoolImage(call, PoolKind::kMax, builder);
}

absl::StatusOr<OnnxValue> TranslateGlobalAveragePool(const NodeCall& call,
                                                     NetworkBuilder& builder) {
  return PoolImage(call, PoolKind::kAverage, builder);
}

}  // namespace spikemesh
