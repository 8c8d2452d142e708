// SPDX-License-Identifier: Apache-2.0
#include "core/report/text_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/base/status.h"

namespace spikemesh {
namespace {

constexpr std::size_t kNameBytesMax = 80;

struct MetricPrefix {
  double scale;
  const char* symbol;
};
constexpr std::array<MetricPrefix, 9> kMetricPrefixes = {{{1e9, "G"},
                                                          {1e6, "M"},
                                                          {1e3, "k"},
                                                          {1.0, ""},
                                                          {1e-3, "m"},
                                                          {1e-6, "u"},
                                                          {1e-9, "n"},
                                                          {1e-12, "p"},
                                                          {1e-15, "f"}}};

std::vector<std::size_t> ColumnWidths(const TextTable& table) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : table.rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  return widths;
}

std::string FormatRow(const std::vector<std::string>& row, const std::vector<std::size_t>& widths,
                      const TextTable& table) {
  std::string line(static_cast<std::size_t>(table.indent), ' ');
  for (std::size_t column = 0; column < row.size(); ++column) {
    const std::string padding(widths[column] - row[column].size(), ' ');
    line += column == 0 ? "" : "  ";
    line += column < table.left_columns ? row[column] + padding : padding + row[column];
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string FormatDouble(double value, std::chars_format format, int precision) {
  // Room for the largest double in fixed form: 309 digits, a sign, a point and the decimals.
  std::array<char, 320> text = {};
  const auto result =
      std::to_chars(text.data(), text.data() + text.size(), value, format, precision);
  SPIKEMESH_CHECK(result.ec == std::errc());
  return {text.data(), result.ptr};
}

}  // namespace

std::string FormatTable(const TextTable& table) {
  const std::vector<std::size_t> widths = ColumnWidths(table);
  std::string text;
  for (std::size_t index = 0; index < table.rows.size(); ++index) {
    text += FormatRow(table.rows[index], widths, table);
    if (index == 0 && table.heading) {
      std::size_t width = 0;
      for (const std::size_t column : widths) {
        width += column + (width == 0 ? 0 : 2);
      }
      text +=
          std::string(static_cast<std::size_t>(table.indent), ' ') + std::string(width, '-') + "\n";
    }
  }
  return text;
}

std::string FormatCount(std::int64_t count) {
  std::string digits = std::to_string(count);
  const int first = count < 0 ? 1 : 0;
  for (int at = static_cast<int>(digits.size()) - 3; at > first; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string FormatNumber(double value) {
  return FormatDouble(value, std::chars_format::general, 4);
}

std::string FormatQuantity(double value, std::string_view unit) {
  const double size = std::fabs(value);
  const auto fits = [size](const MetricPrefix& prefix) { return size >= prefix.scale; };
  const auto* const prefix = std::ranges::find_if(kMetricPrefixes, fits);
  const bool none = size == 0.0 || prefix == kMetricPrefixes.end();
  return FormatNumber(none ? value : value / prefix->scale) + " " + (none ? "" : prefix->symbol) +
         std::string(unit);
}

std::string FormatPercent(double fraction) {
  return FormatDouble(100.0 * fraction, std::chars_format::fixed, 2) + " %";
}

std::string FormatPoints(double fraction) {
  return FormatDouble(100.0 * fraction, std::chars_format::fixed, 2) + " points";
}

std::string PrintableName(std::string_view text) {
  std::string name(text.substr(0, kNameBytesMax));
  std::ranges::replace_if(
      name, [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }, '?');
  return name;
}

}  // namespace spikemesh
