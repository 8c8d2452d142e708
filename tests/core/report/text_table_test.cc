// SPDX-License-Identifier: Apache-2.0
#include "core/report/text_table.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

TEST(FormatTableTest, FirstColumnIsLeftOthersAreRight) {
  EXPECT_EQ(FormatTable({.rows = {{"a", "100"}, {"long", "7"}}, .indent = 1}),
            " a     100\n"
            " long    7\n");
}

TEST(FormatTableTest, HeadingHasARuleAsWideAsTheTable) {
  EXPECT_EQ(FormatTable({.rows = {{"layer", "n"}, {"a", "1"}}, .heading = true}),
            "layer  n\n"
            "--------\n"
            "a      1\n");
}

TEST(FormatTableTest, ShortRowsLeaveNoTrailingSpace) {
  EXPECT_EQ(FormatTable({.rows = {{"a"}, {"bb", "1"}}}), "a\nbb  1\n");
}

TEST(FormatTableTest, NoRowsAreNoText) { EXPECT_EQ(FormatTable({}), ""); }

TEST(FormatCountTest, GroupsOfThree) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1000), "1,000");
  EXPECT_EQ(FormatCount(1234567), "1,234,567");
  EXPECT_EQ(FormatCount(-999), "-999");
  EXPECT_EQ(FormatCount(-1000), "-1,000");
}

TEST(FormatQuantityTest, PrefixFollowsSize) {
  EXPECT_EQ(FormatQuantity(0.0594, "W"), "59.4 mW");
  EXPECT_EQ(FormatQuantity(2.5e-12, "J"), "2.5 pJ");
  EXPECT_EQ(FormatQuantity(1.0, "V"), "1 V");
  EXPECT_EQ(FormatQuantity(3e9, "SOP/s"), "3 GSOP/s");
  EXPECT_EQ(FormatQuantity(0.0, "J"), "0 J");
}

TEST(FormatPercentTest, TwoDecimals) { EXPECT_EQ(FormatPercent(0.97314), "97.31 %"); }

TEST(PrintableNameTest, ControlBytesAreReplacedAndLengthIsBounded) {
  EXPECT_EQ(PrintableName("a\nb\x1b[2J"), "a?b?[2J");
  EXPECT_EQ(PrintableName(std::string(500, 'x')).size(), 80u);
}

}  // namespace
}  // namespace spikemesh
