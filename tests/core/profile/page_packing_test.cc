// SPDX-License-Identifier: Apache-2.0
#include "core/profile/page_packing.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace spikemesh {
namespace {

std::string Packed(std::initializer_list<std::int64_t> values) {
  std::string bytes;
  AppendPacked(std::span(values.begin(), values.size()), bytes);
  return bytes;
}

// The test vectors of RFC 4648, section 10.
TEST(PagePackingTest, Base64IsThatOfTheRfc) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64("\xFB\xFF\xFE"), "+//+");
}

TEST(PagePackingTest, DifferencesAreZigZagNumbersOfSevenBits) {
  EXPECT_EQ(Packed({}), "");
  EXPECT_EQ(Packed({0}), std::string("\x00", 1));
  EXPECT_EQ(Packed({1}), "\x02");
  EXPECT_EQ(Packed({-1}), "\x01");
  EXPECT_EQ(Packed({63}), "\x7E");
  EXPECT_EQ(Packed({64}), "\x80\x01");  // 128: seven zeros, then a one
  EXPECT_EQ(Packed({100, 101, 99}), "\xC8\x01\x02\x03");
}

TEST(PagePackingTest, LargestNumberTakesTenBytes) {
  std::string bytes;
  AppendLeb128(std::numeric_limits<std::uint64_t>::max(), bytes);
  EXPECT_EQ(bytes, std::string(9, '\xFF') + "\x01");
}

TEST(PagePackingTest, TextIsBase64OfTheList) {
  constexpr std::array<std::int64_t, 3> kValues = {100, 101, 99};
  EXPECT_EQ(PackedText(kValues), Base64("\xC8\x01\x02\x03"));
}

}  // namespace
}  // namespace spikemesh
