// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_rate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/random.h"
#include "tests/networks/ir/sum_of_neuron.h"
#include "tests/testing/random_spiking.h"

namespace spikemesh {
namespace {

using Spikes = std::vector<std::uint8_t>;
using Trains = std::vector<Spikes>;  // [tick - 1]: what one source fired

std::int64_t Saturate(std::int64_t potential) {
  return std::clamp<std::int64_t>(potential, kPotentialMin, kPotentialMax);
}

// The reference twin: all spikes of all ticks are kept, and a tick is done as its definition says.
class RateByDefinition {
 public:
  explicit RateByDefinition(const SpikingNetwork& network) : network_(network) {
    trains_.resize(network.layers.size() + 1);
    for (const SpikingLayer& layer : network.layers) {
      potentials_.emplace_back(layer.initial_potentials.begin(), layer.initial_potentials.end());
    }
  }

  std::vector<Spikes> Step(const std::vector<std::uint32_t>& lines) {
    Spikes encoded(network_.encoded_shape.size());
    for (const std::uint32_t line : lines) {
      encoded[line] = 1;
    }
    trains_[0].push_back(encoded);
    std::vector<Spikes> result;
    for (std::size_t l = 0; l < network_.layers.size(); ++l) {
      result.push_back(StepLayer(l));
      trains_[l + 1].push_back(result.back());
    }
    return result;
  }

 private:
  // What `input` brings in the newest tick of the encoder.
  Spikes Arriving(const LayerInput& input) const {
    const auto tick = static_cast<std::int64_t>(trains_[0].size());
    const std::int64_t fired = tick - input.delay_ticks;
    if (fired < 1) {
      return Spikes(input.shape.size());
    }
    return trains_[input.source + 1][fired - 1];
  }

  Spikes StepLayer(std::size_t l) {
    const SpikingLayer& layer = network_.layers[l];
    std::vector<Spikes> inputs;
    for (const LayerInput& input : layer.inputs) {
      inputs.push_back(Arriving(input));
    }
    Spikes spikes;
    for (std::int32_t flat = 0; flat < layer.output_shape.size(); ++flat) {
      const std::int64_t sum = SumOfNeuron(layer, inputs, flat);
      const std::int64_t threshold = layer.thresholds[flat];
      if (!layer.integrating()) {
        spikes.push_back(sum >= threshold ? 1 : 0);
        continue;
      }
      std::int64_t& potential = potentials_[l][flat];
      potential = Saturate(potential + sum);
      potential = Saturate(potential + layer.leaks[flat]);
      const bool spike = potential >= threshold;
      if (spike) {
        potential -= threshold;
      } else if (potential < -kNegativeThreshold) {
        potential = -kNegativeThreshold;
      }
      spikes.push_back(spike ? 1 : 0);
    }
    return spikes;
  }

  const SpikingNetwork& network_;
  std::vector<Trains> trains_;  // [source + 1]
  std::vector<std::vector<std::int64_t>> potentials_;
};

TEST(RunRateTest, EverySpikeOfEveryTickEqualsTheDefinition) {
  RandomSequence random(11, 0);
  std::int64_t fired = 0;
  std::int64_t silent = 0;
  for (int i = 0; i < 300; ++i) {
    const SpikingNetwork network = DrawSpikingNetwork(
        random, {.weight_max = i % 2 == 0 ? 3 : 255, .rate = true, .delay_max = 1 + i % 4});
    ASSERT_TRUE(ValidateSpiking(network).ok()) << ValidateSpiking(network);
    RateRunner runner(network);
    for (int image = 0; image < 2; ++image) {
      RateByDefinition expected(network);
      runner.Begin();
      for (int tick = 1; tick <= 12; ++tick) {
        const auto lines = tick <= 8 ? DrawLines(random, network.encoded_shape.size())
                                     : std::vector<std::uint32_t>();
        const std::vector<Spikes> spikes = expected.Step(lines);
        ASSERT_EQ(runner.Step(lines), spikes) << "network " << i << ", tick " << tick;
        fired += std::count(spikes.back().begin(), spikes.back().end(), 1);
        silent += std::count(spikes.back().begin(), spikes.back().end(), 0);
      }
    }
  }
  EXPECT_GT(fired, 10000);  // the claim is empty if networks are constant
  EXPECT_GT(silent, 10000);
}

// One line into one integrating neuron.
SpikingNetwork Integrator(std::int16_t weight, std::int32_t threshold, std::int32_t leak,
                          std::int32_t initial) {
  SpikingNetwork network;
  network.encoded_shape = {1, 1, 1};
  SpikingLayer layer;
  layer.inputs = {{.source = kEncodedInput,
                   .delay_ticks = 0,
                   .shape = {1, 1, 1},
                   .window = {},
                   .weights = {weight}}};
  layer.output_shape = {1, 1, 1};
  layer.thresholds = {threshold};
  layer.leaks = {leak};
  layer.initial_potentials = {initial};
  network.layers = {layer};
  network.output_classes = {0};
  network.class_count = 1;
  network.presentation = {PresentationMode::kRate, 4, 0};
  return network;
}

// The spikes of ticks 1..`ticks`, the line active in all of them.
std::vector<int> SpikesOf(const SpikingNetwork& network, int ticks) {
  EXPECT_TRUE(ValidateSpiking(network).ok()) << ValidateSpiking(network);
  RateRunner runner(network);
  runner.Begin();
  std::vector<int> spikes;
  const std::vector<std::uint32_t> line = {0};
  for (int tick = 0; tick < ticks; ++tick) {
    spikes.push_back(runner.Step(line)[0][0]);
  }
  return spikes;
}

TEST(RunRateTest, ThresholdIsSubtractedAndTheRestStays) {
  // V: 2, 4 -> 1 (spike), 3 -> 0 (spike), 2, 4 -> 1.
  EXPECT_EQ(SpikesOf(Integrator(2, 3, 0, 0), 5), (std::vector<int>{0, 1, 1, 0, 1}));
}

TEST(RunRateTest, LeakAndInitialPotentialCount) {
  // V: 1 + 2 - 1 = 2, 3 -> 0, 1, 2.
  EXPECT_EQ(SpikesOf(Integrator(2, 3, -1, 1), 4), (std::vector<int>{0, 1, 0, 0}));
}

TEST(RunRateTest, PotentialStopsAtTheNegativeThreshold) {
  // The first tick, without the line, leaves V at -262,143 instead of the -2^19 where it began. Up
  // from there by 32,767 - 767 = 32,000 a tick: 8 ticks give -6,143, the ninth reaches 1.
  const SpikingNetwork network = Integrator(32767, 1, -767, kPotentialMin);
  RateRunner runner(network);
  runner.Begin();
  EXPECT_EQ(runner.Step({})[0][0], 0);
  const std::vector<std::uint32_t> line = {0};
  for (int tick = 1; tick <= 8; ++tick) {
    EXPECT_EQ(runner.Step(line)[0][0], 0) << tick;
  }
  EXPECT_EQ(runner.Step(line)[0][0], 1);
}

TEST(RunRateTest, SaturatesAfterTheSumAndAfterTheLeak) {
  // V(0) at the top, weight +255, leak -255: the sum saturates, so 255 are lost in every tick.
  // Threshold kThresholdMax: the top minus 255 spikes once, and leaves (2^19 - 1) - 255 - (2^18 -
  // 1) = 2^18 - 255, which is not above it any more until a tick adds to it.
  EXPECT_EQ(SpikesOf(Integrator(255, kThresholdMax, -255, kPotentialMax), 2),
            (std::vector<int>{1, 0}));
  // Without saturation the leak would be made up for, and there would be a second one.
  EXPECT_EQ(SpikesOf(Integrator(255, kThresholdMax, 0, kPotentialMax - 255), 2),
            (std::vector<int>{1, 1}));
}

TEST(RunRateTest, MemorylessLayersForgetBetweenTicks) {
  SpikingNetwork network = Integrator(1, 2, 0, 0);
  network.layers[0].leaks.clear();
  network.layers[0].initial_potentials.clear();
  EXPECT_EQ(SpikesOf(network, 3), (std::vector<int>{0, 0, 0}));
  network.layers[0].thresholds = {1};
  EXPECT_EQ(SpikesOf(network, 3), (std::vector<int>{1, 1, 1}));
}

TEST(RunRateTest, DelayedSpikesArriveInTheirTickNotBefore) {
  SpikingNetwork network = Integrator(1, 1, 0, 0);
  network.layers.push_back(network.layers[0]);
  network.layers[1].inputs[0].source = 0;
  network.layers[1].inputs[0].delay_ticks = 3;
  network.presentation.latency_ticks = 3;
  RateRunner runner(network);
  runner.Begin();
  const std::vector<std::uint32_t> line = {0};
  std::vector<int> spikes;
  for (int tick = 1; tick <= 5; ++tick) {
    const auto& fired = tick == 1 ? runner.Step(line) : runner.Step({});
    spikes.push_back(fired[1][0]);
  }
  EXPECT_EQ(spikes, (std::vector<int>{0, 0, 0, 1, 0}));
}

TEST(RunRateTest, BeginForgetsPotentialsSpikesUnderWayAndVotes) {
  SpikingNetwork network = Integrator(2, 3, 0, 0);
  network.output_classes = {1};
  network.class_count = 2;
  RateRunner runner(network);
  const std::vector<std::uint32_t> line = {0};
  for (int image = 0; image < 2; ++image) {
    runner.Begin();
    EXPECT_EQ(runner.predicted_class(), 0);
    EXPECT_EQ(runner.Step(line)[0][0], 0);
    EXPECT_EQ(runner.Step(line)[0][0], 1);
    EXPECT_EQ(runner.outputs().size(), 1u);
    EXPECT_EQ(runner.predicted_class(), 1);
  }
}

TEST(RunRateTest, VotesAreCountedInTheReadoutTicksOnly) {
  // Latency 2 and two ticks an image: ticks 3 and 4. Class 1 fires in tick 2 and 5, class 0 never.
  SpikingNetwork network = Integrator(1, 1, 0, 0);
  network.output_classes = {1};
  network.class_count = 2;
  network.presentation = {PresentationMode::kRate, 2, 2};
  RateRunner runner(network);
  const std::vector<std::uint32_t> line = {0};
  for (const int spiking : {1, 2, 3, 4, 5}) {
    runner.Begin();
    for (int tick = 1; tick <= 5; ++tick) {
      tick == spiking ? runner.Step(line) : runner.Step({});
    }
    EXPECT_EQ(runner.predicted_class(), spiking == 3 || spiking == 4 ? 1 : 0) << spiking;
  }
}

}  // namespace
}  // namespace spikemesh
