// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/plan_fanout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "converters/mapping/legalize.h"
#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

// A dense layer of `groups` groups of 128 inputs, both signs, 256 outputs each: every group fills
// the axons and the neurons of a core.
CrossbarLayer FullCores(std::int32_t groups) {
  SpikingNetwork network = NetworkOfLines({128 * groups, 1, 1});
  SpikingLayer& layer =
      AddLayer(network, {.sources = {kEncodedInput}, .channels = 256 * groups, .groups = groups});
  for (std::size_t i = 0; i < layer.inputs[0].weights.size(); ++i) {
    layer.inputs[0].weights[i] = i / 128 % 2 == 0 ? 1 : -1;
  }
  Finish(network);
  auto layers = LegalizeNetwork(network);
  EXPECT_TRUE(layers.ok()) << layers.status();
  return layers->front();
}

FanoutPlan Plan(const CrossbarLayer& layer, const std::vector<std::int32_t>& targets) {
  PlanEffort effort;
  return PlanFanout(layer, targets, kAxonPriceMin, kNeuronsPerCore, effort);
}

TEST(SplitFanoutTest, EnoughCopiesNeedNoSplitter) {
  const FanoutSplit split = SplitFanout(5, 5);
  EXPECT_EQ(split.direct, 5);
  EXPECT_EQ(split.feeders, 0);
}

TEST(SplitFanoutTest, OneCopyOfThreeFeedsASplitterForTheRest) {
  const FanoutSplit split = SplitFanout(10, 3);
  EXPECT_EQ(split.direct, 2);
  EXPECT_EQ(split.feeders, 1);
  EXPECT_EQ(split.split_targets, 8);
  EXPECT_EQ(split.first_target(0), 2);
  EXPECT_EQ(split.first_target(1), 10);
}

TEST(SplitFanoutTest, MoreThan256TargetsNeedMoreFeeders) {
  EXPECT_EQ(SplitFanout(256, 1).feeders, 1);
  EXPECT_EQ(SplitFanout(513, 3).feeders, 2);
  const FanoutSplit split = SplitFanout(514, 3);  // 1 + 2 x 256 = 513 would not do
  EXPECT_EQ(split.direct, 0);
  EXPECT_EQ(split.feeders, 3);
  EXPECT_EQ(split.first_target(1), 171);
  EXPECT_EQ(split.first_target(3), 514);
}

TEST(PackSplittersTest, FillsTheFullestCoreThatHasRoom) {
  // 200 | 100, 56 fits 200's core exactly, 156 the other's, 1 opens a third.
  EXPECT_THAT(PackSplitters(std::vector<std::int32_t>{200, 100, 56, 156, 1}),
              ElementsAre(0, 1, 0, 1, 2));
}

TEST(PlanFanoutTest, CopiesFillFreeColumns) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok());
  const FanoutPlan plan = Plan(layers->front(), {100, 156});
  EXPECT_EQ(plan.tiling.cores.size(), 1u);
  EXPECT_THAT(plan.copies, ElementsAre(100, 156));
  EXPECT_EQ(plan.splitter_cores, 0);
}

TEST(PlanFanoutTest, SplittersWinWhereCopiesWouldRepeatFullCores) {
  // Two full cores; one neuron of each has 100 targets more. With copies each group takes two
  // cores, 4 in all; one splitter core serves both neurons, 3 in all.
  std::vector<std::int32_t> targets(512, 1);
  targets[0] = targets[256] = 101;
  const FanoutPlan plan = Plan(FullCores(2), targets);
  EXPECT_EQ(plan.tiling.cores.size(), 2u);
  EXPECT_EQ(plan.splitter_cores, 1);
  EXPECT_THAT(plan.copies, Each(1));
  EXPECT_THAT(plan.splitter, ElementsAre(0, 0));
}

TEST(PlanFanoutTest, CopiesWinATieBecauseTheySaveATick) {
  std::vector<std::int32_t> targets(256, 1);
  targets[0] = 101;
  const FanoutPlan plan = Plan(FullCores(1), targets);
  EXPECT_EQ(plan.tiling.cores.size(), 2u);
  EXPECT_EQ(plan.splitter_cores, 0);
  EXPECT_EQ(plan.copies[0], 101);
}

TEST(PlanFanoutTest, MoreTargetsThanACoreHasNeuronsAreServed) {
  SpikingNetwork network = NetworkOfLines({1, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}});
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok());
  // 256 copies, of which 2 feed splitters: 254 + 256 + 256 = 766 targets.
  const FanoutPlan plan = Plan(layers->front(), {766});
  EXPECT_EQ(plan.tiling.cores.size(), 1u);
  EXPECT_EQ(plan.splitter_cores, 2);
}

TEST(PlanFanoutTest, LimitOfOneCopyForcesSplitters) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok());
  PlanEffort effort;
  const std::vector<std::int32_t> targets = {2, 1};
  const FanoutPlan plan = PlanFanout(layers->front(), targets, kAxonPriceMin, 1, effort);
  EXPECT_THAT(plan.copies, ElementsAre(1, 1));
  EXPECT_EQ(plan.splitter_cores, 1);
}

}  // namespace
}  // namespace spikemesh
