// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "converters/mapping/map_network.h"
#include "core/base/remedy.h"
#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;
using ::testing::StartsWith;

WindowGeometry Square(std::int32_t kernel, std::int32_t stride, std::int32_t pad) {
  WindowGeometry window;
  window.kernel_y = window.kernel_x = kernel;
  window.stride_y = window.stride_x = stride;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = pad;
  return window;
}

// Weights +1 and -1 at random.
void MakeTernary(SpikingLayer& layer) {
  RandomSequence random(1, 0);
  for (LayerInput& input : layer.inputs) {
    for (std::int16_t& weight : input.weights) {
      weight = random.NextBelow(2) == 0 ? 1 : -1;
    }
  }
}

// The cores of one ternary layer.
std::int64_t CoresOf(FeatureShape lines, LayerSketch sketch) {
  SpikingNetwork network = NetworkOfLines(lines);
  sketch.sources = {kEncodedInput};
  MakeTernary(AddLayer(network, sketch));
  Finish(network);
  return EstimateNetwork(network).cores;
}

TEST(EstimateTest, TilesOfPublishedLayers) {
  // 28 x 28 x 16 neurons of 9 inputs fill columns: 49 cores. 5 x 5, stride 2: 4 x 4 x 16 on 242
  // axons, 14 x 14 x 16 / 256 = 12.25.
  EXPECT_EQ(CoresOf({1, 28, 28}, {.channels = 16, .window = Square(3, 1, 1)}), 49);
  EXPECT_EQ(CoresOf({1, 28, 28}, {.channels = 16, .window = Square(5, 2, 2)}), 13);
  // 32 x 32 x 3 to 64: 2 x 2 positions by 64 filters.
  EXPECT_EQ(CoresOf({3, 32, 32}, {.channels = 64, .window = Square(3, 1, 1)}), 256);
  // Groups of 8 channels: 2 x 2 positions see 4 x 4 x 8 features on two axons each, all 256.
  EXPECT_EQ(CoresOf({64, 32, 32}, {.channels = 64, .window = Square(3, 1, 1), .groups = 8}), 2048);
}

TEST(EstimateTest, RowsOfANetworkThatFits) {
  SpikingNetwork network = NetworkOfLines({1, 8, 8});
  MakeTernary(AddLayer(network, {.sources = {kEncodedInput}, .channels = 4}));
  MakeTernary(AddLayer(network, {.sources = {0}, .channels = 10, .groups = 2, .flatten = true}));
  Finish(network);
  const NetworkEstimate estimate = EstimateNetwork(network);
  EXPECT_TRUE(estimate.fits);
  ASSERT_EQ(estimate.layers.size(), 2u);
  const LayerEstimate& row = estimate.layers[1];
  EXPECT_EQ(row.name, "layer1");
  EXPECT_EQ(row.weights, "ternary");
  EXPECT_EQ(row.fan_in, 128);
  EXPECT_EQ(row.axons, 128);
  EXPECT_EQ(row.neurons, 10);
  EXPECT_TRUE(row.fits);
  EXPECT_EQ(row.obstacle, "");
  EXPECT_EQ(row.cores, 2);
  EXPECT_EQ(row.latency_ticks, 1);
  EXPECT_EQ(estimate.layers[0].copies, 256);  // each neuron is read on two axons
  EXPECT_EQ(estimate.cores, estimate.layers[0].cores + 2);
}

TEST(EstimateTest, IsWithinAFactorOfTwoOfMapping) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const SpikingNetwork network = RandomNetwork(seed);
    const auto mapped = MapNetwork(network, {});
    ASSERT_TRUE(mapped.ok()) << mapped.status();
    const auto left_out = [](const MappedLayer& layer) { return layer.cores == 0; };
    if (std::ranges::any_of(mapped->layers, left_out)) {
      continue;  // a layer behind it is constant
    }
    const NetworkEstimate estimate = EstimateNetwork(network);
    const auto cores = static_cast<std::int64_t>(mapped->chip.cores.size());
    EXPECT_TRUE(estimate.fits);
    EXPECT_THAT(estimate.cores, AllOf(Ge(cores / 2), Le(2 * cores))) << "network " << seed;
  }
}

TEST(EstimateTest, IsWithinAFactorOfTwoOfMappingForManyCores) {
  SpikingNetwork network = NetworkOfLines({1, 28, 28});
  MakeTernary(AddLayer(network, {.sources = {-1}, .channels = 16, .window = Square(3, 2, 1)}));
  MakeTernary(
      AddLayer(network, {.sources = {0}, .channels = 32, .window = Square(3, 2, 1), .groups = 2}));
  MakeTernary(
      AddLayer(network, {.sources = {1}, .channels = 64, .window = Square(3, 2, 1), .groups = 4}));
  Finish(network);
  const auto mapped = MapNetwork(network, {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  const NetworkEstimate estimate = EstimateNetwork(network);
  const auto cores = static_cast<std::int64_t>(mapped->chip.cores.size());
  EXPECT_THAT(estimate.cores, AllOf(Ge(cores * 2 / 3), Le(cores * 3 / 2)));
}

TEST(EstimateTest, TooManyInputsAreToldWithTheRemediesAndTheirPrice) {
  SpikingNetwork network = NetworkOfLines({400, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 20});
  for (std::size_t i = 0; i < layer.inputs[0].weights.size(); ++i) {
    layer.inputs[0].weights[i] = static_cast<std::int16_t>(i * 7 % 16) - 8;
  }
  layer.thresholds.assign(20, 100);
  layer.leaks.assign(20, 0);
  layer.initial_potentials.assign(20, 50);
  network.presentation = {PresentationMode::kRate, 32, 0};
  Finish(network);
  const NetworkEstimate estimate = EstimateNetwork(network);
  EXPECT_FALSE(estimate.fits);
  const LayerEstimate& row = estimate.layers[0];
  EXPECT_FALSE(row.fits);
  EXPECT_EQ(row.axons, 400 * 2);  // 32 bits set in the 16 numbers of four
  EXPECT_EQ(row.obstacle,
            "layer \"layer0\": 400 inputs per neuron need 800 axons, a core has 256: 544 too many; "
            "use groups of at most 128 inputs");
  ASSERT_THAT(row.remedies, SizeIs(1));
  EXPECT_EQ(row.remedies[0].kind, RemedyKind::kLossySplit);
  EXPECT_THAT(row.remedies[0].detail, StartsWith("which cuts them into 7 parts and takes about "));
  EXPECT_GT(row.cores, 7);
  EXPECT_EQ(row.latency_ticks, 1);
  const absl::Status refused = MapNetwork(network, {}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(std::string(refused.message()), row.obstacle);
  EXPECT_EQ(RemediesOf(refused), row.remedies);
  // The price is about right.
  MappingOptions options;
  options.lossy_split = true;
  const auto mapped = MapNetwork(network, options);
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  const auto cores = static_cast<std::int64_t>(mapped->chip.cores.size());
  EXPECT_THAT(row.cores, AllOf(Ge(cores / 2), Le(2 * cores)));
}

TEST(EstimateTest, WeightsThatAreNoSumsAreToldApart) {
  SpikingNetwork network = NetworkOfLines({20, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}});
  for (std::int16_t i = 0; i < 20; ++i) {
    layer.inputs[0].weights[i] = static_cast<std::int16_t>(i + 1);
  }
  Finish(network);
  const NetworkEstimate estimate = EstimateNetwork(network);
  EXPECT_FALSE(estimate.layers[0].representable);
  EXPECT_THAT(estimate.layers[0].obstacle, HasSubstr("20 distinct weights"));
  EXPECT_EQ(MapNetwork(network, {}).status().code(), absl::StatusCode::kUnimplemented);
}

TEST(EstimateTest, BiasAxonsThatDoNotFitAreToldBeforeMapping) {
  SpikingNetwork network = NetworkOfLines({256, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}}).thresholds = {256};
  Finish(network);
  const NetworkEstimate estimate = EstimateNetwork(network);
  EXPECT_FALSE(estimate.fits);
  EXPECT_THAT(estimate.layers[0].obstacle, HasSubstr("beyond -255..255"));
}

// "6 conv, 3 fc" of the literature, without groups.
SpikingNetwork CifarNetwork() {
  SpikingNetwork network = NetworkOfLines({3, 32, 32});
  std::int32_t source = kEncodedInput;
  for (const std::int32_t channels : {128, 128, 256, 256, 512, 512}) {
    const bool halves = source % 2 == 0;
    MakeTernary(AddLayer(
        network,
        {.sources = {source}, .channels = channels, .window = Square(3, halves ? 2 : 1, 1)}));
    ++source;
  }
  for (const std::int32_t features : {1024, 1024, 10}) {
    MakeTernary(AddLayer(network, {.sources = {source++}, .channels = features, .flatten = true}));
  }
  Finish(network);
  return network;
}

TEST(EstimateTest, NetworksFarBeyondAChipAreCountedAndRefused) {
  const SpikingNetwork network = CifarNetwork();
  const NetworkEstimate estimate = EstimateNetwork(network);
  ASSERT_EQ(estimate.layers.size(), 9u);
  EXPECT_TRUE(estimate.layers[0].fits);
  for (std::size_t layer = 1; layer < 9; ++layer) {
    EXPECT_FALSE(estimate.layers[layer].fits) << layer;
    EXPECT_THAT(estimate.layers[layer].obstacle, HasSubstr("use groups of at most "));
  }
  EXPECT_GT(estimate.cores, 16 * 4096);
  MappingOptions options;
  EXPECT_EQ(MapNetwork(network, options).status().code(), absl::StatusCode::kOutOfRange);
}

TEST(EstimateTest, MoreThanTwiceTheChipsIsRefusedByTheEstimate) {
  SpikingNetwork network = NetworkOfLines({64, 32, 32});
  MakeTernary(AddLayer(
      network,
      {.sources = {kEncodedInput}, .channels = 64, .window = Square(3, 1, 1), .groups = 8}));
  Finish(network);
  MappingOptions options;
  options.spec.mesh = {10, 10, 1, 1};
  options.chips_max = 10;
  const absl::Status status = MapNetwork(network, options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("needs about 2048 cores, 10 chips of 10 x 10 have 1000: about 1048"));
}

}  // namespace
}  // namespace spikemesh
