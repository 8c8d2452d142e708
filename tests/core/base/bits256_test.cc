// SPDX-License-Identifier: Apache-2.0
#include "core/base/bits256.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace spikemesh {
namespace {

const std::vector<int> kEdges = {0, 1, 63, 64, 127, 128, 191, 192, 254, 255};

TEST(Bits256Test, StartsEmpty) {
  const Bits256 bits;
  EXPECT_FALSE(bits.Any());
  EXPECT_EQ(bits.Count(), 0);
}

TEST(Bits256Test, SetAndResetChangeOneBit) {
  for (const int edge : kEdges) {
    Bits256 bits;
    bits.Set(edge);
    bits.Set(edge);
    EXPECT_EQ(bits.Count(), 1);
    EXPECT_TRUE(bits.Any());
    for (int bit = 0; bit < 256; ++bit) {
      EXPECT_EQ(bits.Test(bit), bit == edge);
    }
    bits.Reset(edge);
    EXPECT_EQ(bits, Bits256());
  }
}

TEST(Bits256Test, ForEachVisitsMembersInAscendingOrder) {
  Bits256 bits;
  for (auto edge = kEdges.rbegin(); edge != kEdges.rend(); ++edge) {
    bits.Set(*edge);
  }
  std::vector<int> visited;
  bits.ForEach([&](int bit) { visited.push_back(bit); });
  EXPECT_THAT(visited, testing::ElementsAreArray(kEdges));
  EXPECT_EQ(bits.Count(), static_cast<int>(kEdges.size()));
}

TEST(Bits256Test, ClearEmptiesAFullSet) {
  Bits256 bits;
  bits.words.fill(~std::uint64_t{0});
  EXPECT_EQ(bits.Count(), 256);
  bits.Clear();
  EXPECT_FALSE(bits.Any());
}

// Kernels load masks from the bytes.
TEST(Bits256Test, BitIIsBitIModulo8OfByteIOver8) {
  for (const int edge : kEdges) {
    Bits256 bits;
    bits.Set(edge);
    unsigned char bytes[32];
    std::memcpy(bytes, &bits, sizeof(bytes));
    EXPECT_EQ(bytes[edge / 8], 1 << (edge % 8));
  }
}

}  // namespace
}  // namespace spikemesh
