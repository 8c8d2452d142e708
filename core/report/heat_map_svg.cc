// SPDX-License-Identifier: Apache-2.0
#include "core/report/heat_map_svg.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/report/color_map.h"

namespace spikemesh {
namespace {

// Pixels. Margins hold the axes, and at the right the legend.
constexpr double kCellWidth = 44.0;
constexpr double kCellHeight = 32.0;
constexpr double kMarginLeft = 64.0;
constexpr double kMarginTop = 28.0;
constexpr double kMarginRight = 98.0;
constexpr double kMarginBottom = 44.0;
constexpr double kLegendGap = 16.0;
constexpr double kLegendWidth = 14.0;
constexpr int kLegendMarks = 5;
// Moves a baseline so that digits of 11 pixels stand in the middle.
constexpr double kHalfDigit = 4.0;

std::size_t Columns(const HeatMap& map) { return map.x_marks.size(); }
std::size_t Rows(const HeatMap& map) { return map.y_marks.size(); }
double PlotWidth(const HeatMap& map) { return kCellWidth * static_cast<double>(Columns(map)); }
double PlotHeight(const HeatMap& map) { return kCellHeight * static_cast<double>(Rows(map)); }

double ValueOf(const HeatMap& map, std::size_t row, std::size_t column) {
  return map.values[row * Columns(map) + column];
}

// Left and upper edge of a cell, in pixels of the plot.
double LeftOf(std::size_t column) { return kCellWidth * static_cast<double>(column); }
double TopOf(const HeatMap& map, std::size_t row) {
  return kCellHeight * static_cast<double>(Rows(map) - 1 - row);
}

std::string FormatCell(const HeatMap& map, std::size_t row, std::size_t column) {
  const double value = ValueOf(map, row, column);
  const Rgb color = ViridisColor(map.scale.Fraction(value));
  const double x = LeftOf(column);
  const double y = TopOf(map, row);
  return Concat("<rect x=\"", x, "\" y=\"", y, "\" width=\"", kCellWidth, "\" height=\"",
                kCellHeight, "\" fill=\"", HexColor(color), "\"/>\n",
                SvgText({x + kCellWidth / 2.0, y + kCellHeight / 2.0 + kHalfDigit}, "middle",
                        FormatCellValue(value), IsDark(color) ? "fill=\"#fff\"" : "fill=\"#000\""));
}

// The edges between cells below the value and the others, as path data.
std::string OutlinePath(const HeatMap& map, double value) {
  const auto below = [&](std::size_t row, std::size_t column) {
    return ValueOf(map, row, column) < value;
  };
  std::string path;
  for (std::size_t row = 0; row < Rows(map); ++row) {
    for (std::size_t column = 0; column < Columns(map); ++column) {
      const double x = LeftOf(column);
      const double y = TopOf(map, row);
      if (column > 0 && below(row, column) != below(row, column - 1)) {
        path += Concat("M", x, " ", y, "v", kCellHeight);
      }
      if (row > 0 && below(row, column) != below(row - 1, column)) {
        path += Concat("M", x, " ", y + kCellHeight, "h", kCellWidth);
      }
    }
  }
  return path;
}

// White on black, to be seen on any colour; the inner `svg` clips it to the plot.
std::string FormatOutline(const HeatMap& map) {
  const std::string path = map.outline ? OutlinePath(map, *map.outline) : "";
  if (path.empty()) {
    return "";
  }
  return Concat("<svg width=\"", PlotWidth(map), "\" height=\"", PlotHeight(map),
                "\" fill=\"none\" stroke-linecap=\"square\"><path stroke=\"#000\" ",
                "stroke-width=\"5\" d=\"", path,
                "\"/><path stroke=\"#fff\" stroke-width=\"2\" d=\"", path, "\"/></svg>\n");
}

std::string FormatAxes(const HeatMap& map) {
  std::string text;
  const double bottom = PlotHeight(map);
  for (std::size_t column = 0; column < Columns(map); ++column) {
    text +=
        SvgText({LeftOf(column) + kCellWidth / 2.0, bottom + 16.0}, "middle", map.x_marks[column]);
  }
  for (std::size_t row = 0; row < Rows(map); ++row) {
    text +=
        SvgText({-8.0, TopOf(map, row) + kCellHeight / 2.0 + kHalfDigit}, "end", map.y_marks[row]);
  }
  text += SvgText({PlotWidth(map) / 2.0, bottom + 36.0}, "middle", map.x_label);
  // Turned by a quarter, x is up and y is to the right.
  text += SvgText({-bottom / 2.0, -44.0}, "middle", map.y_label, "transform=\"rotate(-90)\"");
  return text;
}

std::string FormatLegend(const HeatMap& map) {
  const double left = PlotWidth(map) + kLegendGap;
  const double height = PlotHeight(map);
  std::string text = Concat("<rect x=\"", left, "\" y=\"0\" width=\"", kLegendWidth, "\" height=\"",
                            height, "\" fill=\"url(#viridis)\"/>\n");
  for (int mark = 0; mark < kLegendMarks; ++mark) {
    const double fraction = static_cast<double>(mark) / (kLegendMarks - 1);
    const double y = height * (1.0 - fraction);
    text += Concat("<path d=\"M", left + kLegendWidth, " ", y, "h4\" stroke=\"#444\"/>\n");
    // The marks at both ends stay inside the height of the bar.
    const double baseline = std::clamp(y + kHalfDigit, 2.0 * kHalfDigit, height);
    text += SvgText({left + kLegendWidth + 7.0, baseline}, "start",
                    FormatCellValue(map.scale.ValueAt(fraction)));
  }
  return text + SvgText({-height / 2.0, left + kLegendWidth + 60.0}, "middle", map.legend_label,
                        "transform=\"rotate(-90)\"");
}

}  // namespace

double HeatScale::Fraction(double value) const {
  if (max <= min) {
    return 0.5;
  }
  if (!logarithmic) {
    return std::clamp((value - min) / (max - min), 0.0, 1.0);
  }
  const double inside = std::clamp(value, min, max);
  return std::log(inside / min) / std::log(max / min);
}

double HeatScale::ValueAt(double fraction) const {
  return logarithmic ? min * std::pow(max / min, fraction) : min + fraction * (max - min);
}

SvgSize HeatMapSize(const HeatMap& map) {
  return {kMarginLeft + PlotWidth(map) + kMarginRight,
          kMarginTop + PlotHeight(map) + kMarginBottom};
}

std::string FormatHeatMap(const HeatMap& map, SvgPoint corner) {
  SPIKEMESH_CHECK(map.values.size() == Rows(map) * Columns(map));
  SPIKEMESH_CHECK(!map.scale.logarithmic || map.scale.min > 0.0);
  std::string text = Concat("<g transform=\"translate(", corner.x + kMarginLeft, " ",
                            corner.y + kMarginTop, ")\">\n");
  text += SvgText({0.0, -10.0}, "start", map.title, "font-size=\"13\" font-weight=\"bold\"");
  for (std::size_t row = 0; row < Rows(map); ++row) {
    for (std::size_t column = 0; column < Columns(map); ++column) {
      text += FormatCell(map, row, column);
    }
  }
  return text + FormatOutline(map) + FormatAxes(map) + FormatLegend(map) + "</g>\n";
}

std::string HeatMapDefinitions() {
  std::string text = "<defs><linearGradient id=\"viridis\" x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\">\n";
  for (std::size_t step = 0; step < kViridisSamples.size(); ++step) {
    const double offset = static_cast<double>(step) / (kViridisSamples.size() - 1);
    text += Concat("<stop offset=\"", offset, "\" stop-color=\"", HexColor(kViridisSamples[step]),
                   "\"/>\n");
  }
  return text + "</linearGradient></defs>\n";
}

std::string FormatCellValue(double value) {
  // From here on three digits round up to the next thousand.
  constexpr double kThousandRounded = 999.5;
  constexpr std::array<const char*, 4> kSuffixes = {"", "k", "M", "G"};
  std::size_t thousands = 0;
  while (std::fabs(value) >= kThousandRounded && thousands + 1 < kSuffixes.size()) {
    value /= 1000.0;
    ++thousands;
  }
  std::array<char, 32> text = {};
  const auto result =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 3);
  SPIKEMESH_CHECK(result.ec == std::errc());
  return std::string(text.data(), result.ptr) + kSuffixes[thousands];
}

}  // namespace spikemesh
