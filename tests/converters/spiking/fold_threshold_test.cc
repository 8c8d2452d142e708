// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_threshold.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace spikemesh {
namespace {

constexpr std::int64_t kMin = -5;
constexpr std::int64_t kMax = 9;

TEST(FoldThresholdTest, RisingStepIsFoundAtEverySum) {
  for (std::int64_t at = kMin + 1; at <= kMax; ++at) {
    const auto found = FoldThreshold(kMin, kMax, [at](std::int64_t sum) { return sum >= at; });
    EXPECT_EQ(found, (FoldedThreshold{.threshold = at, .falling = false, .constant = false}));
  }
}

TEST(FoldThresholdTest, FallingStepGivesTheThresholdOfTheNegatedSum) {
  for (std::int64_t at = kMin; at < kMax; ++at) {
    const auto found = FoldThreshold(kMin, kMax, [at](std::int64_t sum) { return sum <= at; });
    EXPECT_EQ(found, (FoldedThreshold{.threshold = -at, .falling = true, .constant = false}));
  }
}

TEST(FoldThresholdTest, ConstantStepIsClampedToTheReach) {
  const auto always = FoldThreshold(kMin, kMax, [](std::int64_t) { return true; });
  EXPECT_EQ(always, (FoldedThreshold{.threshold = kMin, .falling = false, .constant = true}));
  const auto never = FoldThreshold(kMin, kMax, [](std::int64_t) { return false; });
  EXPECT_EQ(never, (FoldedThreshold{.threshold = kMax + 1, .falling = false, .constant = true}));
}

TEST(FoldThresholdTest, OneReachableSumIsAConstant) {
  EXPECT_EQ(FoldThreshold(3, 3, [](std::int64_t) { return true; }).threshold, 3);
  EXPECT_EQ(FoldThreshold(3, 3, [](std::int64_t) { return false; }).threshold, 4);
}

TEST(FoldThresholdTest, EvaluatesOnlyWithinTheReachAndAboutLogTimes) {
  int evaluations = 0;
  FoldThreshold(0, 1 << 20, [&evaluations](std::int64_t sum) {
    EXPECT_GE(sum, 0);
    EXPECT_LE(sum, 1 << 20);
    ++evaluations;
    return sum >= 12345;
  });
  EXPECT_EQ(evaluations, 2 + 20);  // both ends, then one a bisection
}

}  // namespace
}  // namespace spikemesh
