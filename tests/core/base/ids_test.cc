// SPDX-License-Identifier: Apache-2.0
#include "core/base/ids.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

#include "absl/container/flat_hash_set.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

static_assert(!std::is_convertible_v<AxonIndex, NeuronIndex>);
static_assert(!std::is_constructible_v<AxonIndex, NeuronIndex>);
static_assert(!std::is_convertible_v<int, CoreId>);
static_assert(!std::is_convertible_v<CoreId, std::uint32_t>);
static_assert(sizeof(AxonType) == 1 && sizeof(DelayTicks) == 1 && sizeof(AxonIndex) == 2 &&
              sizeof(CoreId) == 4 && sizeof(Tick) == 8);

TEST(IdsTest, DefaultIsZero) {
  EXPECT_EQ(CoreId().value(), 0u);
  EXPECT_EQ(Tick().value(), 0);
}

TEST(IdsTest, CompareAsTheirIntegers) {
  EXPECT_LT(AxonIndex(3), AxonIndex(4));
  EXPECT_EQ(AxonIndex(3), AxonIndex(3));
  EXPECT_GT(Tick(1), Tick(-1));
}

TEST(IdsTest, IncrementIsByOne) {
  CoreId id(41);
  EXPECT_EQ(++id, CoreId(42));
}

TEST(IdsTest, PrintAsNumbersEvenWhereTheyAreBytes) {
  EXPECT_EQ(Concat(AxonType(3), " ", DelayTicks(15), " ", CoreId(7), " ", Tick(-2)), "3 15 7 -2");
}

TEST(IdsTest, TicksAdvanceByDelaysAndCounts) {
  EXPECT_EQ(Tick(10) + DelayTicks(15), Tick(25));
  EXPECT_EQ(Tick(10) + std::int64_t{-3}, Tick(7));
  EXPECT_EQ(Tick(10) - Tick(25), -15);
}

TEST(IdsTest, HashInBothKindsOfTables) {
  EXPECT_EQ((absl::flat_hash_set<CoreId>{CoreId(1), CoreId(1), CoreId(2)}).size(), 2u);
  EXPECT_EQ((std::unordered_set<CoreId>{CoreId(1), CoreId(1), CoreId(2)}).size(), 2u);
}

}  // namespace
}  // namespace spikemesh
