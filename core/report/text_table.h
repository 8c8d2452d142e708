// SPDX-License-Identifier: Apache-2.0
// Plain-text tables and numbers for the terminal. Pure: everything is returned as a string.
#ifndef SPIKEMESH_CORE_REPORT_TEXT_TABLE_H_
#define SPIKEMESH_CORE_REPORT_TEXT_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spikemesh {

// Rows of cells; the first `left_columns` are aligned left, the others right, two spaces between.
// Rows may be of different lengths. The first row is a heading where `heading` is set: a rule of
// dashes follows it. Every line begins with `indent` spaces.
struct TextTable {
  std::vector<std::vector<std::string>> rows;
  bool heading = false;
  int indent = 0;
  std::size_t left_columns = 1;
};
std::string FormatTable(const TextTable& table);

// 1234567 as "1,234,567".
std::string FormatCount(std::int64_t count);

// Four significant digits: 0.05941 as "0.05941", 45.2 as "45.2", 1234567 as "1.235e+06".
std::string FormatNumber(double value);

// With a metric prefix from f to G: (0.0594, "W") as "59.4 mW".
std::string FormatQuantity(double value, std::string_view unit);

// 0.9731 as "97.31 %".
std::string FormatPercent(double fraction);
// A difference of two fractions in points of 100: "4.2 points".
std::string FormatPoints(double fraction);

// Text from a file made printable in one line: control bytes become '?', at most 80 bytes.
std::string PrintableName(std::string_view text);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_TEXT_TABLE_H_
