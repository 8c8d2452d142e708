// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_pool.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// The taps of one window that lie inside one channel.
struct Window {
  const double* plane;  // of the channel
  std::int64_t width;   // of a row
  TapRange rows, columns;
  std::int64_t first_y, first_x;  // where tap 0 lies, perhaps outside
  std::int64_t dilation_y, dilation_x;
};

// Folds `combine` over the window's values.
template <typename Combine>
double Reduce(const Window& window, double start, const Combine& combine) {
  double result = start;
  for (std::int64_t ky = window.rows.begin; ky < window.rows.end; ++ky) {
    const std::int64_t y = window.first_y + ky * window.dilation_y;
    for (std::int64_t kx = window.columns.begin; kx < window.columns.end; ++kx) {
      const std::int64_t x = window.first_x + kx * window.dilation_x;
      result = combine(result, window.plane[y * window.width + x]);
    }
  }
  return result;
}

// The greatest value of `window`, or the sum of its values.
double PoolWindow(const PoolNode& node, const Window& window) {
  if (node.kind == PoolKind::kMax) {
    return Reduce(window, -std::numeric_limits<double>::infinity(),
                  [](double a, double b) { return std::max(a, b); });
  }
  return Reduce(window, 0.0, [](double a, double b) { return a + b; });
}

}  // namespace

void RunPool(const PoolNode& node, const FeatureShape& input_shape, std::span<const double> input,
             const FeatureShape& output_shape, std::span<double> output) {
  const WindowAxis axis_y = AxisY(node.window);
  const WindowAxis axis_x = AxisX(node.window);
  Window window{nullptr, input_shape.width, {}, {}, 0, 0, axis_y.dilation, axis_x.dilation};
  auto to = output.begin();
  for (std::int64_t c = 0; c < output_shape.channels; ++c) {
    window.plane = &input[c * input_shape.height * input_shape.width];
    for (std::int64_t y = 0; y < output_shape.height; ++y) {
      window.rows = TapsInside(axis_y, y, input_shape.height);
      window.first_y = y * axis_y.stride - axis_y.pad_begin;
      for (std::int64_t x = 0; x < output_shape.width; ++x) {
        window.columns = TapsInside(axis_x, x, input_shape.width);
        window.first_x = x * axis_x.stride - axis_x.pad_begin;
        const double divisor = node.kind == PoolKind::kMax
                                   ? 1.0
                                   : static_cast<double>(CountedTaps(node, input_shape, y, x));
        *to++ = PoolWindow(node, window) / divisor;
      }
    }
  }
}

}  // namespace spikemesh
