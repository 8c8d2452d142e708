// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/rate_activation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

// Functions of one channel.
class Functions {
 public:
  Functions& Then(NodeOperation operation) {
    nodes_.push_back({.name = "f" + std::to_string(nodes_.size()),
                      .sources = {kNetworkInput},
                      .operation = std::move(operation),
                      .shape = {1, 1, 1}});
    return *this;
  }
  absl::StatusOr<RateActivation> Read() const {
    std::vector<ElementFunction> functions;
    for (const NetworkNode& node : nodes_) {
      functions.push_back({&node, 1, 0});
    }
    return ReadRateActivation(functions, 0);
  }

 private:
  std::vector<NetworkNode> nodes_;
};

TEST(RateActivationTest, ReluHasNoUpperEnd) {
  const auto line = Functions().Then(ClipNode{}).Read();
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->slope, 1.0);
  EXPECT_EQ(line->offset, 0.0);
  EXPECT_TRUE(std::isinf(line->high));
  EXPECT_FALSE(line->quantised);
}

TEST(RateActivationTest, BatchNormAheadOfReluScalesTheLine) {
  // 2 (x - 3) / 4 + 1 = x / 2 - 1/2.
  const auto line = Functions()
                        .Then(BatchNormNode{{2}, {1}, {3}, {16}, 0.0})
                        .Then(ClipNode{.low = 0.0, .high = 6.0})
                        .Read();
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->slope, 0.5);
  EXPECT_EQ(line->offset, -0.5);
  EXPECT_EQ(line->high, 6.0);
}

TEST(RateActivationTest, QcfsIsTheLineThroughTheMiddlesOfItsStairs) {
  // lambda clip(floor(z L / lambda + 1/2) / L, 0, 1), lambda 2, L 8: the line z itself, up to 2.
  const auto line = Functions()
                        .Then(AffineNode{{4.0}, {0.5}})
                        .Then(RoundNode{Rounding::kFloor})
                        .Then(ClipNode{.low = 0.0, .high = 8.0})
                        .Then(AffineNode{{0.25}, {0.0}})
                        .Read();
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->slope, 1.0);
  EXPECT_EQ(line->offset, 0.0);
  EXPECT_EQ(line->high, 2.0);
  EXPECT_TRUE(line->quantised);
}

TEST(RateActivationTest, CountedThresholdsAreStairsLikeQcfs) {
  // Thresholds 1, 3, 5: the count is 1 at 2 on average, so count = (x - 1) / 2 + 1/2.
  MultiThresholdNode node;
  node.levels = 3;
  node.thresholds = {1, 3, 5};
  const auto line = Functions().Then(node).Read();
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->slope, 0.5);
  EXPECT_EQ(line->offset, 0.0);
  EXPECT_EQ(line->high, 3.0);
}

TEST(RateActivationTest, WhatARateCannotStandForIsRefusedByNode) {
  const auto refused = [](const Functions& functions) {
    const auto line = functions.Read();
    EXPECT_EQ(line.status().code(), absl::StatusCode::kUnimplemented);
    return std::string(line.status().message());
  };
  EXPECT_THAT(refused(Functions().Then(StepNode{})), HasSubstr("\"f0\" (step)"));
  EXPECT_THAT(refused(Functions().Then(ClipNode{.low = -1.0, .high = 1.0})),
              HasSubstr("from -1 to 1"));
  MultiThresholdNode uneven;
  uneven.levels = 3;
  uneven.thresholds = {1, 2, 5};
  EXPECT_THAT(refused(Functions().Then(uneven)), HasSubstr("unequal distances"));
}

}  // namespace
}  // namespace spikemesh
