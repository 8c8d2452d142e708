// SPDX-License-Identifier: Apache-2.0
#include "core/report/heat_map_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/report/color_map.h"
#include "tests/testing/xml_fault.h"

namespace spikemesh {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Two rows and two columns; cells are 44 x 32 pixels.
HeatMap SampleMap() {
  return {.title = "speed",
          .x_label = "rate (Hz)",
          .y_label = "synapses",
          .legend_label = "times",
          .x_marks = {"10", "20"},
          .y_marks = {"low", "high"},
          .values = {0.25, 4, 16, 64},
          .scale = {.min = 0.25, .max = 64, .logarithmic = true},
          .outline = std::nullopt};
}

std::string PictureOf(const HeatMap& map) {
  return "<svg>" + HeatMapDefinitions() + FormatHeatMap(map, {0.0, 0.0}) + "</svg>";
}

TEST(ViridisTest, SamplesAreMetAndEndsHold) {
  EXPECT_EQ(ViridisColor(0.0), kViridisSamples.front());
  EXPECT_EQ(ViridisColor(0.5), kViridisSamples[4]);
  EXPECT_EQ(ViridisColor(1.0), kViridisSamples.back());
  EXPECT_EQ(ViridisColor(-1.0), kViridisSamples.front());
  EXPECT_EQ(ViridisColor(2.0), kViridisSamples.back());
}

TEST(ViridisTest, BetweenSamplesIsLinear) {
  const Rgb half = ViridisColor(0.0625);
  // Between 44 01 54 and 47 2D 7B: 45.5 -> 46, 17 and 67.5 -> 68 in hexadecimal halves.
  EXPECT_EQ(half, (Rgb{0x46, 0x17, 0x68}));
}

TEST(ColorTest, HexadecimalAndDarkness) {
  EXPECT_EQ(HexColor({0x0A, 0xFF, 0x3C}), "#0aff3c");
  EXPECT_TRUE(IsDark({0, 0, 0}));
  EXPECT_FALSE(IsDark({255, 255, 255}));
  EXPECT_TRUE(IsDark(kViridisSamples.front()));
  EXPECT_FALSE(IsDark(kViridisSamples.back()));
}

TEST(HeatScaleTest, LogarithmicFractionsFollowRatios) {
  const HeatScale scale = {.min = 0.25, .max = 64, .logarithmic = true};
  EXPECT_DOUBLE_EQ(scale.Fraction(0.25), 0.0);
  EXPECT_DOUBLE_EQ(scale.Fraction(4), 0.5);
  EXPECT_DOUBLE_EQ(scale.Fraction(64), 1.0);
  EXPECT_DOUBLE_EQ(scale.Fraction(0), 0.0);
  EXPECT_DOUBLE_EQ(scale.Fraction(1e9), 1.0);
  EXPECT_DOUBLE_EQ(scale.ValueAt(0.5), 4.0);
}

TEST(HeatScaleTest, LinearFractionsFollowDifferences) {
  const HeatScale scale = {.min = 0, .max = 400};
  EXPECT_EQ(scale.Fraction(100), 0.25);
  EXPECT_EQ(scale.Fraction(-1), 0.0);
  EXPECT_EQ(scale.ValueAt(0.75), 300.0);
}

TEST(HeatScaleTest, EqualEndsAreTheMiddle) {
  EXPECT_EQ((HeatScale{.min = 3, .max = 3}).Fraction(3), 0.5);
  EXPECT_EQ((HeatScale{.min = 3, .max = 3, .logarithmic = true}).Fraction(9), 0.5);
}

TEST(FormatCellValueTest, ThreeDigitsAndASuffix) {
  EXPECT_EQ(FormatCellValue(0), "0");
  EXPECT_EQ(FormatCellValue(0.22498), "0.225");
  EXPECT_EQ(FormatCellValue(46.04), "46");
  EXPECT_EQ(FormatCellValue(999.4), "999");
  EXPECT_EQ(FormatCellValue(999.6), "1k");
  EXPECT_EQ(FormatCellValue(12345), "12.3k");
  EXPECT_EQ(FormatCellValue(999'700), "1M");
  EXPECT_EQ(FormatCellValue(2.5e9), "2.5G");
}

TEST(HeatMapTest, LowestRowIsAtTheBottomAndCellsHaveTheirColourAndNumber) {
  const std::string svg = PictureOf(SampleMap());
  EXPECT_EQ(XmlFault(svg), "");
  const std::string darkest = HexColor(kViridisSamples.front());
  const std::string lightest = HexColor(kViridisSamples.back());
  EXPECT_THAT(
      svg, AllOf(HasSubstr("<rect x=\"0\" y=\"32\" width=\"44\" height=\"32\" fill=\"" + darkest +
                           "\"/>"),
                 HasSubstr("<rect x=\"44\" y=\"0\" width=\"44\" height=\"32\" fill=\"" + lightest +
                           "\"/>"),
                 HasSubstr("fill=\"#fff\">0.25</text>"), HasSubstr("fill=\"#000\">64</text>")));
}

TEST(HeatMapTest, AxesAndLegendAreLabelled) {
  const std::string svg = PictureOf(SampleMap());
  for (const char* text : {"speed", "rate (Hz)", "synapses", "times", "10", "20", "low", "high"}) {
    EXPECT_THAT(svg, HasSubstr(std::string(">") + text + "</text>"));
  }
  // The legend's five marks: 0.25 and four times as much each.
  for (const char* mark : {"0.25", "1", "4", "16", "64"}) {
    EXPECT_THAT(svg, HasSubstr("text-anchor=\"start\">" + std::string(mark) + "</text>"));
  }
}

TEST(HeatMapTest, OutlinePartsCellsBelowFromTheOthers) {
  HeatMap map = SampleMap();
  map.outline = 4.0;  // 0.25 is below; 4 to the right of it and 16 above it are not
  EXPECT_THAT(PictureOf(map), HasSubstr("d=\"M44 32v32M0 32h44\""));
  EXPECT_EQ(XmlFault(PictureOf(map)), "");
  map.outline = 0.25;  // nothing is below
  EXPECT_THAT(PictureOf(map), Not(HasSubstr("stroke-width=\"5\"")));
}

TEST(HeatMapTest, LabelsCannotBreakThePicture) {
  HeatMap map = SampleMap();
  map.title = "a <b> & \"c\"";
  EXPECT_EQ(XmlFault(PictureOf(map)), "");
}

TEST(HeatMapTest, SizeGrowsByTheCells) {
  HeatMap map = SampleMap();
  const SvgSize before = HeatMapSize(map);
  map.x_marks.push_back("30");
  map.y_marks.push_back("highest");
  EXPECT_EQ(HeatMapSize(map).width - before.width, 44.0);
  EXPECT_EQ(HeatMapSize(map).height - before.height, 32.0);
}

TEST(XmlFaultTest, FindsWhatItIsThereToFind) {
  EXPECT_EQ(XmlFault("<a b=\"1\"><c/>x &amp; y</a>\n"), "");
  for (const char* const bad : {"<a><b></a></b>", "<a>", "</a>", "<a b=\"></a>", "<a>x & y</a>",
                                "<a/><b/>", "x<a/>", "", "<a>></a>", "<a"}) {
    EXPECT_NE(XmlFault(bad), "") << bad;
  }
}

}  // namespace
}  // namespace spikemesh
