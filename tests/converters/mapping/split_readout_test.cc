// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/split_readout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "converters/mapping/estimate.h"
#include "converters/mapping/map_network.h"
#include "core/base/random.h"
#include "core/base/remedy.h"
#include "networks/ir/run_spiking.h"
#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

constexpr std::int32_t kClasses = 4;

// Weights of one class, [inputs].
using Weights = std::vector<std::int16_t>;

std::int32_t SumOf(const Weights& weights, int sign) {
  std::int32_t sum = 0;
  for (const std::int16_t weight : weights) {
    sum += weight * sign > 0 ? weight : 0;
  }
  return sum;
}

// Lines read by a thermometer a class: a level every `distance` from low to high, `low` the same
// for all classes.
SpikingNetwork Readout(const std::vector<Weights>& weights, std::int32_t distance) {
  std::int32_t low = 0;
  std::int32_t high = 0;
  for (const Weights& one : weights) {
    low = std::min(low, SumOf(one, -1));
    high = std::max(high, SumOf(one, +1));
  }
  const std::int32_t levels = (high - low) / distance;
  const auto inputs = static_cast<std::int32_t>(weights.front().size());
  const auto classes = static_cast<std::int32_t>(weights.size());
  SpikingNetwork network = NetworkOfLines({inputs, 1, 1});
  SpikingLayer& layer =
      AddLayer(network, {.sources = {kEncodedInput}, .channels = classes * levels});
  Finish(network);
  network.class_count = classes;
  for (std::int32_t i = 0; i < classes * levels; ++i) {
    const Weights& one = weights[static_cast<std::size_t>(i / levels)];
    std::ranges::copy(one, layer.inputs[0].weights.begin() + std::int64_t{i} * inputs);
    layer.thresholds[static_cast<std::size_t>(i)] = low + distance * (i % levels + 1);
    network.output_classes[static_cast<std::size_t>(i)] = i / levels;
  }
  return network;
}

std::vector<Weights> RandomWeights(std::int32_t inputs, std::int32_t magnitude,
                                   std::uint64_t seed) {
  RandomSequence random(seed, 0);
  std::vector<Weights> weights(kClasses, Weights(static_cast<std::size_t>(inputs)));
  for (Weights& one : weights) {
    for (std::int16_t& weight : one) {
      weight = static_cast<std::int16_t>((static_cast<std::int32_t>(random.NextBelow(3)) - 1) *
                                         magnitude);
    }
  }
  return weights;
}

SpikingNetwork WithReadout(const SpikingNetwork& network, const ReadoutSplit& split) {
  SpikingNetwork changed = network;
  changed.layers.back() = split.layer;
  changed.output_classes = split.classes;
  return changed;
}

std::vector<std::int64_t> VotesOf(const SpikingNetwork& network, SpikingRunner& runner,
                                  const std::vector<std::uint32_t>& lines) {
  std::vector<std::int64_t> votes(static_cast<std::size_t>(network.class_count));
  const std::vector<std::uint8_t>& spikes = runner.Run(lines).back();
  for (std::size_t neuron = 0; neuron < spikes.size(); ++neuron) {
    votes[static_cast<std::size_t>(network.output_classes[neuron])] += spikes[neuron];
  }
  return votes;
}

// The greatest difference of votes between the networks, once what all classes have in common is
// taken off, over images from empty to full.
std::int64_t GreatestDifference(const SpikingNetwork& before, const SpikingNetwork& after) {
  SpikingRunner runner_before(before);
  SpikingRunner runner_after(after);
  RandomSequence random(9, 0);
  std::int64_t greatest = 0;
  for (std::uint32_t image = 0; image <= 32; ++image) {
    std::vector<std::uint32_t> lines;
    for (std::uint32_t line = 0; line < before.encoded_shape.size(); ++line) {
      if (random.NextBelow(32) < image) {
        lines.push_back(line);
      }
    }
    const std::vector<std::int64_t> expected = VotesOf(before, runner_before, lines);
    const std::vector<std::int64_t> found = VotesOf(after, runner_after, lines);
    for (std::size_t c = 1; c < expected.size(); ++c) {
      greatest = std::max(greatest, std::abs((expected[c] - expected[0]) - (found[c] - found[0])));
    }
  }
  return greatest;
}

TEST(SplitReadoutTest, ALevelForEachSumIsSplitExactly) {
  for (const std::int32_t inputs : {400, 512, 777}) {
    for (const std::int32_t magnitude : {1, 3}) {
      const SpikingNetwork network =
          Readout(RandomWeights(inputs, magnitude, std::uint64_t(inputs)), magnitude);
      const auto split = SplitReadout(network);
      ASSERT_TRUE(split.ok()) << split.status();
      ASSERT_TRUE(split->has_value());
      EXPECT_TRUE((*split)->exact);
      EXPECT_EQ((*split)->chunks, (inputs + 247) / 248);
      const SpikingNetwork changed = WithReadout(network, **split);
      ASSERT_TRUE(ValidateSpiking(changed).ok()) << ValidateSpiking(changed);
      EXPECT_EQ(GreatestDifference(network, changed), 0);
    }
  }
}

// Two levels for each sum: twice the neurons, still exact.
TEST(SplitReadoutTest, SeveralLevelsForEachSumAreSplitExactly) {
  const SpikingNetwork network = Readout(RandomWeights(600, 2, 5), 1);
  const auto split = SplitReadout(network);
  ASSERT_TRUE(split.ok() && split->has_value());
  EXPECT_TRUE((*split)->exact);
  EXPECT_EQ(GreatestDifference(network, WithReadout(network, **split)), 0);
}

// As the levels of one activation come: each input is cut by itself.
TEST(SplitReadoutTest, SumsOfSeveralInputsAreSplitExactly) {
  const SpikingNetwork network = Readout(RandomWeights(600, 1, 11), 1);
  SpikingNetwork several = network;
  std::vector<LayerInput>& inputs = several.layers[0].inputs;
  inputs.push_back(inputs[0]);
  for (std::size_t i = 0; i < inputs[0].weights.size(); ++i) {
    inputs[i % 3 == 0 ? 0 : 1].weights[i] = 0;
  }
  const auto split = SplitReadout(several);
  ASSERT_TRUE(split.ok() && split->has_value());
  EXPECT_TRUE((*split)->exact);
  EXPECT_EQ((*split)->layer.inputs.size(), 2u);
  const SpikingNetwork changed = WithReadout(several, **split);
  ASSERT_TRUE(ValidateSpiking(changed).ok()) << ValidateSpiking(changed);
  EXPECT_EQ(GreatestDifference(network, changed), 0);
  const auto mapped = MapNetwork(several, {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  EXPECT_LE(mapped->chip.cores.size(), 3u * kClasses * 6);
}

TEST(SplitReadoutTest, LevelsFurtherApartThanSumsAreRoundedPartByPart) {
  const SpikingNetwork network = Readout(RandomWeights(700, 1, 6), 3);
  const auto split = SplitReadout(network);
  ASSERT_TRUE(split.ok() && split->has_value());
  EXPECT_FALSE((*split)->exact);
  const std::int64_t difference = GreatestDifference(network, WithReadout(network, **split));
  EXPECT_GT(difference, 0);
  EXPECT_LE(difference, 2 * (*split)->chunks);  // half a vote a part and class, and the levels' own
}

// What a class of the least sums would have at them is taken off all classes, and the rest given to
// the others by neurons that always fire.
TEST(SplitReadoutTest, ClassesThatStartAheadStayAhead) {
  std::vector<Weights> weights = RandomWeights(300, 1, 7);
  std::ranges::fill(weights[2], std::int16_t{1});
  std::ranges::fill(weights[3], std::int16_t{-1});
  const SpikingNetwork network = Readout(weights, 1);
  const auto split = SplitReadout(network);
  ASSERT_TRUE(split.ok() && split->has_value());
  EXPECT_TRUE((*split)->exact);
  const SpikingNetwork changed = WithReadout(network, **split);
  EXPECT_EQ(GreatestDifference(network, changed), 0);
  SpikingRunner runner(changed);
  EXPECT_EQ(VotesOf(changed, runner, {})[2], 300);  // without a spike, -300 behind it
}

TEST(SplitReadoutTest, MapsWithoutBeingAskedAndEstimateCountsIt) {
  const std::vector<Weights> weights = RandomWeights(512, 1, 8);
  std::int64_t widest = 0;  // an axon for each weight that is not 0
  for (const Weights& one : weights) {
    widest = std::max<std::int64_t>(widest, 512 - std::ranges::count(one, 0));
  }
  const SpikingNetwork network = Readout(weights, 1);
  const NetworkEstimate estimate = EstimateNetwork(network);
  EXPECT_TRUE(estimate.fits);
  const auto mapped = MapNetwork(network, {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  ASSERT_EQ(mapped->splits.size(), 1);
  EXPECT_TRUE(mapped->splits[0].readout);
  EXPECT_EQ(mapped->splits[0].chunks, 3);
  EXPECT_EQ(mapped->splits[0].axons, widest);
  EXPECT_EQ(mapped->splits[0].flipped_share, 0.0);
  EXPECT_TRUE(mapped->layers[0].exact);
  const auto cores = static_cast<std::int64_t>(mapped->chip.cores.size());
  EXPECT_LE(cores, 2 * kClasses * 3);
  EXPECT_LE(estimate.cores, 2 * cores);
  EXPECT_GE(2 * estimate.cores, cores);
}

TEST(SplitReadoutTest, UnevenLevelsNeedTheLossySplit) {
  const SpikingNetwork network = Readout(RandomWeights(700, 1, 6), 3);
  const auto refused = MapNetwork(network, {});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kOutOfRange);
  const std::vector<Remedy> remedies = RemediesOf(refused.status());
  ASSERT_EQ(remedies.size(), 1u);
  EXPECT_EQ(remedies[0].kind, RemedyKind::kLossySplit);
  EXPECT_THAT(remedies[0].detail, ::testing::StartsWith("which cuts them into 3 parts"));
  MappingOptions options;
  options.lossy_split = true;
  const auto mapped = MapNetwork(network, options);
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  EXPECT_FALSE(mapped->layers.back().exact);
}

TEST(SplitReadoutTest, OthersAreLeftAlone) {
  const auto expect_left = [](const SpikingNetwork& network) {
    const auto split = SplitReadout(network);
    ASSERT_TRUE(split.ok()) << split.status();
    EXPECT_FALSE(split->has_value());
  };
  expect_left(Readout(RandomWeights(200, 1, 1), 1));    // fits
  expect_left(Readout(RandomWeights(700, 1, 1), 100));  // a few levels: parts would round all away
  SpikingNetwork voters = Readout(RandomWeights(700, 1, 1), 1);
  voters.layers[0].inputs[0].weights[0] = static_cast<std::int16_t>(
      1 - std::abs(voters.layers[0].inputs[0].weights[0]));  // one neuron differs
  expect_left(voters);
  SpikingNetwork rectified = Readout(RandomWeights(700, 1, 1), 1);
  for (std::int32_t& threshold : rectified.layers[0].thresholds) {
    threshold = std::max(threshold, 0);
  }
  expect_left(rectified);
}

}  // namespace
}  // namespace spikemesh
