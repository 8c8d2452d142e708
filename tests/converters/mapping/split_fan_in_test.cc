// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/split_fan_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "converters/mapping/legalize.h"
#include "converters/mapping/split_rate_layer.h"
#include "core/base/remedy.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"
#include "tests/converters/mapping/small_networks.h"
#include "tests/testing/random_spiking.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::SizeIs;

std::int32_t Between(RandomSequence& random, std::int32_t low, std::int32_t high) {
  return low +
         static_cast<std::int32_t>(random.NextBelow(static_cast<std::uint32_t>(high - low + 1)));
}

void DrawWeights(RandomSequence& random, std::int32_t low, std::int32_t high, LayerInput& input) {
  for (std::int16_t& weight : input.weights) {
    weight = static_cast<std::int16_t>(Between(random, low, high));
  }
}

void MakeIntegrating(SpikingLayer& layer, std::int32_t threshold, std::int32_t leak) {
  layer.thresholds.assign(layer.thresholds.size(), threshold);
  layer.leaks.assign(layer.thresholds.size(), leak);
  layer.initial_potentials.assign(layer.thresholds.size(), threshold / 2);
}

// `lines` through a dense layer of `outputs` neurons of int4 weights, 24 ticks an image.
SpikingNetwork WideRate(std::int32_t lines, std::int32_t outputs, std::uint64_t seed) {
  RandomSequence random(seed, 0);
  SpikingNetwork network = NetworkOfLines({lines, 1, 1});
  network.presentation = {PresentationMode::kRate, 24, 0};
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = outputs});
  DrawWeights(random, -8, 7, layer.inputs[0]);
  MakeIntegrating(layer, 100, 0);
  Finish(network);
  return network;
}

// Each line with a chance of a quarter.
std::vector<std::uint32_t> QuarterOfLines(RandomSequence& random, std::int64_t lines) {
  std::vector<std::uint32_t> active;
  for (std::uint32_t line = 0; line < lines; ++line) {
    if (random.NextBelow(4) == 0) {
      active.push_back(line);
    }
  }
  return active;
}

// Images of that kind, of `ticks` ticks.
std::vector<EncodedImage> QuietImages(std::int64_t lines, std::int32_t ticks) {
  RandomSequence random(8, 0);
  std::vector<EncodedImage> images(16);
  for (EncodedImage& image : images) {
    for (std::int32_t tick = 0; tick < ticks; ++tick) {
      image.push_back(QuarterOfLines(random, lines));
    }
  }
  return images;
}

TEST(SplitFanInTest, LayersThatFitStayAsTheyAre) {
  SpikingNetwork network = NetworkOfLines({400, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 4, .groups = 2});
  AddLayer(network, {.sources = {0}});
  network.presentation.latency_ticks = 1;
  Finish(network);
  const auto split = SplitFanIn(network, {});
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_EQ(split->network, network);
  EXPECT_THAT(split->reports, SizeIs(0));
  EXPECT_THAT(split->exact, ElementsAre(true, true));
}

TEST(SplitFanInTest, MergedPotentialIsWithinHalfAStepOfEveryRailAtEveryTick) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const SpikingNetwork network = WideRate(300, 6, seed);
    const auto split = SplitFanIn(network, {});
    ASSERT_TRUE(split.ok()) << split.status();
    ASSERT_EQ(split->network.layers.size(), 2u);
    const SpikingLayer& merge = split->network.layers[1];
    const std::vector<std::int16_t>& weights = merge.inputs[0].weights;
    const std::int64_t partials = static_cast<std::int64_t>(weights.size()) / 6;
    RateRunner runner(split->network);
    runner.Begin();
    RandomSequence random(seed, 1);
    std::vector<std::int64_t> merged(6);
    std::vector<std::int64_t> sums(6);
    for (int tick = 0; tick < 200; ++tick) {
      const auto lines = QuarterOfLines(random, 300);
      const auto& fired = runner.Step(lines)[0];
      for (std::int64_t out = 0; out < 6; ++out) {
        std::int16_t step = 0;
        for (std::int64_t i = 0; i < partials; ++i) {
          step = std::max(step, weights[out * partials + i]);
          merged[out] += fired[i] * weights[out * partials + i];
        }
        for (const std::uint32_t line : lines) {
          sums[out] += network.layers[0].inputs[0].weights[out * 300 + line];
        }
        const std::int64_t rails = 2 * split->reports[0].chunks;
        ASSERT_LE(std::abs(merged[out] - sums[out]), rails * step / 2 + rails) << "tick " << tick;
      }
    }
  }
}

TEST(SplitFanInTest, OutputSpikesOfARateLayerDifferLittle) {
  const SpikingNetwork network = WideRate(400, 40, 7);
  const auto split = SplitFanIn(network, {});
  ASSERT_TRUE(split.ok()) << split.status();
  const SplitReport& report = split->reports.front();
  EXPECT_EQ(report.layer, "layer0");
  EXPECT_EQ(report.chunks, 7);  // 400 inputs of 4 types: 64 a core
  EXPECT_GT(report.axons, 256);
  EXPECT_GT(report.partial_neurons, 7 * 2 * 40);
  EXPECT_GT(report.flipped_share, 0.0);
  EXPECT_LT(report.flipped_share, 0.01);
  EXPECT_THAT(split->exact, ElementsAre(false, false));
}

TEST(SplitFanInTest, EveryPartFitsACore) {
  for (const std::int32_t lines : {150, 257, 400, 499}) {
    const auto split = SplitFanIn(WideRate(lines, 3, 1), {});
    ASSERT_TRUE(split.ok()) << split.status();
    const auto layers = LegalizeNetwork(split->network);
    EXPECT_TRUE(layers.ok()) << lines << " inputs: " << layers.status();
  }
}

TEST(SplitFanInTest, WindowsLargerThanACoreAreCutWithinAChannel) {
  RandomSequence random(3, 0);
  SpikingNetwork network = NetworkOfLines({1, 20, 21});
  network.presentation = {PresentationMode::kRate, 8, 0};
  WindowGeometry window;
  window.kernel_y = window.kernel_x = 20;
  SpikingLayer& layer =
      AddLayer(network, {.sources = {kEncodedInput}, .channels = 2, .window = window});
  DrawWeights(random, -7, 7, layer.inputs[0]);
  MakeIntegrating(layer, 100, 0);
  Finish(network);
  const auto split = SplitFanIn(network, QuietImages(20 * 21, 8));
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_THAT(split->reports[0].chunks, Ge(5));  // 400 taps of 3 types
  EXPECT_TRUE(LegalizeNetwork(split->network).ok());
  EXPECT_LT(split->reports[0].flipped_share, 0.02);
}

TEST(SplitFanInTest, SeveralInputsAndGroupsAreCutEachByItself) {
  RandomSequence random(4, 0);
  SpikingNetwork network = NetworkOfLines({8, 5, 5});
  network.presentation = {PresentationMode::kRate, 16, 1};
  WindowGeometry window;
  window.kernel_y = window.kernel_x = 5;
  window.pad_top = window.pad_bottom = window.pad_left = window.pad_right = 2;
  SpikingLayer& first = AddLayer(network, {.sources = {kEncodedInput}, .channels = 8, .groups = 8});
  MakeIntegrating(first, 1, 0);
  SpikingLayer layer = MakeLayer(
      network, {.sources = {0, kEncodedInput}, .channels = 4, .window = window, .groups = 2});
  for (LayerInput& input : layer.inputs) {
    DrawWeights(random, -7, 7, input);
  }
  MakeIntegrating(layer, 120, 3);
  network.layers.push_back(layer);
  Finish(network);
  ASSERT_TRUE(ValidateSpiking(network).ok()) << ValidateSpiking(network);
  const auto split = SplitFanIn(network, {});
  ASSERT_TRUE(split.ok()) << split.status();
  ASSERT_TRUE(ValidateSpiking(split->network).ok()) << ValidateSpiking(split->network);
  EXPECT_EQ(split->network.layers.size(), 4u);  // the first, two partial ones, the merge layer
  EXPECT_TRUE(LegalizeNetwork(split->network).ok());
  EXPECT_LT(split->reports[0].flipped_share, 0.02);
}

TEST(SplitFanInTest, LayersBehindASplitBeginWithTheLeaksOfTheTickBefore) {
  SpikingNetwork network = WideRate(300, 4, 2);
  network.layers[0].leaks.assign(4, -5);
  MakeIntegrating(AddLayer(network, {.sources = {0}}), 50, 3);
  Finish(network);
  network.presentation.latency_ticks = 1;
  const auto split = SplitFanIn(network, {});
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_EQ(split->network.layers[1].initial_potentials[0], 50 + 5);
  EXPECT_EQ(split->network.layers[2].initial_potentials[0], 25 - 3);
  EXPECT_EQ(split->network.layers[2].inputs[0].source, 1);
  EXPECT_EQ(split->network.presentation.latency_ticks, 2);
}

TEST(SplitFanInTest, LargeThresholdsAreCountedInUnitsThatWeightsReach) {
  SpikingNetwork network = WideRate(300, 4, 2);
  for (std::int16_t& weight : network.layers[0].inputs[0].weights) {
    weight = static_cast<std::int16_t>(weight * 31);
  }
  MakeIntegrating(network.layers[0], 3100, 0);
  const auto split = SplitFanIn(network, {});
  ASSERT_TRUE(split.ok()) << split.status();
  ASSERT_TRUE(ValidateSpiking(split->network).ok()) << ValidateSpiking(split->network);
  const std::vector<std::int16_t>& weights = split->network.layers[1].inputs[0].weights;
  EXPECT_LE(*std::ranges::max_element(weights), kWeightMax);
  EXPECT_LT(split->network.layers[1].thresholds[0], 3100);
  EXPECT_LT(split->reports[0].flipped_share, 0.01);
}

// `lines` through a dense memoryless layer of ternary weights.
SpikingNetwork WideStep(std::int32_t lines, std::int32_t outputs, std::int32_t nonzero_of) {
  RandomSequence random(5, 0);
  SpikingNetwork network = NetworkOfLines({lines, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = outputs});
  for (std::int16_t& weight : layer.inputs[0].weights) {
    const bool zero = Between(random, 1, nonzero_of) > 1;
    weight = static_cast<std::int16_t>(zero ? 0 : Between(random, 0, 1) * 2 - 1);
  }
  for (std::int32_t& threshold : layer.thresholds) {
    threshold = Between(random, -5, 5);
  }
  Finish(network);
  return network;
}

std::vector<EncodedImage> DrawnImages(std::int64_t lines, int count, std::uint64_t seed) {
  RandomSequence random(seed, 2);
  std::vector<EncodedImage> images;
  for (int i = 0; i < count; ++i) {
    images.push_back({DrawLines(random, lines)});
  }
  return images;
}

// The part of the output bits that differ on images that the split has not seen.
double FlippedOnOtherImages(const SpikingNetwork& network, const SpikingNetwork& split) {
  SpikingRunner original(network);
  SpikingRunner merged(split);
  double flipped = 0;
  double bits = 0;
  for (const EncodedImage& image : DrawnImages(network.encoded_shape.size(), 200, 99)) {
    const auto& expected = original.Run(image[0]).back();
    const auto& found = merged.Run(image[0]).back();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      flipped += expected[i] == found[i] ? 0 : 1;
      bits += 1;
    }
  }
  return flipped / bits;
}

TEST(SplitFanInTest, ThermometersThatCoverAllSumsLoseAlmostNothing) {
  // 900 inputs, a third of them used: 300 axons, parts of about 43 weights.
  const SpikingNetwork network = WideStep(900, 20, 3);
  const auto split = SplitFanIn(network, DrawnImages(900, 64, 1));
  ASSERT_TRUE(split.ok()) << split.status();
  ASSERT_TRUE(ValidateSpiking(split->network).ok());
  EXPECT_TRUE(LegalizeNetwork(split->network).ok());
  EXPECT_EQ(split->reports[0].chunks, 8);  // 900 of 2 types, 124 a core
  EXPECT_EQ(split->reports[0].flipped_share, 0.0);
  EXPECT_LT(FlippedOnOtherImages(network, split->network), 0.005);
}

TEST(SplitFanInTest, FewerThermometersLoseMore) {
  const SpikingNetwork network = WideStep(2000, 10, 1);
  const auto split = SplitFanIn(network, {});
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_EQ(split->reports[0].chunks, 17);
  const double flipped = FlippedOnOtherImages(network, split->network);
  EXPECT_GT(flipped, 0.0);
  EXPECT_LT(flipped, 0.08);
  EXPECT_NEAR(split->reports[0].flipped_share, flipped, 0.04);
}

TEST(SplitFanInTest, SameNetworkGivesTheSameSplit) {
  EXPECT_EQ(SplitFanIn(WideStep(400, 5, 1), {})->network,
            SplitFanIn(WideStep(400, 5, 1), {})->network);
  EXPECT_EQ(SplitFanIn(WideRate(400, 5, 1), {})->network,
            SplitFanIn(WideRate(400, 5, 1), {})->network);
}

TEST(SplitFanInTest, MorePartsThanAMergeNeuronHasAxonsIsResourceExhausted) {
  SpikingNetwork network = WideRate(64 * 121, 1, 1);
  EXPECT_EQ(SplitRateLayer(network.layers[0]).status().code(),
            absl::StatusCode::kResourceExhausted);
  const absl::Status status = SplitFanIn(network, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(RemediesOf(status), ::testing::ElementsAre(Remedy{RemedyKind::kTernaryWeights,
                                                                "of which a part holds more"}));
}

}  // namespace
}  // namespace spikemesh
