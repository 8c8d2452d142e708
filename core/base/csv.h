// SPDX-License-Identifier: Apache-2.0
// Tables of integers as CSV: one header line, then one row of decimal integers a line, LF or CRLF.
// All spike, pin, potential, traffic and prediction files are such tables.
#ifndef SPIKEMESH_CORE_BASE_CSV_H_
#define SPIKEMESH_CORE_BASE_CSV_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

// A table in row-major order: `values[row * columns + column]`.
struct IntegerTable {
  std::size_t columns = 0;
  std::vector<std::int64_t> values;

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const std::int64_t> row(std::size_t index) const {
    return std::span(values).subspan(index * columns, columns);
  }
};

// Parses `text`, whose first line must be exactly `header`. Errors: InvalidArgument naming the line
// (from 1), what was found and what is allowed.
absl::StatusOr<IntegerTable> ParseCsv(std::string_view text, std::string_view header);

// Appends one row of decimal integers and a line feed.
void AppendCsvRow(std::string& text, std::span<const std::int64_t> row);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_CSV_H_
