// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/window.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <tuple>

namespace spikemesh {
namespace {

// Calls `check(axis, extent)` for every small kernel, stride, padding, dilation and extent, 2,268
// of them.
template <typename Check>
void ForAllSmallAxes(Check check) {
  for (int kernel = 1; kernel < 5; ++kernel) {
    for (int stride = 1; stride < 4; ++stride) {
      for (int padding = 0; padding < 9; ++padding) {
        for (int dilation = 1; dilation < 4; ++dilation) {
          for (int extent = 1; extent < 8; ++extent) {
            check(WindowAxis{kernel, stride, padding / 3, padding % 3, dilation}, extent);
          }
        }
      }
    }
  }
}

// The position in the input that tap `tap` of output `output` looks at.
std::int64_t PositionOf(const WindowAxis& axis, std::int64_t output, std::int64_t tap) {
  return output * axis.stride - axis.pad_begin + tap * axis.dilation;
}

// Counts output positions one by one: the window must end inside the padded input.
TEST(WindowAxisTest, ExtentAndTapsAreThoseOfTheDefinition) {
  ForAllSmallAxes([](const WindowAxis& axis, std::int64_t extent) {
    const std::int64_t padded = axis.pad_begin + extent + axis.pad_end;
    std::int64_t outputs = 0;
    while (outputs * axis.stride + (axis.kernel - 1) * axis.dilation < padded) {
      ++outputs;
    }
    ASSERT_EQ(OutputExtent(axis, extent), outputs);
    for (std::int64_t output = 0; output < outputs; ++output) {
      const TapRange inside = TapsInside(axis, output, extent);
      for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
        const std::int64_t position = PositionOf(axis, output, tap);
        ASSERT_EQ(tap >= inside.begin && tap < inside.end, position >= 0 && position < extent)
            << "output " << output << " tap " << tap;
      }
    }
  });
}

TEST(WindowAxisTest, EveryWindowMeetsTheInputWhereEachHasATapInside) {
  ForAllSmallAxes([](const WindowAxis& axis, std::int64_t extent) {
    bool expected = true;
    for (std::int64_t output = 0; output < OutputExtent(axis, extent); ++output) {
      std::int64_t inside = 0;
      for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
        const std::int64_t position = PositionOf(axis, output, tap);
        inside += position >= 0 && position < extent ? 1 : 0;
      }
      expected = expected && inside > 0;
    }
    ASSERT_EQ(EveryWindowMeetsInput(axis, extent), expected);
  });
}

TEST(WindowAxisTest, AxesTakeTheirOwnFields) {
  const WindowGeometry window = {.kernel_y = 1,
                                 .kernel_x = 2,
                                 .stride_y = 3,
                                 .stride_x = 4,
                                 .pad_top = 5,
                                 .pad_left = 6,
                                 .pad_bottom = 7,
                                 .pad_right = 8,
                                 .dilation_y = 9,
                                 .dilation_x = 10};
  const WindowAxis y = AxisY(window);
  const WindowAxis x = AxisX(window);
  EXPECT_EQ(std::tuple(y.kernel, y.stride, y.pad_begin, y.pad_end, y.dilation),
            std::tuple(1, 3, 5, 7, 9));
  EXPECT_EQ(std::tuple(x.kernel, x.stride, x.pad_begin, x.pad_end, x.dilation),
            std::tuple(2, 4, 6, 8, 10));
}

}  // namespace
}  // namespace spikemesh
