// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/plan_tiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "converters/mapping/legalize.h"
#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

// The only layer of a network of lines; `both_signs` makes every other filter negative.
CrossbarLayer OneLayer(FeatureShape lines, LayerSketch sketch, bool both_signs) {
  SpikingNetwork network = NetworkOfLines(lines);
  sketch.sources = {kEncodedInput};
  SpikingLayer& layer = AddLayer(network, sketch);
  const std::size_t per_channel = layer.inputs[0].weights.size() / layer.output_shape.channels;
  for (std::size_t i = 0; i < layer.inputs[0].weights.size(); ++i) {
    layer.inputs[0].weights[i] = both_signs && i / per_channel % 2 == 1 ? -1 : 1;
  }
  Finish(network);
  auto layers = LegalizeNetwork(network);
  EXPECT_TRUE(layers.ok()) << layers.status();
  return layers->front();
}

Tiling Plan(const CrossbarLayer& layer, std::uint16_t slots) {
  PlanEffort effort;
  const std::vector<std::uint16_t> all(layer.output_shape.size(), slots);
  return PlanTiling(layer, all, kAxonPriceMin, kNoPriceLimit, effort);
}

std::vector<std::size_t> CoreSizes(const Tiling& tiling) {
  std::vector<std::size_t> sizes;
  for (const auto& core : tiling.cores) {
    sizes.push_back(core.size());
  }
  return sizes;
}

WindowGeometry Square(std::int32_t kernel, std::int32_t stride, std::int32_t pad) {
  WindowGeometry window;
  window.kernel_y = window.kernel_x = kernel;
  window.stride_y = window.stride_x = stride;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = pad;
  return window;
}

TEST(PlanTilesTest, OneSignTakesOneAxonAFeatureAndNeighboursShareIt) {
  // Three windows of 1 x 3 over five pixels.
  WindowGeometry window;
  window.kernel_x = 3;
  const Tiling tiling = Plan(OneLayer({1, 1, 5}, {.window = window}, false), 1);
  EXPECT_THAT(CoreSizes(tiling), ElementsAre(3));
  EXPECT_EQ(tiling.axons, 5);
}

TEST(PlanTilesTest, BothSignsTakeTwoAxonsAFeature) {
  const Tiling tiling = Plan(OneLayer({7, 1, 1}, {.channels = 2}, true), 1);
  EXPECT_THAT(CoreSizes(tiling), ElementsAre(2));
  EXPECT_EQ(tiling.axons, 14);
}

TEST(PlanTilesTest, PaddingTakesNoAxon) {
  // 3 x 3 windows with padding 1 over 3 x 3 pixels: 9 neurons, 9 pixels, 25 with padding.
  const Tiling tiling = Plan(OneLayer({1, 3, 3}, {.window = Square(3, 1, 1)}, false), 1);
  EXPECT_THAT(CoreSizes(tiling), ElementsAre(9));
  EXPECT_EQ(tiling.axons, 9);
}

TEST(PlanTilesTest, NeuronsOfADenseLayerFillCoresTo256) {
  const Tiling tiling = Plan(OneLayer({4, 1, 1}, {.channels = 600}, true), 1);
  EXPECT_EQ(tiling.cores.size(), 3u);  // ceil(600 / 256)
  EXPECT_EQ(tiling.axons, 3 * 8);
}

TEST(PlanTilesTest, EdgeTilesAreSmaller) {
  // A position needs 30 x 2 axons, so 4 positions fit a core (240): 9 positions take 4 + 4 + 1.
  const Tiling tiling = Plan(OneLayer({30, 3, 3}, {.channels = 2}, true), 1);
  std::vector<std::size_t> sizes = CoreSizes(tiling);
  std::sort(sizes.begin(), sizes.end());
  EXPECT_THAT(sizes, ElementsAre(2, 8, 8));
  EXPECT_EQ(tiling.axons, 9 * 60);
}

TEST(PlanTilesTest, StridedWindowsOfThreeRowsShareTheirMiddlePixels) {
  // 14 x 14 x 8 channels, 3 x 3 stride 2: a tile of 1 x 2 positions sees 3 x 5 pixels, 240 axons;
  // at 16 filters two positions take 32 neurons. 7 x 7 positions fit 25 cores if every core has
  // two.
  const Tiling tiling =
      Plan(OneLayer({8, 15, 15}, {.channels = 16, .window = Square(3, 2, 0)}, true), 1);
  EXPECT_EQ(tiling.cores.size(), 25u);
}

TEST(PlanTilesTest, SmallGroupsShareACore) {
  // A group has 20 inputs of both signs and 4 filters: 6 groups fit (240 axons), 16 take 3 cores.
  const LayerSketch sketch = {.channels = 64, .groups = 16};
  const Tiling tiling = Plan(OneLayer({320, 1, 1}, sketch, true), 1);
  EXPECT_EQ(tiling.cores.size(), 3u);
  EXPECT_EQ(tiling.axons, 640);
}

TEST(PlanTilesTest, SlotsOfCopiesCountAsNeurons) {
  const CrossbarLayer layer = OneLayer({1, 1, 1}, {.channels = 8}, false);
  EXPECT_EQ(Plan(layer, 32).cores.size(), 1u);
  EXPECT_EQ(Plan(layer, 33).cores.size(), 2u);
  EXPECT_EQ(Plan(layer, 256).cores.size(), 8u);
}

TEST(PlanTilesTest, NeuronsWithoutSlotsAreLeftOut) {
  const CrossbarLayer layer = OneLayer({1, 1, 1}, {.channels = 3}, false);
  PlanEffort effort;
  const std::vector<std::uint16_t> slots = {1, 0, 1};
  const Tiling tiling = PlanTiling(layer, slots, kAxonPriceMin, kNoPriceLimit, effort);
  ASSERT_EQ(tiling.cores.size(), 1u);
  EXPECT_THAT(tiling.cores[0], ElementsAre(0, 2));
}

TEST(PlanTilesTest, FanInBeyondPairsStillFitsNeuronByNeuron) {
  // 200 inputs: two neurons of opposite signs need 400 axons, one alone 200.
  const Tiling tiling = Plan(OneLayer({200, 1, 1}, {.channels = 2}, true), 1);
  EXPECT_THAT(CoreSizes(tiling), ElementsAre(1, 1));
  EXPECT_EQ(tiling.axons, 400);
}

TEST(PlanTilesTest, NothingAsDearAsTheLimitIsReturned) {
  const CrossbarLayer layer = OneLayer({4, 1, 1}, {.channels = 2}, false);
  const std::vector<std::uint16_t> slots(2, 1);
  const std::int64_t price = kCorePrice + 4 * kAxonPriceMin;
  PlanEffort effort;
  EXPECT_TRUE(PlanTiling(layer, slots, kAxonPriceMin, price, effort).cores.empty());
  EXPECT_EQ(PlanTiling(layer, slots, kAxonPriceMin, price + 1, effort).price, price);
}

}  // namespace
}  // namespace spikemesh
