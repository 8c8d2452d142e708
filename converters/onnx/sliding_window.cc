// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/sliding_window.h"

#include <algorithm>
#include <string>

#include "converters/onnx/attributes.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Far beyond any window over kFeaturesMax values, and no sum of a few can overflow.
constexpr std::int64_t kWindowExtentMax = std::int64_t{1} << 20;

// The pads that make output = ceil(input / stride); an odd one goes to the end (SAME_UPPER) or the
// beginning (SAME_LOWER).
void PadToSame(bool upper, SlidingAxis& axis) {
  const std::int64_t output = (axis.input + axis.stride - 1) / axis.stride;
  const std::int64_t total =
      std::max<std::int64_t>(0, (output - 1) * axis.stride + axis.reach() - axis.input);
  axis.pad_before = upper ? total / 2 : total - total / 2;
  axis.pad_after = total - axis.pad_before;
}

// PyTorch writes ceil_mode before opset 10 as pads at the end, which can be negative; then the file
// computes something else than the module.
absl::Status CheckPads(const std::vector<std::int64_t>& pads) {
  return *std::min_element(pads.begin(), pads.end()) < 0
             ? absl::InvalidArgumentError(Concat("pads ", PrintDims(pads), "; allowed: 0..",
                                                 kWindowExtentMax, "; ", kExportFromTorch))
             : absl::OkStatus();
}

absl::Status ApplyPads(const OnnxNode& node, SlidingWindow& window) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string mode, StringAttribute(node, "auto_pad", "NOTSET"));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto pads,
                             IntsAttribute(node, "pads", 4, -kWindowExtentMax, kWindowExtentMax));
  if (pads.has_value()) {
    SPIKEMESH_RETURN_IF_ERROR(CheckPads(*pads));
  }
  if (mode == "NOTSET") {
    if (pads.has_value()) {  // ONNX order: all beginnings, then all ends
      window.y.pad_before = (*pads)[0];
      window.x.pad_before = (*pads)[1];
      window.y.pad_after = (*pads)[2];
      window.x.pad_after = (*pads)[3];
    }
    return absl::OkStatus();
  }
  if (pads.has_value() && *pads != std::vector<std::int64_t>(4, 0)) {
    return absl::InvalidArgumentError(
        Concat("pads beside auto_pad ", mode, "; allowed: one of both"));
  }
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    PadToSame(mode == "SAME_UPPER", window.y);
    PadToSame(mode == "SAME_UPPER", window.x);
    return absl::OkStatus();
  }
  if (mode == "VALID") {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Concat("auto_pad \"", mode, "\"; allowed: NOTSET, SAME_UPPER, SAME_LOWER, VALID"));
}

absl::Status CheckReach(const SlidingWindow& window) {
  if (window.y.output() < 1 || window.x.output() < 1) {
    return absl::InvalidArgumentError(
        Concat("a window that reaches over ", window.y.reach(), " x ", window.x.reach(),
               " of a padded input of ", window.y.room() + window.y.reach(), " x ",
               window.x.room() + window.x.reach(), "; allowed: at most the input"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::array<std::int64_t, 2>> ReadKernelShape(const OnnxNode& node) {
  const OnnxAttributeValue* value = FindAttribute(node, "kernel_shape");
  if (value == nullptr) {
    return absl::InvalidArgumentError("attribute \"kernel_shape\" is missing");
  }
  const auto* extents = std::get_if<std::vector<std::int64_t>>(value);
  if (extents != nullptr && (extents->size() == 1 || extents->size() == 3)) {
    return NotSupported(Concat("a ", extents->size(), "-D window"),
                        "2-D windows; add an extent of 1 to the image");
  }
  if (extents == nullptr || extents->size() != 2 ||
      *std::min_element(extents->begin(), extents->end()) < 1) {
    return absl::InvalidArgumentError("attribute \"kernel_shape\"; allowed: two positive extents");
  }
  return std::array<std::int64_t, 2>{(*extents)[0], (*extents)[1]};
}

absl::StatusOr<SlidingWindow> ReadWindow(const OnnxNode& node, const Padded& input,
                                         std::array<std::int64_t, 2> kernel) {
  const auto ints = [&node](std::string_view name) {
    return IntsAttribute(node, name, 2, 1, kWindowExtentMax);
  };
  SPIKEMESH_ASSIGN_OR_RETURN(const auto strides, ints("strides"));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto dilations, ints("dilations"));
  if (std::max(kernel[0], kernel[1]) > kWindowExtentMax) {
    return absl::InvalidArgumentError(Concat("window of ", kernel[0], " x ", kernel[1],
                                             "; allowed: extents up to ", kWindowExtentMax));
  }
  SlidingWindow window;
  window.y.input = input.input.dims[1] + input.top + input.bottom;
  window.x.input = input.input.dims[2] + input.left + input.right;
  window.y.kernel = kernel[0];
  window.x.kernel = kernel[1];
  if (strides.has_value()) {
    window.y.stride = (*strides)[0];
    window.x.stride = (*strides)[1];
  }
  if (dilations.has_value()) {
    window.y.dilation = (*dilations)[0];
    window.x.dilation = (*dilations)[1];
  }
  SPIKEMESH_RETURN_IF_ERROR(ApplyPads(node, window));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t ceil_mode, IntAttribute(node, "ceil_mode", 0));
  window.y.ceil = window.x.ceil = ceil_mode != 0;
  SPIKEMESH_RETURN_IF_ERROR(CheckReach(window));
  return window;
}

WindowGeometry ToGeometry(const SlidingWindow& window, const Padded& input) {
  const auto narrow = [](std::int64_t value) { return static_cast<std::int32_t>(value); };
  const SlidingAxis& y = window.y;
  const SlidingAxis& x = window.x;
  return {.kernel_y = narrow(y.kernel),
          .kernel_x = narrow(x.kernel),
          .stride_y = narrow(y.stride),
          .stride_x = narrow(x.stride),
          .pad_top = narrow(y.pad_before + input.top),
          .pad_left = narrow(x.pad_before + input.left),
          .pad_bottom = narrow(y.pad_after + input.bottom + y.overhang()),
          .pad_right = narrow(x.pad_after + input.right + x.overhang()),
          .dilation_y = narrow(y.dilation),
          .dilation_x = narrow(x.dilation)};
}

}  // namespace spikemesh
