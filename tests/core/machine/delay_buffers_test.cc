// SPDX-License-Identifier: Apache-2.0
#include "core/machine/delay_buffers.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace spikemesh {
namespace {

constexpr std::uint32_t kCores = 5;

Bits256 Axons(std::initializer_list<int> members) {
  Bits256 axons;
  for (const int axon : members) {
    axons.Set(axon);
  }
  return axons;
}

// As a tick's loops do it.
void Activate(std::uint32_t core, std::uint32_t axon, int slot, DelayBuffers& buffers) {
  buffers.SlotWords(slot)[core * 4 + axon / 64] |= std::uint64_t{1} << axon % 64;
}

TEST(DelayBuffersTest, SlotOfATickIsTheTickModulo16) {
  EXPECT_EQ(SlotOf(Tick(0)), 0);
  EXPECT_EQ(SlotOf(Tick(15)), 15);
  EXPECT_EQ(SlotOf(Tick(16)), 0);
  EXPECT_EQ(SlotOf(Tick((std::int64_t{1} << 40) + 3)), 3);
}

// The delays 1..15 from any tick lead to 15 slots, none of them that of the tick itself.
TEST(DelayBuffersTest, NoDelayLeadsToTheSlotBeingRead) {
  for (std::int64_t now = 0; now < 16; ++now) {
    for (int delay = kDelayTicksMin; delay <= kDelayTicksMax; ++delay) {
      EXPECT_NE(SlotOf(Tick(now) + delay), SlotOf(Tick(now)));
    }
  }
}

TEST(DelayBuffersTest, StartEmpty) {
  DelayBuffers buffers(kCores);
  for (std::uint32_t core = 0; core < kCores; ++core) {
    for (int slot = 0; slot < kDelaySlots; ++slot) {
      EXPECT_FALSE(buffers.Take(core, slot).Any());
    }
  }
}

TEST(DelayBuffersTest, WordsOfASlotAreTheAxonsOfTheCoresInTurn) {
  DelayBuffers buffers(kCores);
  for (std::uint32_t axon = 0; axon < kAxonsPerCore; ++axon) {
    EXPECT_FALSE(buffers.Axons(2, 7).Test(static_cast<int>(axon)));
    Activate(2, axon, 7, buffers);
    EXPECT_TRUE(buffers.Axons(2, 7).Test(static_cast<int>(axon)));
  }
  EXPECT_EQ(buffers.Take(2, 7).Count(), kAxonsPerCore);
  EXPECT_FALSE(buffers.Axons(1, 7).Any());
  EXPECT_FALSE(buffers.Axons(3, 7).Any());
}

TEST(DelayBuffersTest, TakeReturnsWhatIsThereAndLeavesNothing) {
  DelayBuffers buffers(kCores);
  for (const std::uint32_t axon : {0, 63, 64, 255}) {
    Activate(1, axon, 3, buffers);
  }
  EXPECT_EQ(buffers.Take(1, 3), Axons({0, 63, 64, 255}));
  EXPECT_EQ(buffers.Take(1, 3), Bits256());
  Activate(1, 63, 3, buffers);
  EXPECT_EQ(buffers.Take(1, 3), Axons({63}));
}

// Every slot of every core holds another axon.
TEST(DelayBuffersTest, SlotsAndCoresAreIndependent) {
  DelayBuffers buffers(kCores);
  const auto axon_of = [](std::uint32_t core, int slot) {
    return static_cast<int>(core) * kDelaySlots + slot;
  };
  for (std::uint32_t core = 0; core < kCores; ++core) {
    for (int slot = 0; slot < kDelaySlots; ++slot) {
      Activate(core, static_cast<std::uint32_t>(axon_of(core, slot)), slot, buffers);
    }
  }
  for (std::uint32_t core = kCores; core-- > 0;) {
    for (int slot = 0; slot < kDelaySlots; ++slot) {
      EXPECT_EQ(buffers.Take(core, slot), Axons({axon_of(core, slot)})) << core << ", " << slot;
    }
  }
}

TEST(DelayBuffersTest, ClearAllEmptiesEverySlotOfEveryCore) {
  DelayBuffers buffers(kCores);
  for (std::uint32_t core = 0; core < kCores; ++core) {
    for (int slot = 0; slot < kDelaySlots; ++slot) {
      Activate(core, 200, slot, buffers);
    }
  }
  buffers.ClearAll();
  for (std::uint32_t core = 0; core < kCores; ++core) {
    for (int slot = 0; slot < kDelaySlots; ++slot) {
      EXPECT_FALSE(buffers.Take(core, slot).Any());
    }
  }
}

}  // namespace
}  // namespace spikemesh
