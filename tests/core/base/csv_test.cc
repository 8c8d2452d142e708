// SPDX-License-Identifier: Apache-2.0
#include "core/base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

// The message with which a table of header "a,b" is refused.
std::string Refusal(std::string_view text) {
  const absl::Status status = ParseCsv(text, "a,b").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(status.message());
}

TEST(CsvTest, RowsAreReadInOrder) {
  const absl::StatusOr<IntegerTable> table = ParseCsv("a,b\n1,-2\n0,4\n", "a,b");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->columns, 2u);
  EXPECT_EQ(table->rows(), 2u);
  EXPECT_THAT(table->row(0), ElementsAre(1, -2));
  EXPECT_THAT(table->row(1), ElementsAre(0, 4));
}

TEST(CsvTest, LineEndsMayBeCrLfOrMissing) {
  EXPECT_EQ(ParseCsv("a,b\r\n1,2\r\n3,4\r\n", "a,b")->values,
            (std::vector<std::int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(ParseCsv("a,b\n1,2", "a,b")->values, (std::vector<std::int64_t>{1, 2}));
}

TEST(CsvTest, HeaderAloneIsAnEmptyTable) {
  EXPECT_EQ(ParseCsv("a,b\n", "a,b")->rows(), 0u);
  EXPECT_EQ(ParseCsv("a,b", "a,b")->rows(), 0u);
}

TEST(CsvTest, OneColumnIsATableToo) {
  EXPECT_EQ(ParseCsv("tick\n7\n", "tick")->values, (std::vector<std::int64_t>{7}));
}

TEST(CsvTest, WholeRangeOfIntegersIsReadAndOneMoreIsNot) {
  const auto table = ParseCsv("a,b\n9223372036854775807,-9223372036854775808\n", "a,b");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->row(0), ElementsAre(kMax, kMin));
  EXPECT_EQ(Refusal("a,b\n9223372036854775808,0\n"),
            "line 2: found \"9223372036854775808,0\", allowed: 2 integers separated by commas");
}

TEST(CsvTest, WrongHeaderIsShownBesideTheRightOne) {
  EXPECT_EQ(Refusal("a,c\n1,2\n"), "line 1: found header \"a,c\", allowed: \"a,b\"");
  EXPECT_EQ(Refusal(""), "line 1: found header \"\", allowed: \"a,b\"");
}

TEST(CsvTest, MalformedRowsAreNamedByTheirLine) {
  for (const std::string row : {"1", "1,2,3", "1,", ",1", "1;2", " 1,2", "1,2 ", "+1,2", "1.0,2",
                                "0x1,2", "a,b", "", "--1,2", "1,,2"}) {
    EXPECT_EQ(Refusal("a,b\n5,6\n" + row + "\n7,8\n"),
              "line 3: found \"" + row + "\", allowed: 2 integers separated by commas");
  }
}

TEST(CsvTest, HostileBytesAreShownHarmlessAndCutAt40) {
  EXPECT_EQ(Refusal(std::string_view("a,b\n\x1B[2J\0\n", 10)),
            "line 2: found \"?[2J?\", allowed: 2 integers separated by commas");
  EXPECT_EQ(
      Refusal("a,b\n" + std::string(41, 'x')),
      "line 2: found \"" + std::string(40, 'x') + "...\", allowed: 2 integers separated by commas");
}

TEST(CsvTest, AppendedRowsParseBack) {
  std::string text = "a,b\n";
  AppendCsvRow(text, std::array<std::int64_t, 2>{kMax, kMin});
  AppendCsvRow(text, std::array<std::int64_t, 2>{0, -1});
  EXPECT_EQ(text, "a,b\n9223372036854775807,-9223372036854775808\n0,-1\n");
  EXPECT_EQ(ParseCsv(text, "a,b")->values, (std::vector<std::int64_t>{kMax, kMin, 0, -1}));
}

}  // namespace
}  // namespace spikemesh
