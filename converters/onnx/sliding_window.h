// SPDX-License-Identifier: Apache-2.0
// The window of a Conv or a pool: the attributes kernel_shape, strides, dilations, pads, auto_pad
// and ceil_mode, with the zeros of a Pad before it.
#ifndef SPIKEMESH_CONVERTERS_ONNX_SLIDING_WINDOW_H_
#define SPIKEMESH_CONVERTERS_ONNX_SLIDING_WINDOW_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "converters/onnx/node_call.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// One axis of a sliding window.
struct SlidingAxis {
  std::int64_t input = 0;  // with the zeros of a Pad
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_before = 0;
  std::int64_t pad_after = 0;
  bool ceil = false;  // attribute ceil_mode

  std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
  std::int64_t room() const { return input + pad_before + pad_after - reach(); }
  // With ceil_mode there is one more window where the last does not end at the end of the padded
  // input, unless it would begin behind the input, in the padding.
  std::int64_t output() const {
    const std::int64_t whole = room() < 0 ? 0 : room() / stride + 1;
    const bool is_cut = ceil && room() > -stride && (whole == 0 || room() % stride != 0);
    return is_cut && whole * stride < input + pad_before ? whole + 1 : whole;
  }
  // How far the last window reaches beyond the padded input.
  std::int64_t overhang() const {
    return std::max<std::int64_t>(0, (output() - 1) * stride - room());
  }
};

struct SlidingWindow {
  SlidingAxis y, x;
};

// Height and width of the kernel: attribute kernel_shape. Errors: InvalidArgument (absent, or not
// two extents), Unimplemented (one or three: 1-D and 3-D windows).
absl::StatusOr<std::array<std::int64_t, 2>> ReadKernelShape(const OnnxNode& node);

// The window of `node` with `kernel` over `input`, an image [channels, height, width]. With
// ceil_mode, outputs are counted as PyTorch and ONNX do since opset 19 (older texts leave open what
// becomes of a window that begins in the padding at the end; no framework keeps it). Errors:
// InvalidArgument (attributes; a window that reaches over more than the padded input).
absl::StatusOr<SlidingWindow> ReadWindow(const OnnxNode& node, const Padded& input,
                                         std::array<std::int64_t, 2> kernel);

// `window` over the input without the zeros of the Pad, which become pads of the window, as what
// the last windows reach beyond does.
WindowGeometry ToGeometry(const SlidingWindow& window, const Padded& input);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_SLIDING_WINDOW_H_
