// SPDX-License-Identifier: Apache-2.0
#include "core/base/csv.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Takes the next line off `text`, without its line end.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

// A short printable form of untrusted text for a message.
std::string Excerpt(std::string_view text) {
  std::string shown(text.substr(0, 40));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown + (text.size() > 40 ? "..." : "");
}

absl::Status ParseRow(std::string_view line, std::size_t line_number, std::size_t columns,
                      std::vector<std::int64_t>& values) {
  const char* at = line.data();
  const char* const end = line.data() + line.size();
  for (std::size_t column = 0; column < columns; ++column) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(at, end, value);
    const bool last = column + 1 == columns;
    if (error != std::errc() || (last ? stop != end : stop == end || *stop != ',')) {
      return absl::InvalidArgumentError(Concat("line ", line_number, ": found \"", Excerpt(line),
                                               "\", allowed: ", columns,
                                               " integers separated by commas"));
    }
    values.push_back(value);
    at = stop + 1;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<IntegerTable> ParseCsv(std::string_view text, std::string_view header) {
  const std::string_view found = TakeLine(text);
  if (found != header) {
    return absl::InvalidArgumentError(
        Concat("line 1: found header \"", Excerpt(found), "\", allowed: \"", header, "\""));
  }
  IntegerTable table;
  table.columns = static_cast<std::size_t>(std::ranges::count(header, ',')) + 1;
  for (std::size_t line_number = 2; !text.empty(); ++line_number) {
    const std::string_view line = TakeLine(text);
    SPIKEMESH_RETURN_IF_ERROR(ParseRow(line, line_number, table.columns, table.values));
  }
  return table;
}

void AppendCsvRow(std::string& text, std::span<const std::int64_t> row) {
  std::array<char, 24> digits = {};
  for (std::size_t column = 0; column < row.size(); ++column) {
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), row[column]);
    text.append(digits.data(), result.ptr);
    text.push_back(column + 1 == row.size() ? '\n' : ',');
  }
}

}  // namespace spikemesh
