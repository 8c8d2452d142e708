// SPDX-License-Identifier: Apache-2.0
// The arithmetic of one axis of a sliding window: output extent, and which taps of an output lie
// inside the input (the others see zero padding). Shared by validation, the runners and folding, so
// that they cannot disagree at a border.
#ifndef SPIKEMESH_NETWORKS_IR_WINDOW_H_
#define SPIKEMESH_NETWORKS_IR_WINDOW_H_

#include <algorithm>
#include <cstdint>

#include "networks/ir/network.h"

namespace spikemesh {

// One axis of a WindowGeometry. Tap k of output `o` reads input o*stride - pad_begin + k*dilation.
struct WindowAxis {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t pad_begin = 0;
  std::int64_t pad_end = 0;
  std::int64_t dilation = 1;
};

inline WindowAxis AxisY(const WindowGeometry& window) {
  return {window.kernel_y, window.stride_y, window.pad_top, window.pad_bottom, window.dilation_y};
}

inline WindowAxis AxisX(const WindowGeometry& window) {
  return {window.kernel_x, window.stride_x, window.pad_left, window.pad_right, window.dilation_x};
}

// Number of outputs over an input of `extent`; 0 or less where the window does not fit.
inline std::int64_t OutputExtent(const WindowAxis& axis, std::int64_t extent) {
  const std::int64_t room =
      extent + axis.pad_begin + axis.pad_end - axis.dilation * (axis.kernel - 1) - 1;
  return room < 0 ? 0 : room / axis.stride + 1;
}

// The taps begin <= k < end of output `output` that lie inside an input of `extent`.
struct TapRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool operator==(const TapRange&) const = default;
};

inline TapRange TapsInside(const WindowAxis& axis, std::int64_t output, std::int64_t extent) {
  const std::int64_t first = output * axis.stride - axis.pad_begin;
  const auto taps_before =
      [&](std::int64_t position) {  // taps k with first + k*dilation < position
        const std::int64_t room = position - first;
        const std::int64_t taps = room <= 0 ? 0 : (room + axis.dilation - 1) / axis.dilation;
        return std::min(taps, axis.kernel);
      };
  return {taps_before(0), taps_before(extent)};
}

// How many taps of output `output` lie before the last `uncounted` places of the padded input,
// those in other padding included.
inline std::int64_t TapsBefore(const WindowAxis& axis, std::int64_t output, std::int64_t extent,
                               std::int64_t uncounted) {
  return TapsInside(axis, output, extent + axis.pad_end - uncounted).end;
}

// The divisor of the mean at output (y, x) of `pool` over `input`: the places of its window, but
// for those that padding left out of the mean or overhang takes.
inline std::int64_t CountedTaps(const PoolNode& pool, const FeatureShape& input, std::int64_t y,
                                std::int64_t x) {
  const WindowAxis rows = AxisY(pool.window);
  const WindowAxis columns = AxisX(pool.window);
  if (pool.count_padding) {
    return TapsBefore(rows, y, input.height, pool.overhang_bottom) *
           TapsBefore(columns, x, input.width, pool.overhang_right);
  }
  const TapRange inside_y = TapsInside(rows, y, input.height);
  const TapRange inside_x = TapsInside(columns, x, input.width);
  return (inside_y.end - inside_y.begin) * (inside_x.end - inside_x.begin);
}

// Whether the divisor of every mean is the number of places in a window.
inline bool DividesEvenly(const PoolNode& pool, const FeatureShape& input,
                          const FeatureShape& output) {
  const std::int64_t places = std::int64_t{pool.window.kernel_y} * pool.window.kernel_x;
  for (std::int64_t y = 0; y < output.height; ++y) {
    for (std::int64_t x = 0; x < output.width; ++x) {
      if (CountedTaps(pool, input, y, x) != places) {
        return false;
      }
    }
  }
  return true;
}

// Whether every output over an input of `extent` has a tap inside it: a pool needs one.
inline bool EveryWindowMeetsInput(const WindowAxis& axis, std::int64_t extent) {
  for (std::int64_t output = 0; output < OutputExtent(axis, extent); ++output) {
    const TapRange inside = TapsInside(axis, output, extent);
    if (inside.begin >= inside.end) {
      return false;
    }
  }
  return true;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_WINDOW_H_
