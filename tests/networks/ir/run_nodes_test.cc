// SPDX-License-Identifier: Apache-2.0
// Clips, rounding, thresholds, pools and joins in RunNetwork; pools against the definition.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "networks/ir/node_fits.h"
#include "networks/ir/run_network.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Network OneNode(FeatureShape input, NodeOperation operation, FeatureShape output) {
  Network network;
  network.input_shape = input;
  network.nodes.push_back({"n", {kNetworkInput}, std::move(operation), output});
  return network;
}

std::vector<double> RunOne(const NodeOperation& operation, FeatureShape input, FeatureShape output,
                           const std::vector<double>& image) {
  const Network network = OneNode(input, operation, output);
  return NetworkRunner(network).Run(image)[0];
}

TEST(RunNodesTest, ClipHoldsBothEndsOrOne) {
  EXPECT_THAT(RunOne(ClipNode{-1, 6}, {4}, {4}, {-2, -1, 5, 7}), ElementsAre(-1, -1, 5, 6));
  EXPECT_THAT(RunOne(ClipNode{}, {3}, {3}, {-2, 0, 7}), ElementsAre(0, 0, 7));
  EXPECT_EQ(ApplyClip({-kInfinity, 1}, -1e300), -1e300);
}

TEST(RunNodesTest, EachRounding) {
  const std::vector<double> image = {-2.5, -1.5, -0.25, 0.5, 1.5, 1.75};
  const auto run = [&](Rounding rounding) { return RunOne(RoundNode{rounding}, {6}, {6}, image); };
  EXPECT_THAT(run(Rounding::kFloor), ElementsAre(-3, -2, -1, 0, 1, 1));
  EXPECT_THAT(run(Rounding::kCeil), ElementsAre(-2, -1, 0, 1, 2, 2));
  EXPECT_THAT(run(Rounding::kHalfEven), ElementsAre(-2, -2, 0, 0, 2, 2));
  EXPECT_THAT(run(Rounding::kTowardZero), ElementsAre(-2, -1, 0, 0, 1, 1));
}

TEST(RunNodesTest, MultiThresholdCountsThresholdsOfItsChannelThatAreReached) {
  MultiThresholdNode node;
  node.levels = 3;
  node.thresholds = {0, 1, 1, -5, 5, 10};
  node.scale = 2;
  node.offset = -1;
  EXPECT_THAT(RunOne(node, {2, 1, 3}, {2, 1, 3}, {-0.5, 0, 1, -6, 5, 99}),
              ElementsAre(-1, 1, 5, -1, 3, 5));
  EXPECT_EQ(ApplyMultiThreshold(node, 1, 4.5), 1);
}

TEST(RunNodesTest, AddSumsAllSources) {
  Network network = OneNode({2}, AffineNode{{10, 10}, {0, 0}}, {2});
  network.nodes.push_back({"add", {0, kNetworkInput, 0}, AddNode{}, {2}});
  EXPECT_THAT(NetworkRunner(network).Run(std::vector<double>{1, -2})[1], ElementsAre(21, -42));
}

TEST(RunNodesTest, ConcatPutsSourcesInTheirOrder) {
  Network network = OneNode({1, 1, 2}, AffineNode{{10}, {0}}, {1, 1, 2});
  network.nodes.push_back({"cat", {0, kNetworkInput}, ConcatNode{}, {2, 1, 2}});
  EXPECT_THAT(NetworkRunner(network).Run(std::vector<double>{1, 2})[1], ElementsAre(10, 20, 1, 2));
}

struct PoolCase {
  const char* name;
  WindowGeometry window;
};

class RunPoolTest : public ::testing::TestWithParam<PoolCase> {};

constexpr FeatureShape kImage = {2, 6, 5};

// One value of the padded image; nothing outside it.
struct Tap {
  bool inside = false;
  double value = 0.0;
};

Tap At(const std::vector<double>& image, std::int64_t c, std::int64_t y, std::int64_t x) {
  if (y < 0 || y >= kImage.height || x < 0 || x >= kImage.width) {
    return {};
  }
  return {true, image[(c * kImage.height + y) * kImage.width + x]};
}

// The definition, tap by tap.
double PoolAt(const PoolNode& node, const std::vector<double>& image, std::int64_t c,
              std::int64_t y, std::int64_t x) {
  const WindowGeometry& w = node.window;
  double sum = 0.0;
  double greatest = -kInfinity;
  int inside = 0;
  int counted = 0;  // with the pads, but not what hangs over them
  for (int ky = 0; ky < w.kernel_y; ++ky) {
    for (int kx = 0; kx < w.kernel_x; ++kx) {
      const std::int64_t at_y = y * w.stride_y - w.pad_top + ky * w.dilation_y;
      const std::int64_t at_x = x * w.stride_x - w.pad_left + kx * w.dilation_x;
      const Tap tap = At(image, c, at_y, at_x);
      counted += at_y < kImage.height + w.pad_bottom - node.overhang_bottom &&
                         at_x < kImage.width + w.pad_right - node.overhang_right
                     ? 1
                     : 0;
      inside += tap.inside ? 1 : 0;
      sum += tap.value;
      greatest = tap.inside ? std::max(greatest, tap.value) : greatest;
    }
  }
  const int divisor = node.count_padding ? counted : inside;
  return node.kind == PoolKind::kMax ? greatest : sum / divisor;
}

TEST_P(RunPoolTest, EqualsTheDefinition) {
  const WindowGeometry& window = GetParam().window;
  std::vector<double> image;
  for (std::int64_t i = 0; i < kImage.size(); ++i) {
    image.push_back(static_cast<double>(i * 37 % 41) - 60);  // negative, so that zeros would show
  }
  const FeatureShape output = {
      kImage.channels, static_cast<std::int32_t>(OutputExtent(AxisY(window), kImage.height)),
      static_cast<std::int32_t>(OutputExtent(AxisX(window), kImage.width))};
  const PoolNode pools[] = {{PoolKind::kMax, window, false},
                            {PoolKind::kAverage, window, false},
                            {PoolKind::kAverage, window, true},
                            {PoolKind::kAverage, window, false, window.pad_bottom, 0},
                            {PoolKind::kAverage, window, true, window.pad_bottom, 0},
                            {PoolKind::kAverage, window, true, 0, window.pad_right}};
  for (const PoolNode& node : pools) {
    const std::vector<double> pooled = RunOne(node, kImage, output, image);
    for (std::int64_t i = 0; i < output.size(); ++i) {
      const std::int64_t plane = i % (output.height * output.width);
      EXPECT_EQ(pooled[i], PoolAt(node, image, i / (output.height * output.width),
                                  plane / output.width, plane % output.width))
          << "value " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Geometries, RunPoolTest,
                         ::testing::Values(PoolCase{"Plain", {2, 2, 2, 2, 0, 0, 0, 0, 1, 1}},
                                           PoolCase{"Overlapping", {3, 2, 1, 1, 0, 0, 0, 0, 1, 1}},
                                           PoolCase{"Padded", {3, 3, 2, 2, 1, 1, 1, 1, 1, 1}},
                                           PoolCase{"UnevenPads", {3, 3, 1, 2, 0, 2, 1, 0, 1, 1}},
                                           PoolCase{"Dilated", {2, 2, 1, 1, 1, 0, 0, 1, 3, 2}},
                                           PoolCase{"WholeImage", {6, 5, 1, 1, 0, 0, 0, 0, 1, 1}}),
                         [](const auto& param) { return param.param.name; });

TEST(NodeFitsTest, WhatARunnerWouldIndexWrongly) {
  const auto fits = [](const NodeOperation& operation, FeatureShape input, FeatureShape output) {
    return ParametersFit(OneNode(input, operation, output), 0);
  };
  EXPECT_TRUE(fits(ClipNode{}, {4}, {4}));
  EXPECT_FALSE(fits(ClipNode{}, {4}, {3}));
  EXPECT_FALSE(fits(RoundNode{}, {4}, {2, 2, 1}));
  EXPECT_TRUE(fits(MultiThresholdNode{1, {1, 2}}, {2}, {2}));
  EXPECT_FALSE(fits(MultiThresholdNode{2, {1, 2}}, {2}, {2}));
  EXPECT_FALSE(fits(MultiThresholdNode{0, {}}, {2}, {2}));
  EXPECT_TRUE(fits(PoolNode{PoolKind::kMax, {2, 2}}, {1, 3, 3}, {1, 2, 2}));
  EXPECT_FALSE(fits(PoolNode{PoolKind::kMax, {2, 2}}, {1, 3, 3}, {1, 3, 3}));
  EXPECT_FALSE(fits(PoolNode{PoolKind::kMax, {2, 2}}, {1, 3, 3}, {2, 2, 2}));
  EXPECT_FALSE(fits(PoolNode{PoolKind::kMax, {1, 1, 1, 1, 1}}, {1, 3, 3}, {1, 4, 3}));
  EXPECT_FALSE(fits(PoolNode{PoolKind::kAverage, {2, 1, 1, 1, 0, 0, 1, 0}, true, 2, 0}, {1, 3, 3},
                    {1, 3, 3}));
  EXPECT_TRUE(fits(PoolNode{PoolKind::kAverage, {2, 1, 1, 1, 0, 0, 1, 0}, true, 1, 0}, {1, 3, 3},
                   {1, 3, 3}));
  EXPECT_FALSE(fits(PoolNode{PoolKind::kAverage, {2, 1, 1, 1, 0, 0, 1, 0}, true, 0, -1}, {1, 3, 3},
                    {1, 3, 3}));
  EXPECT_FALSE(fits(AddNode{}, {4}, {4}));  // of one source
}

TEST(NodeFitsTest, SourcesOfJoins) {
  Network network = OneNode({1, 2, 2}, ClipNode{}, {1, 2, 2});
  network.nodes.push_back({"join", {0, kNetworkInput}, ConcatNode{}, {2, 2, 2}});
  EXPECT_TRUE(ParametersFit(network, 1));
  network.nodes[1].shape.channels = 3;
  EXPECT_FALSE(ParametersFit(network, 1));
  network.nodes[1] = {"join", {0, 1}, AddNode{}, {1, 2, 2}};  // its own source
  EXPECT_FALSE(ParametersFit(network, 1));
  network.nodes[1] = {"clip", {0, 0}, ClipNode{}, {1, 2, 2}};
  EXPECT_FALSE(ParametersFit(network, 1));
}

}  // namespace
}  // namespace spikemesh
