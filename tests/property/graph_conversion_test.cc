// SPDX-License-Identifier: Apache-2.0
// The conversion of networks that are graphs: every value of every activation of a step network is
// what RunNetwork computes, and what the chip computes is what the spiking network computes,
// pipelined and rate-coded, for kept and for quantised weights.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "converters/mapping/map_network.h"
#include "converters/spiking/fold_network.h"
#include "converters/spiking/fold_rate.h"
#include "core/base/random.h"
#include "core/machine/machine.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/random_graph.h"
#include "tests/testing/random_network.h"

namespace spikemesh {
namespace {

constexpr int kImages = 5;

// What was seen, so that the claims are about something.
struct Totals {
  std::int64_t spikes = 0;
  int split = 0;    // networks with a layer that a core cannot hold
  int refused = 0;  // with biases that a core cannot hold, in rate mode
};

// Neuron by neuron, how many of the layers of a node fire, against the node's value: more spikes
// for a greater value, equally many for an equal one.
void ExpectCountsFollowValues(const FoldedNetwork& folded, const Network& network,
                              const std::vector<std::vector<std::uint8_t>>& spikes,
                              const std::vector<std::vector<double>>& values) {
  std::map<std::int32_t, std::vector<int>> counts;  // by node
  for (std::size_t layer = 0; layer < spikes.size(); ++layer) {
    const std::int32_t node = folded.layer_nodes[layer];
    if (node < 0) {
      continue;
    }
    std::vector<int>& of_node = counts[node];
    of_node.resize(spikes[layer].size());
    for (std::size_t i = 0; i < of_node.size(); ++i) {
      of_node[i] += spikes[layer][i];
    }
  }
  for (const auto& [node, of_node] : counts) {
    const std::vector<double>& of_values = values[static_cast<std::size_t>(node)];
    ASSERT_EQ(of_node.size(), of_values.size());
    std::map<int, double> value_of_count;
    for (std::size_t i = 0; i < of_node.size(); ++i) {
      const auto [at, added] = value_of_count.emplace(of_node[i], of_values[i]);
      ASSERT_EQ(at->second, of_values[i])
          << network.nodes[static_cast<std::size_t>(node)].name << " value " << i;
    }
    double before = -1e300;
    for (const auto& [count, value] : value_of_count) {
      ASSERT_GT(value, before);
      before = value;
    }
  }
}

TEST(GraphConversionTest, EveryActivationOfStepGraphsIsRunNetworks) {
  RandomSequence random(21, 0);
  GraphCoverage coverage;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(::testing::Message() << "network " << i);
    const Network network = DrawStepGraph(random, coverage);
    const auto folded = FoldNetwork(network, {});
    ASSERT_TRUE(folded.ok()) << folded.status();
    NetworkRunner floats(network);
    SpikingRunner integers(folded->network);
    for (int image = 0; image < kImages; ++image) {
      const auto bytes = DrawImage(random, network.input_shape.size());
      const auto& values = floats.Run(Preprocess(folded->network.input, bytes));
      const auto& spikes = integers.Run(ActiveLines(folded->network.input, bytes));
      ExpectCountsFollowValues(*folded, network, spikes, values);
      ASSERT_FALSE(HasFatalFailure());
      ASSERT_EQ(integers.predicted_class(), floats.predicted_class());
    }
  }
  EXPECT_GT(coverage.additions, 50);
  EXPECT_GT(coverage.concatenations, 50);
  EXPECT_GT(coverage.max_pools, 50);
  EXPECT_GT(coverage.average_pools, 4);
  EXPECT_GT(coverage.staircases, 100);
  EXPECT_GT(coverage.signs, 200);
}

MappingOptions Splitting() {
  MappingOptions options;
  options.lossy_split = true;
  return options;
}

// The pins of each tick, for images shown one a tick, are those of the network inside the chip;
// where no layer was split they are those of `network`.
void ExpectPipelinedChipEqual(const SpikingNetwork& network, RandomSequence& random,
                              Totals& totals) {
  const auto mapped = MapNetwork(network, Splitting());
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  const ChipModel& chip = mapped->chip;
  const auto legalized = ParseSpiking(chip.spiking_network);
  ASSERT_TRUE(legalized.ok()) << legalized.status();
  const bool split = !mapped->splits.empty();
  totals.split += split ? 1 : 0;
  auto machine = Machine::Create(chip);
  ASSERT_TRUE(machine.ok()) << machine.status();
  SpikingRunner runner(split ? *legalized : network);
  std::vector<std::vector<std::uint32_t>> images;
  for (int image = 0; image < kImages; ++image) {
    const std::int64_t pixels =
        std::int64_t{network.input.shape[0]} * network.input.shape[1] * network.input.shape[2];
    images.push_back(ActiveLines(network.input, DrawImage(random, pixels)));
    for (const std::uint32_t line : images.back()) {
      machine->SendLine(LineIndex(line), Tick(image + 1));
    }
  }
  machine->RunUntil(Tick(chip.presentation.latency_ticks));
  for (int image = 0; image < kImages; ++image) {
    machine->Step();
    std::vector<std::uint8_t> pins(chip.pin_count);
    for (const PinIndex pin : machine->pins()) {
      ++pins[pin.value()];
    }
    ASSERT_EQ(pins, runner.Run(images[static_cast<std::size_t>(image)]).back());
    totals.spikes += std::count(pins.begin(), pins.end(), 1);
  }
}

TEST(GraphConversionTest, ChipsOfStepGraphsFirePinByPinAsTheNetworkForAllWeightKinds) {
  RandomSequence random(22, 0);
  GraphCoverage coverage;
  Totals totals;
  for (int i = 0; i < 60; ++i) {
    SCOPED_TRACE(::testing::Message() << "network " << i);
    const Network network = DrawStepGraph(random, coverage);
    FoldOptions options;
    options.layer.weights = static_cast<WeightKind>(i % 5);
    const auto folded = FoldNetwork(network, {}, options);
    ASSERT_TRUE(folded.ok()) << folded.status();
    ExpectPipelinedChipEqual(folded->network, random, totals);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(totals.spikes, 1000);
  EXPECT_GT(totals.split, 3);
}

// One image of `ticks` ticks on the machine and in the network inside the chip.
void ExpectRateChipEqual(const SpikingNetwork& network, RandomSequence& random, Totals& totals) {
  const auto mapped = MapNetwork(network, Splitting());
  if (absl::IsOutOfRange(mapped.status())) {
    ++totals.refused;
    return;
  }
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  totals.split += mapped->splits.empty() ? 0 : 1;
  const ChipModel& chip = mapped->chip;
  const auto legalized = ParseSpiking(chip.spiking_network);
  ASSERT_TRUE(legalized.ok()) << legalized.status();
  auto machine = Machine::Create(chip);
  ASSERT_TRUE(machine.ok()) << machine.status();
  RateRunner runner(*legalized);
  runner.Begin();
  const PresentationModel& presentation = chip.presentation;
  for (std::int32_t tick = 1; tick <= presentation.ticks_per_image + presentation.latency_ticks;
       ++tick) {
    std::vector<std::uint32_t> lines;
    for (std::uint32_t line = 0; line < static_cast<std::uint32_t>(network.encoded_shape.size());
         ++line) {
      if (tick <= presentation.ticks_per_image && random.NextBelow(3) == 0) {
        lines.push_back(line);
        machine->SendLine(LineIndex(line), Tick(tick));
      }
    }
    machine->Step();
    std::vector<std::uint8_t> pins(chip.pin_count);
    for (const PinIndex pin : machine->pins()) {
      ++pins[pin.value()];
    }
    ASSERT_EQ(pins, runner.Step(lines).back()) << "tick " << tick;
    totals.spikes += std::count(pins.begin(), pins.end(), 1);
  }
}

TEST(GraphConversionTest, ChipsOfReluGraphsFirePinByPinAsTheNetworkForAllWeightKinds) {
  RandomSequence random(23, 0);
  GraphCoverage coverage;
  Totals totals;
  for (int i = 0; i < 60; ++i) {
    SCOPED_TRACE(::testing::Message() << "network " << i);
    const Network network = DrawReluGraph(random, coverage);
    CalibrationImages calibration;
    for (int image = 0; image < 8; ++image) {
      std::vector<double> values;
      for (std::int64_t pixel = 0; pixel < network.input_shape.size(); ++pixel) {
        values.push_back(random.NextUnit());
      }
      calibration.images.push_back(std::move(values));
      calibration.labels.push_back(0);
    }
    RateFoldOptions options;
    options.ticks = 12;
    options.weights = static_cast<WeightKind>(1 + i % 4);
    const auto folded = FoldRateNetwork(network, {}, calibration, options);
    ASSERT_TRUE(folded.ok()) << folded.status();
    ExpectRateChipEqual(folded->network, random, totals);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(totals.spikes, 1000);
  EXPECT_GT(totals.split, 3);
  EXPECT_GT(coverage.additions, 5);
  EXPECT_GT(coverage.concatenations, 5);
  EXPECT_GT(coverage.average_pools, 2);
  EXPECT_GT(coverage.max_pools, 10);
  EXPECT_LT(totals.refused, 6);
}

}  // namespace
}  // namespace spikemesh
