// SPDX-License-Identifier: Apache-2.0
#include "router/traffic_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

constexpr MeshShape kEightByEight = {.cores_x = 8, .cores_y = 8};

TEST(TrafficPatternTest, TargetsAreThoseOfTheLiterature) {
  const CoreCoordinates from = {1, 6};
  const auto target = [&](TrafficPattern pattern) {
    return PatternTarget(pattern, kEightByEight, from);
  };
  EXPECT_EQ(target(TrafficPattern::kTranspose), (CoreCoordinates{6, 1}));
  EXPECT_EQ(target(TrafficPattern::kBitComplement), (CoreCoordinates{6, 1}));
  EXPECT_EQ(target(TrafficPattern::kTornado), (CoreCoordinates{4, 1}));
  EXPECT_EQ(target(TrafficPattern::kNeighbor), (CoreCoordinates{2, 7}));
  EXPECT_EQ(PatternTarget(TrafficPattern::kNeighbor, kEightByEight, {7, 7}),
            (CoreCoordinates{0, 0}));
}

// Mean |a - b| of uniform pairs of 0..7 is 21 / 8; two dimensions.
TEST(TrafficPatternTest, HopsMeanIsThatOfAllPairs) {
  EXPECT_DOUBLE_EQ(PatternHopsMean(TrafficPattern::kUniform, kEightByEight), 2 * 21.0 / 8);
  EXPECT_DOUBLE_EQ(PatternHopsMean(TrafficPattern::kBitComplement, kEightByEight), 8.0);
  EXPECT_DOUBLE_EQ(PatternHopsMean(TrafficPattern::kNeighbor, kEightByEight), 3.5);
}

TEST(TrafficPatternTest, NamesGoBothWaysAndOthersAreRefused) {
  for (const char* const name : {"uniform", "transpose", "bitcomp", "tornado", "neighbor"}) {
    EXPECT_EQ(TrafficPatternName(ParseTrafficPattern(name).value()), name);
  }
  const absl::Status status = ParseTrafficPattern("hotspot").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("found \"hotspot\", allowed: uniform"));
}

TEST(TrafficPatternTest, TransposeNeedsASquare) {
  EXPECT_TRUE(CheckTrafficPattern(TrafficPattern::kTranspose, kEightByEight).ok());
  const MeshShape oblong = {.cores_x = 8, .cores_y = 4};
  EXPECT_TRUE(CheckTrafficPattern(TrafficPattern::kTornado, oblong).ok());
  EXPECT_THAT(std::string(CheckTrafficPattern(TrafficPattern::kTranspose, oblong).message()),
              HasSubstr("8x4"));
}

}  // namespace
}  // namespace spikemesh
