// SPDX-License-Identifier: Apache-2.0
#include "core/report/raster_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RasterPictureTest, OneSpikeIsOneCellAtItsTickAndRow) {
  RasterPicture picture(Tick(10), {{"core", 4}});
  picture.Add(Tick(3), 2);
  // Ticks count from 1, so tick 3 is column 2.
  EXPECT_THAT(picture.FormatSvg("run"), HasSubstr("d=\"M2 2h1v1h-1z\""));
}

TEST(RasterPictureTest, NeighboursOfEqualInkAreOneBar) {
  RasterPicture picture(Tick(10), {{"core", 4}});
  for (int tick = 1; tick <= 10; ++tick) {
    picture.Add(Tick(tick), 0);
  }
  EXPECT_THAT(picture.FormatSvg("run"), HasSubstr("d=\"M0 0h10v1h-10z\""));
}

TEST(RasterPictureTest, SpikesOutsideAreIgnored) {
  RasterPicture picture(Tick(10), {{"core", 4}});
  picture.Add(Tick(0), 0);
  picture.Add(Tick(11), 0);
  picture.Add(Tick(1), -1);
  picture.Add(Tick(1), 4);
  EXPECT_EQ(picture.spikes(), 0);
  EXPECT_THAT(picture.FormatSvg("run"), Not(HasSubstr("fill-opacity")));
}

TEST(RasterPictureTest, LongRunOfManyNeuronsStaysSmall) {
  RasterPicture picture(Tick(1'000'000), {{"cores", 1'000'000}});
  for (std::int64_t i = 0; i < 1'000'000; ++i) {
    picture.Add(Tick(i + 1), i * 7919 % 1'000'000);
  }
  EXPECT_EQ(picture.spikes(), 1'000'000);
  // Each of 400 x 250 cells is at most one bar of fewer than 20 bytes.
  EXPECT_LT(picture.FormatSvg("run").size(), 400u * 250u * 20u);
}

TEST(RasterPictureTest, AxesNameTicksAndBands) {
  RasterPicture picture(Tick(100), {{"conv1", 10}, {"dense", 10}});
  const std::string svg = picture.FormatSvg("a <run> & more");
  EXPECT_THAT(svg, HasSubstr(">conv1</text>"));
  EXPECT_THAT(svg, HasSubstr(">dense</text>"));
  EXPECT_THAT(svg, HasSubstr(">100</text>"));
  EXPECT_THAT(svg, HasSubstr("a &lt;run&gt; &amp; more"));
}

TEST(RasterPictureTest, CrowdedBandsAreNotAllLabelled) {
  std::vector<RasterBand> bands;
  for (int core = 0; core < 4096; ++core) {
    bands.push_back({"core", 256});
  }
  const std::string svg = RasterPicture(Tick(1), bands).FormatSvg("chip");
  std::size_t labels = 0;
  for (std::size_t at = svg.find(">core<"); at != std::string::npos;
       at = svg.find(">core<", at + 1)) {
    ++labels;
  }
  // 500 pixels of plot, one label in 12.
  EXPECT_LE(labels, 42u);
  EXPECT_GE(labels, 1u);
}

}  // namespace
}  // namespace spikemesh
