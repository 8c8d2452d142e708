// SPDX-License-Identifier: Apache-2.0
#include "core/machine/potential_store.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

constexpr std::size_t kCores = 3;

// V(0) of core 0: 1000 + neuron; of core 1: all 0; of core 2: wide, 100000 + neuron.
InitialPotentials Initial() {
  InitialPotentials initial;
  initial.narrow.resize(kCores);
  Potentials wide = {};
  for (std::size_t j = 0; j < kNeuronsPerCore; ++j) {
    initial.narrow[0][j] = static_cast<std::int16_t>(1000 + j);
    wide[j] = static_cast<std::int32_t>(100000 + j);
  }
  initial.wide.push_back({2, wide});
  return initial;
}

void ExpectInitial(const PotentialStore& store) {
  EXPECT_FALSE(store.IsWide(0));
  EXPECT_FALSE(store.IsWide(1));
  EXPECT_TRUE(store.IsWide(2));
  for (std::size_t j = 0; j < kNeuronsPerCore; ++j) {
    ASSERT_EQ(store.Get(0, j), static_cast<std::int32_t>(1000 + j));
    ASSERT_EQ(store.Get(1, j), 0);
    ASSERT_EQ(store.Get(2, j), static_cast<std::int32_t>(100000 + j));
  }
}

TEST(FitNarrowTest, LimitFitsAndTheNextPotentialDoesNotAtAnyNeuron) {
  for (std::size_t j = 0; j < kNeuronsPerCore; ++j) {
    for (const std::int32_t sign : {1, -1}) {
      Potentials potentials = {};
      potentials[j] = sign * kNarrowPotentialMax;
      EXPECT_TRUE(FitNarrow(potentials)) << j;
      potentials[j] = sign * (kNarrowPotentialMax + 1);
      EXPECT_FALSE(FitNarrow(potentials)) << j;
    }
  }
}

// Nothing in a tick takes V by more than a leak beyond what fits, nor a threshold or a reset.
TEST(FitNarrowTest, LimitLeavesRoomForALeakInSixteenBits) {
  EXPECT_LT(kNarrowPotentialMax + kLeakMax, kNarrowMax);
  EXPECT_EQ(kNarrowPotentialMax, 32767 - 255 - 1);
}

TEST(FitNarrowTest, EndsOfTwentyBitsDoNotFit) {
  for (const std::int32_t end : {kPotentialMin, kPotentialMax}) {
    Potentials potentials = {};
    potentials[255] = end;
    EXPECT_FALSE(FitNarrow(potentials));
  }
}

TEST(FitNarrowTest, CopyKeepsEveryValueThatFits) {
  Potentials potentials = {};
  potentials[0] = kNarrowPotentialMax;
  potentials[1] = -kNarrowPotentialMax;
  potentials[2] = -1;
  NarrowPotentials narrow = {};
  CopyNarrow(potentials, narrow);
  for (std::size_t j = 0; j < kNeuronsPerCore; ++j) {
    EXPECT_EQ(std::int32_t{narrow[j]}, potentials[j]);
  }
}

TEST(PotentialStoreTest, StartsWithTheInitialPotentials) {
  ExpectInitial(PotentialStore(Initial()));
}

TEST(PotentialStoreTest, WidenKeepsTheValuesOfTheCoreAndTouchesNoOther) {
  PotentialStore store(Initial());
  store.Widen(0);
  EXPECT_TRUE(store.IsWide(0));
  EXPECT_FALSE(store.IsWide(1));
  for (std::size_t j = 0; j < kNeuronsPerCore; ++j) {
    ASSERT_EQ(store.Get(0, j), static_cast<std::int32_t>(1000 + j));
    ASSERT_EQ(store.Wide(0)[j], static_cast<std::int32_t>(1000 + j));
    ASSERT_EQ(store.Get(1, j), 0);
  }
}

TEST(PotentialStoreTest, WideningAWideCoreKeepsWhatWasWritten) {
  PotentialStore store(Initial());
  store.Widen(0);
  store.Wide(0)[7] = -400000;
  store.Widen(0);
  EXPECT_EQ(store.Get(0, 7), -400000);
  EXPECT_EQ(store.Get(2, 7), 100007);
}

TEST(PotentialStoreTest, NarrowsAtTheLimitAndNotOneBeyond) {
  for (const std::int32_t sign : {1, -1}) {
    PotentialStore store(Initial());
    store.Widen(0);
    store.Wide(0)[200] = sign * (kNarrowPotentialMax + 1);
    store.NarrowWherePossible(0);
    EXPECT_TRUE(store.IsWide(0));
    EXPECT_EQ(store.Get(0, 200), sign * (kNarrowPotentialMax + 1));

    store.Wide(0)[200] = sign * kNarrowPotentialMax;
    store.NarrowWherePossible(0);
    EXPECT_FALSE(store.IsWide(0));
    EXPECT_EQ(store.Get(0, 200), sign * kNarrowPotentialMax);
    EXPECT_EQ(store.Get(0, 199), 1199);
  }
}

TEST(PotentialStoreTest, ValuesSurviveWideningAndNarrowingManyTimes) {
  PotentialStore store(Initial());
  for (std::int16_t round = 0; round < 5; ++round) {
    store.Narrow(0)[3] = round;
    store.Widen(0);
    EXPECT_EQ(store.Get(0, 3), round);
    store.Wide(0)[4] = -round;
    store.NarrowWherePossible(0);
    EXPECT_EQ(store.Get(0, 3), round);
    EXPECT_EQ(store.Get(0, 4), -round);
    EXPECT_EQ(store.Get(0, 5), 1005);
  }
}

TEST(PotentialStoreTest, InitiallyWideCoreMayBecomeNarrow) {
  PotentialStore store(Initial());
  store.Wide(2).fill(-5);
  store.NarrowWherePossible(2);
  EXPECT_FALSE(store.IsWide(2));
  EXPECT_EQ(store.Get(2, 255), -5);
}

TEST(PotentialStoreTest, ResetRestoresWidthsAndValues) {
  const InitialPotentials initial = Initial();
  PotentialStore store(initial);
  store.Widen(0);
  store.Wide(0).fill(kPotentialMax);
  store.Narrow(1).fill(-9);
  store.Wide(2).fill(1);
  store.NarrowWherePossible(2);
  store.Reset(initial);
  ExpectInitial(store);
  // What was wide before and is widened again has the values of now.
  store.Widen(0);
  EXPECT_EQ(store.Get(0, 0), 1000);
}

}  // namespace
}  // namespace spikemesh
