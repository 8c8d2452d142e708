// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/window.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <tuple>

namespace spikemesh {
namespace {

// Kernel, stride, pad before, pad after, dilation, extent.
using Case = std::tuple<int, int, int, int, int, int>;

class WindowAxisTest : public ::testing::TestWithParam<Case> {};

// Counts output positions one by one: the window must end inside the padded input.
TEST_P(WindowAxisTest, ExtentAndTapsAreThoseOfTheDefinition) {
  const auto [kernel, stride, before, after, dilation, extent] = GetParam();
  const WindowAxis axis = {kernel, stride, before, after, dilation};
  std::int64_t outputs = 0;
  while (outputs * stride + (kernel - 1) * dilation < before + extent + after) {
    ++outputs;
  }
  ASSERT_EQ(OutputExtent(axis, extent), outputs);
  for (std::int64_t output = 0; output < outputs; ++output) {
    const TapRange inside = TapsInside(axis, output, extent);
    for (std::int64_t tap = 0; tap < kernel; ++tap) {
      const std::int64_t position = output * stride - before + tap * dilation;
      ASSERT_EQ(tap >= inside.begin && tap < inside.end, position >= 0 && position < extent)
          << "output " << output << " tap " << tap;
    }
  }
}

TEST_P(WindowAxisTest, EveryWindowMeetsTheInputWhereEachHasATapInside) {
  const auto [kernel, stride, before, after, dilation, extent] = GetParam();
  const WindowAxis axis = {kernel, stride, before, after, dilation};
  bool expected = true;
  for (std::int64_t output = 0; output < OutputExtent(axis, extent); ++output) {
    std::int64_t inside = 0;
    for (std::int64_t tap = 0; tap < kernel; ++tap) {
      const std::int64_t position = output * stride - before + tap * dilation;
      inside += position >= 0 && position < extent ? 1 : 0;
    }
    expected = expected && inside > 0;
  }
  EXPECT_EQ(EveryWindowMeetsInput(axis, extent), expected);
}

INSTANTIATE_TEST_SUITE_P(AllSmall, WindowAxisTest,
                         ::testing::Combine(::testing::Range(1, 5), ::testing::Range(1, 4),
                                            ::testing::Range(0, 3), ::testing::Range(0, 3),
                                            ::testing::Range(1, 4), ::testing::Range(1, 8)));

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
