// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_spiking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/random.h"
#include "tests/networks/ir/sum_of_neuron.h"
#include "tests/testing/random_spiking.h"

namespace spikemesh {
namespace {

using Spikes = std::vector<std::uint8_t>;

std::vector<Spikes> RunByDefinition(const SpikingNetwork& network,
                                    const std::vector<std::uint32_t>& lines) {
  Spikes encoded(network.encoded_shape.size());
  for (const std::uint32_t line : lines) {
    encoded[line] = 1;
  }
  std::vector<Spikes> result;
  for (const SpikingLayer& layer : network.layers) {
    std::vector<Spikes> inputs;
    for (const LayerInput& edge : layer.inputs) {
      inputs.push_back(edge.source < 0 ? encoded : result[edge.source]);
    }
    Spikes output;
    for (std::int32_t flat = 0; flat < layer.output_shape.size(); ++flat) {
      output.push_back(SumOfNeuron(layer, inputs, flat) >= layer.thresholds[flat] ? 1 : 0);
    }
    result.push_back(output);
  }
  return result;
}

// {inputs} -> {1}, dense.
SpikingNetwork OneNeuron(std::vector<std::int16_t> weights, std::int32_t threshold) {
  SpikingNetwork network;
  SpikingLayer layer;
  network.encoded_shape = {static_cast<std::int32_t>(weights.size()), 1, 1};
  layer.output_shape = {1, 1, 1};
  layer.inputs = {{.source = kEncodedInput,
                   .delay_ticks = 0,
                   .shape = network.encoded_shape,
                   .window = {},
                   .weights = std::move(weights)}};
  layer.thresholds = {threshold};
  network.layers = {layer};
  network.output_classes = {0};
  network.class_count = 1;
  return network;
}

TEST(RunSpikingTest, EqualsTheDefinitionForRandomGeometriesGroupsAndInputs) {
  RandomSequence random(1, 0);
  int fired = 0;
  int silent = 0;
  int of_two_inputs = 0;
  for (int i = 0; i < 400; ++i) {
    // Weights of 255 over a few hundred inputs need 32-bit sums; small ones 16 bits.
    const SpikingNetwork network = DrawSpikingNetwork(random, {.weight_max = i % 2 == 0 ? 1 : 255});
    ASSERT_TRUE(ValidateSpiking(network).ok()) << ValidateSpiking(network);
    of_two_inputs += network.layers.back().inputs.size() == 2 ? 1 : 0;
    SpikingRunner runner(network);
    for (int image = 0; image < 3; ++image) {
      const auto lines = DrawLines(random, network.encoded_shape.size());
      const std::vector<Spikes> expected = RunByDefinition(network, lines);
      ASSERT_EQ(runner.Run(lines), expected) << "network " << i;
      fired += static_cast<int>(std::count(expected[0].begin(), expected[0].end(), 1));
      silent += static_cast<int>(std::count(expected[0].begin(), expected[0].end(), 0));
    }
  }
  EXPECT_GT(fired, 1000);  // the claim is empty if networks are constant
  EXPECT_GT(silent, 1000);
  EXPECT_GT(of_two_inputs, 100);
}

TEST(RunSpikingTest, ResidualOfFinerGroupsAddsToTheSameSums) {
  // A dense convolution of two channels, weights 1 2 / 3 4, and a channel by channel one of weight
  // -3, both of the same three pixels a channel.
  SpikingNetwork network;
  network.encoded_shape = {2, 1, 3};
  LayerInput dense = {.source = kEncodedInput,
                      .delay_ticks = 0,
                      .shape = network.encoded_shape,
                      .window = {},
                      .weights = {1, 2, 3, 4}};
  LayerInput residual = dense;
  residual.groups = 2;
  residual.weights = {-3, -3};
  SpikingLayer layer;
  layer.inputs = {dense, residual};
  layer.output_shape = {2, 1, 3};
  layer.thresholds = {-2, 2, 0, 0, 4, 1};
  network.layers = {layer};
  network.output_classes = {0, 0, 0, 0, 0, 0};
  network.class_count = 1;
  ASSERT_TRUE(ValidateSpiking(network).ok());
  // Pixel 0 of channel 0, pixel 1 of channel 1, pixel 2 of both. Sums of channel 0: 1 - 3 = -2,
  // 2, 1 + 2 - 3 = 0; of channel 1: 3, 4 - 3 = 1, 3 + 4 - 3 = 4.
  const std::vector<std::uint32_t> lines = {0, 2, 4, 5};
  EXPECT_EQ(SpikingRunner(network).Run(lines)[0], (Spikes{1, 1, 1, 1, 0, 1}));
  network.layers[0].thresholds = {-1, 3, 1, 4, 2, 5};
  EXPECT_EQ(SpikingRunner(network).Run(lines)[0], (Spikes{0, 0, 0, 0, 0, 0}));
}

TEST(RunSpikingTest, SumsBeyond16BitsDoNotWrap) {
  // 200 inputs of weight 255: 51,000, which 16 bits would turn negative.
  const std::vector<std::int16_t> weights(200, 255);
  const SpikingNetwork reached = OneNeuron(weights, 51000);
  const SpikingNetwork missed = OneNeuron(weights, 51001);
  std::vector<std::uint32_t> all(200);
  for (std::uint32_t i = 0; i < 200; ++i) {
    all[i] = i;
  }
  EXPECT_EQ(SpikingRunner(reached).Run(all)[0][0], 1);
  EXPECT_EQ(SpikingRunner(missed).Run(all)[0][0], 0);
  all.pop_back();
  EXPECT_EQ(SpikingRunner(reached).Run(all)[0][0], 0);
}

TEST(RunSpikingTest, SumsJustInside16BitsAreExact) {
  // 128 of 255 and one of 126: a range of 32,766, the last one that 16-bit sums hold.
  std::vector<std::int16_t> weights(128, 255);
  weights.push_back(126);
  std::vector<std::uint32_t> all(129);
  for (std::uint32_t i = 0; i < 129; ++i) {
    all[i] = i;
  }
  EXPECT_EQ(SpikingRunner(OneNeuron(weights, 32766)).Run(all)[0][0], 1);
  EXPECT_EQ(SpikingRunner(OneNeuron(weights, 32767)).Run(all)[0][0], 0);
}

TEST(RunSpikingTest, ThresholdsOutOfReachAreNeverAndAlways) {
  constexpr auto kMin = std::numeric_limits<std::int32_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int32_t>::max();
  const std::vector<std::uint32_t> both = {0, 1};
  EXPECT_EQ(SpikingRunner(OneNeuron({1, -1}, kMax)).Run(both)[0][0], 0);
  EXPECT_EQ(SpikingRunner(OneNeuron({1, -1}, kMin)).Run(both)[0][0], 1);
  EXPECT_EQ(SpikingRunner(OneNeuron({1, -1}, kMin)).Run({})[0][0], 1);
}

TEST(RunSpikingTest, FiresAtTheThresholdNotBelow) {
  const std::vector<std::uint32_t> two = {0, 1};
  const std::vector<std::uint32_t> three = {0, 1, 2};
  const SpikingNetwork network = OneNeuron({1, 1, 1}, 3);
  EXPECT_EQ(SpikingRunner(network).Run(two)[0][0], 0);
  EXPECT_EQ(SpikingRunner(network).Run(three)[0][0], 1);
}

TEST(RunSpikingTest, LinesAreASetAndNothingIsRememberedBetweenImages) {
  const SpikingNetwork network = OneNeuron({1, 1}, 2);
  SpikingRunner runner(network);
  const std::vector<std::uint32_t> twice = {1, 1};
  const std::vector<std::uint32_t> both = {1, 0};
  EXPECT_EQ(runner.Run(twice)[0][0], 0);  // not a sum of 2
  EXPECT_EQ(runner.Run(both)[0][0], 1);
  EXPECT_EQ(runner.Run({})[0][0], 0);
}

TEST(RunSpikingTest, ClassIsTheOneWithMostSpikesAndTiesGoToTheLowest) {
  // Four neurons that copy four lines; neuron 3 votes for nothing.
  SpikingNetwork network;
  SpikingLayer layer;
  layer.output_shape = {4, 1, 1};
  layer.inputs = {{.source = kEncodedInput,
                   .delay_ticks = 0,
                   .shape = {4, 1, 1},
                   .window = {},
                   .groups = 4,
                   .weights = {1, 1, 1, 1}}};
  layer.thresholds = {1, 1, 1, 1};
  network.encoded_shape = {4, 1, 1};
  network.layers = {layer};
  network.output_classes = {2, 1, 2, -1};
  network.class_count = 3;
  ASSERT_TRUE(ValidateSpiking(network).ok());
  SpikingRunner runner(network);
  const auto class_of = [&runner](std::vector<std::uint32_t> lines) {
    runner.Run(lines);
    return runner.predicted_class();
  };
  EXPECT_EQ(class_of({}), 0);   // no votes: the lowest class
  EXPECT_EQ(class_of({3}), 0);  // a vote for nothing
  EXPECT_EQ(class_of({0}), 2);
  EXPECT_EQ(class_of({0, 1}), 1);     // one each for 1 and 2
  EXPECT_EQ(class_of({0, 1, 2}), 2);  // two for 2
}

TEST(RunSpikingDeathTest, LineBeyondTheEncoderIsACheckFailure) {
  const SpikingNetwork network = OneNeuron({1, 1}, 1);
  SpikingRunner runner(network);
  const std::vector<std::uint32_t> beyond = {2};
  EXPECT_DEATH(runner.Run(beyond), "check failed");
}

}  // namespace
}  // namespace spikemesh
