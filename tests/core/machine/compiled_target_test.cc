// SPDX-License-Identifier: Apache-2.0
#include "core/machine/compiled_target.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

TEST(CompiledTargetTest, EveryFieldOfAWayIsKeptAtBothItsEnds) {
  for (const std::uint32_t core : {0u, (1u << 24) - 1}) {
    for (const std::uint32_t axon : {0u, 63u, 64u, 255u}) {
      for (const std::uint32_t delay : {0u, 1u, 15u}) {
        for (const std::uint32_t hops : {0u, 510u}) {
          for (const std::uint32_t chip_crossings : {0u, 510u}) {
            const CompiledTarget target =
                CompiledTarget::Axon({core, axon, delay, hops, chip_crossings});
            EXPECT_TRUE(target.is_axon());
            EXPECT_FALSE(target.is_pin());
            EXPECT_EQ(target.core(), core);
            EXPECT_EQ(target.word(), 4 * core + axon / 64);
            EXPECT_EQ(target.bit(), axon % 64);
            EXPECT_EQ(target.delay(), delay);
            EXPECT_EQ(target.hops(), hops);
            EXPECT_EQ(target.chip_crossings(), chip_crossings);
          }
        }
      }
    }
  }
}

TEST(CompiledTargetTest, PinsAndNoTargetsCostNothingOnTheWay) {
  const CompiledTarget pin = CompiledTarget::Pin(0xFFFFFFFF);
  EXPECT_TRUE(pin.is_pin());
  EXPECT_FALSE(pin.is_axon());
  EXPECT_EQ(pin.pin(), 0xFFFFFFFF);
  const CompiledTarget none;
  EXPECT_FALSE(none.is_pin());
  EXPECT_FALSE(none.is_axon());
  for (const CompiledTarget& target : {pin, none}) {
    EXPECT_EQ(target.hops(), 0u);
    EXPECT_EQ(target.chip_crossings(), 0u);
  }
}

}  // namespace
}  // namespace spikemesh
