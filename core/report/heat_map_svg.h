// SPDX-License-Identifier: Apache-2.0
// A matrix of numbers as a heat map, one panel of an SVG picture: each cell has a colour and its
// number, so that the picture can be read without the legend, and the legend without the numbers.
// An outline may part the cells below a value from the others. Linear in the cells.
#ifndef SPIKEMESH_CORE_REPORT_HEAT_MAP_SVG_H_
#define SPIKEMESH_CORE_REPORT_HEAT_MAP_SVG_H_

#include <optional>
#include <string>
#include <vector>

#include "core/report/svg_text.h"

namespace spikemesh {

// Values to fractions of the colours; what lies outside has the colour of the nearer end.
struct HeatScale {
  double min = 0.0;  // above 0 where logarithmic
  double max = 1.0;
  bool logarithmic = false;

  // 0..1; 0.5 where min and max are the same.
  double Fraction(double value) const;
  // The value at a fraction: the inverse.
  double ValueAt(double fraction) const;
};

struct HeatMap {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::string legend_label;          // what the colours stand for, with the unit
  std::vector<std::string> x_marks;  // of the columns, left to right
  std::vector<std::string> y_marks;  // of the rows, bottom to top
  std::vector<double> values;        // [rows, columns], the bottom row first
  HeatScale scale;
  std::optional<double> outline;  // drawn between cells below and cells not below this value
};

struct SvgSize {
  double width = 0.0;
  double height = 0.0;
};

// What the panel takes, title, axes and legend included.
SvgSize HeatMapSize(const HeatMap& map);

// The panel as a group with its upper left corner at `corner`. It needs HeatMapDefinitions in the
// same picture.
std::string FormatHeatMap(const HeatMap& map, SvgPoint corner);

// The `defs` that panels share: the gradient of the legends.
std::string HeatMapDefinitions();

// Three significant digits, with k, M, G from a thousand on: 0.225, 46, 12.3k.
std::string FormatCellValue(double value);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_HEAT_MAP_SVG_H_
