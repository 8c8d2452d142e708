// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/image_schedule.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

// T = 4, L = 3: image 0 has ticks 1..7, image 1 has 8..14.
ImageSchedule Rate() { return ImageSchedule({PresentationMode::kRate, 4, 3}); }
// L = 3: image k is on the lines in tick k + 1 and on the pins in tick k + 4.
ImageSchedule Pipelined() { return ImageSchedule({PresentationMode::kPipelined, 1, 3}); }

TEST(ImageScheduleTest, RateShowsAnImageForItsTicksAndThenNone) {
  EXPECT_EQ(Rate().Input(Tick(1)), (ImageTick{0, 1}));
  EXPECT_EQ(Rate().Input(Tick(4)), (ImageTick{0, 4}));
  EXPECT_EQ(Rate().Input(Tick(5)), ImageTick());
  EXPECT_EQ(Rate().Input(Tick(7)), ImageTick());
  EXPECT_EQ(Rate().Input(Tick(8)), (ImageTick{1, 1}));
  EXPECT_EQ(Rate().Input(Tick(11)), (ImageTick{1, 4}));
}

TEST(ImageScheduleTest, RateReadsAnImageInItsLastTicks) {
  EXPECT_EQ(Rate().Readout(Tick(3)), ImageTick());
  EXPECT_EQ(Rate().Readout(Tick(4)), (ImageTick{0, 1}));
  EXPECT_EQ(Rate().Readout(Tick(7)), (ImageTick{0, 4}));
  EXPECT_EQ(Rate().Readout(Tick(8)), ImageTick());
  EXPECT_EQ(Rate().Readout(Tick(10)), ImageTick());
  EXPECT_EQ(Rate().Readout(Tick(11)), (ImageTick{1, 1}));
}

TEST(ImageScheduleTest, RateImagesFollowEachOther) {
  EXPECT_TRUE(Rate().resets());
  EXPECT_EQ(Rate().ticks_per_image(), 4);
  EXPECT_EQ(Rate().Begin(0), Tick(0));
  EXPECT_EQ(Rate().Begin(5), Tick(5 * (4 + 3)));
  EXPECT_EQ(Rate().End(5), Tick(5 * (4 + 3)));
}

TEST(ImageScheduleTest, PipelinedShowsAnImageATickAndReadsItSoMuchLater) {
  EXPECT_EQ(Pipelined().Input(Tick(1)), (ImageTick{0, 1}));
  EXPECT_EQ(Pipelined().Input(Tick(2)), (ImageTick{1, 1}));
  EXPECT_EQ(Pipelined().Readout(Tick(3)), ImageTick());
  EXPECT_EQ(Pipelined().Readout(Tick(4)), (ImageTick{0, 1}));
  EXPECT_EQ(Pipelined().Readout(Tick(5)), (ImageTick{1, 1}));
}

TEST(ImageScheduleTest, PipelinedTakesItsLatencyOnce) {
  EXPECT_FALSE(Pipelined().resets());
  EXPECT_EQ(Pipelined().ticks_per_image(), 1);
  EXPECT_EQ(Pipelined().Begin(5), Tick(5));
  EXPECT_EQ(Pipelined().End(5), Tick(5 + 3));
}

TEST(ImageScheduleTest, WithoutLatencyTheReadoutIsInTheTicksOfTheInput) {
  const ImageSchedule schedule({PresentationMode::kRate, 2, 0});
  for (std::int64_t tick = 1; tick <= 6; ++tick) {
    EXPECT_EQ(schedule.Input(Tick(tick)), schedule.Readout(Tick(tick))) << tick;
    EXPECT_EQ(schedule.Input(Tick(tick)).image, (tick - 1) / 2) << tick;
  }
}

}  // namespace
}  // namespace spikemesh
