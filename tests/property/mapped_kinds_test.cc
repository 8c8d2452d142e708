// SPDX-License-Identifier: Apache-2.0
// What MapNetwork makes of spiking networks of every kind computes what the network inside the chip
// means, output spike by output spike: all ways in which weights become axon types, thresholds and
// leaks that need bias axons, several inputs of own windows, integrating and memoryless layers,
// copies and splitters. Networks that do not fit cores are drawn again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "converters/mapping/map_network.h"
#include "core/base/random.h"
#include "core/machine/machine.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/address_sanitizer.h"
#include "tests/testing/random_network.h"
#include "tests/testing/random_spiking.h"

namespace spikemesh {
namespace {

constexpr int kNetworks = 40;
constexpr int kImages = 6;

using Pins = std::vector<std::uint8_t>;  // [pin]: spikes in a tick

// What was exercised, so that the claims are about something.
struct Coverage {
  std::int64_t mapped = 0;
  std::int64_t cores = 0;
  std::int64_t bias_axons = 0;
  std::int64_t splitter_cores = 0;
  std::int64_t pin_spikes = 0;
  std::int64_t silent_pins = 0;
  std::int64_t inexact_layers = 0;
  std::vector<std::string> weights;  // of all layers
};

void Cover(const MappedNetwork& mapped, Coverage& coverage) {
  ++coverage.mapped;
  coverage.cores += static_cast<std::int64_t>(mapped.chip.cores.size());
  for (const MappedLayer& layer : mapped.layers) {
    coverage.bias_axons += layer.bias_axons;
    coverage.splitter_cores += layer.splitter_cores;
    coverage.inexact_layers += layer.exact ? 0 : 1;
    coverage.weights.push_back(layer.weights);
  }
}

void CoverPins(const Pins& pins, Coverage& coverage) {
  const std::int64_t spikes = std::count(pins.begin(), pins.end(), 1);
  coverage.pin_spikes += spikes;
  coverage.silent_pins += static_cast<std::int64_t>(pins.size()) - spikes;
}

Pins PinsOf(const Machine& machine, std::uint32_t pin_count) {
  Pins pins(pin_count);
  for (const PinIndex pin : machine.pins()) {
    ++pins[pin.value()];
  }
  return pins;
}

// One image a tick, from the very first tick on.
void ComparePipelined(const ChipModel& chip, const SpikingNetwork& network, RandomSequence& random,
                      Coverage& coverage) {
  auto machine = Machine::Create(chip);
  ASSERT_TRUE(machine.ok()) << machine.status();
  std::vector<Pins> expected;
  SpikingRunner runner(network);
  for (int tick = 1; tick <= kImages + chip.presentation.latency_ticks; ++tick) {
    const auto lines = tick <= kImages ? DrawLines(random, network.encoded_shape.size())
                                       : std::vector<std::uint32_t>();
    for (const std::uint32_t line : lines) {
      machine->SendLine(LineIndex(line), Tick(tick));
    }
    expected.push_back(runner.Run(lines).back());
    machine->Step();
    const int image = tick - 1 - chip.presentation.latency_ticks;
    if (image >= 0) {
      ASSERT_EQ(PinsOf(*machine, chip.pin_count), expected[image]) << "image " << image;
      CoverPins(expected[image], coverage);
    }
  }
}

// Each image from a fresh state, every tick of it compared.
void CompareRate(const ChipModel& chip, const SpikingNetwork& network, RandomSequence& random,
                 Coverage& coverage) {
  auto machine = Machine::Create(chip);
  ASSERT_TRUE(machine.ok()) << machine.status();
  RateRunner runner(network);
  const int input_ticks = chip.presentation.ticks_per_image;
  const int ticks = input_ticks + chip.presentation.latency_ticks;
  for (int image = 0; image < kImages; ++image) {
    machine->ResetAt(Tick(std::int64_t{image} * ticks));
    runner.Begin();
    for (int tick = 1; tick <= ticks; ++tick) {
      const auto lines = tick <= input_ticks ? DrawLines(random, network.encoded_shape.size())
                                             : std::vector<std::uint32_t>();
      for (const std::uint32_t line : lines) {
        machine->SendLine(LineIndex(line), machine->now() + 1);
      }
      machine->Step();
      const Pins& expected = runner.Step(lines).back();
      ASSERT_EQ(PinsOf(*machine, chip.pin_count), expected) << "image " << image << ", " << tick;
      CoverPins(expected, coverage);
    }
  }
}

// A network that fits cores, mapped. Every other one: few copies, so that fan-out takes splitters.
MappedNetwork DrawMapped(const SpikingNetworkLimits& limits, RandomSequence& random) {
  while (true) {
    const SpikingNetwork network = DrawSpikingNetwork(random, limits);
    const std::int32_t copies_max = random.NextBelow(2) == 0 ? 256 : DrawBetween(random, 1, 4);
    auto mapped = MapNetwork(network, {.copies_max = copies_max});
    EXPECT_TRUE(mapped.ok() || mapped.status().code() == absl::StatusCode::kOutOfRange)
        << mapped.status();
    if (mapped.ok()) {
      return *std::move(mapped);
    }
  }
}

Coverage CheckNetworks(const SpikingNetworkLimits& limits, std::uint64_t seed) {
  RandomSequence random(seed, 0);
  Coverage coverage;
  for (int i = 0; i < kNetworks && !::testing::Test::HasFatalFailure(); ++i) {
    SCOPED_TRACE(::testing::Message() << "network " << i);
    const MappedNetwork mapped = DrawMapped(limits, random);
    Cover(mapped, coverage);
    const auto network = ParseSpiking(mapped.chip.spiking_network);
    EXPECT_TRUE(network.ok()) << network.status();
    limits.rate ? CompareRate(mapped.chip, *network, random, coverage)
                : ComparePipelined(mapped.chip, *network, random, coverage);
  }
  EXPECT_GT(coverage.cores, kNetworks * 3 / 2);
  EXPECT_GT(coverage.splitter_cores, 0);
  EXPECT_GT(coverage.pin_spikes, 1000);
  EXPECT_GT(coverage.silent_pins, 1000);
  EXPECT_EQ(coverage.inexact_layers, 0);
  return coverage;
}

struct Kind {
  const char* name;
  DrawnWeights weights;
  std::int32_t inputs_max;
  const char* reported;
};

class MappedKindsTest : public ::testing::TestWithParam<std::tuple<Kind, bool>> {};

TEST_P(MappedKindsTest, EveryOutputSpikeIsEqual) {
  const auto& [kind, rate] = GetParam();
  const Coverage coverage =
      CheckNetworks({.weights = kind.weights, .inputs_max = kind.inputs_max, .rate = rate}, 21);
  EXPECT_GT(std::count(coverage.weights.begin(), coverage.weights.end(), kind.reported), 10);
}

const auto kKinds = ::testing::Values(Kind{"Ternary", DrawnWeights::kTernary, 100, "ternary"},
                                      Kind{"Int4", DrawnWeights::kInt4, 40, "int4"},
                                      Kind{"Codebook", DrawnWeights::kCodebook, 40, "codebook"},
                                      Kind{"Few", DrawnWeights::kFew, 60, "integer"});

INSTANTIATE_TEST_SUITE_P(Weights, MappedKindsTest, ::testing::Combine(kKinds, ::testing::Bool()),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).name) +
                                  (std::get<1>(test.param) ? "Rate" : "Pipelined");
                         });

class MappedLeaksTest : public ::testing::TestWithParam<Kind> {};

TEST_P(MappedLeaksTest, EveryOutputSpikeIsEqualWithLeaksFarBeyondTheChips) {
  const Kind& kind = GetParam();
  const Coverage coverage = CheckNetworks(
      {.weights = kind.weights, .inputs_max = kind.inputs_max, .leak_max = 700, .rate = true}, 22);
  EXPECT_GT(coverage.bias_axons, 50);
}

INSTANTIATE_TEST_SUITE_P(Weights, MappedLeaksTest, kKinds,
                         [](const auto& test) { return std::string(test.param.name); });

TEST(MappedThresholdsTest, EveryOutputSpikeIsEqualWithThresholdsBeyondTheChipsLeak) {
  // Sums of a codebook of up to 60 over 100 inputs: thresholds of several hundred.
  const Coverage coverage =
      CheckNetworks({.weights = DrawnWeights::kCodebook, .inputs_max = 55}, 23);
  EXPECT_GT(coverage.bias_axons, 50);
}

// Lines through two dense layers, the first far too wide for a core.
SpikingNetwork DrawWide(RandomSequence& random, bool rate) {
  SpikingNetwork network;
  network.encoded_shape = {DrawBetween(random, 260, 500), 1, 1};
  network.presentation = {rate ? PresentationMode::kRate : PresentationMode::kPipelined,
                          rate ? 16 : 1, 1};
  for (std::int32_t l = 0; l < 2; ++l) {
    LayerInput input;
    input.source = l - 1;
    input.delay_ticks = l;
    input.shape = SourceShape(network, l - 1);
    SpikingLayer layer;
    layer.output_shape = {l == 0 ? DrawBetween(random, 5, 60) : 10, 1, 1};
    for (std::int64_t i = 0; i < input.shape.size() * layer.output_shape.size(); ++i) {
      input.weights.push_back(static_cast<std::int16_t>(DrawBetween(random, -8, 7)));
    }
    layer.inputs = {input};
    for (std::int64_t i = 0; i < layer.output_shape.size(); ++i) {
      layer.thresholds.push_back(DrawBetween(random, rate ? 40 : -20, 100));
      if (rate) {
        layer.leaks.push_back(DrawBetween(random, -300, 20));
        layer.initial_potentials.push_back(DrawBetween(random, 0, 40));
      }
    }
    network.layers.push_back(layer);
  }
  network.output_classes.assign(10, 0);
  network.class_count = 1;
  return network;
}

class MappedSplitTest : public ::testing::TestWithParam<bool> {};

TEST_P(MappedSplitTest, EveryOutputSpikeOfASplitNetworkIsThatOfTheNetworkInTheChip) {
  RandomSequence random(24, 0);
  Coverage coverage;
  constexpr int kWideNetworks = kAddressSanitizer ? 4 : 8;  // ten seconds each under it
  for (int i = 0; i < kWideNetworks && !HasFatalFailure(); ++i) {
    SCOPED_TRACE(::testing::Message() << "network " << i);
    MappingOptions options;
    options.lossy_split = true;
    const auto mapped = MapNetwork(DrawWide(random, GetParam()), options);
    ASSERT_TRUE(mapped.ok()) << mapped.status();
    EXPECT_EQ(mapped->splits.size(), 1u);
    Cover(*mapped, coverage);
    const auto network = ParseSpiking(mapped->chip.spiking_network);
    ASSERT_TRUE(network.ok()) << network.status();
    GetParam() ? CompareRate(mapped->chip, *network, random, coverage)
               : ComparePipelined(mapped->chip, *network, random, coverage);
  }
  EXPECT_EQ(coverage.inexact_layers, kWideNetworks * 2);  // the parts and what merges them
  EXPECT_GT(coverage.pin_spikes, 6 * kWideNetworks);
  EXPECT_GT(coverage.silent_pins, 6 * kWideNetworks);
}

INSTANTIATE_TEST_SUITE_P(Modes, MappedSplitTest, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "Rate" : "Pipelined"; });

}  // namespace
}  // namespace spikemesh
