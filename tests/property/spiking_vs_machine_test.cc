// SPDX-License-Identifier: Apache-2.0
// The last two oracles must agree spike by spike: RunSpiking, and the machine that runs the chip
// which mapping made. Images follow each other tick by tick, so that a neuron which remembered
// anything of the image before would show.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "converters/mapping/map_network.h"
#include "converters/spiking/fold_network.h"
#include "core/base/random.h"
#include "core/chip/validate.h"
#include "core/machine/machine.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/random_network.h"

namespace spikemesh {
namespace {

constexpr int kImages = 12;

// What was exercised, so that the claims below are about something.
struct Coverage {
  std::int64_t cores_max = 0;
  std::int64_t splitter_cores = 0;
  std::int64_t copies = 0;
  std::int64_t pin_spikes = 0;
  std::int64_t silent_pins = 0;
};

std::vector<std::vector<std::uint32_t>> DrawImages(const SpikingNetwork& network,
                                                   RandomSequence& random) {
  const auto& shape = network.input.shape;
  std::vector<std::vector<std::uint32_t>> images;
  for (int i = 0; i < kImages; ++i) {
    images.push_back(ActiveLines(network.input,
                                 DrawImage(random, std::int64_t{shape[0]} * shape[1] * shape[2])));
  }
  return images;
}

// Runs all images as one stream, one a tick, and returns the pins of each image, one byte a pin.
std::vector<std::vector<std::uint8_t>> RunStream(
    const ChipModel& chip, const std::vector<std::vector<std::uint32_t>>& images, int threads) {
  auto machine = Machine::Create(chip, {.threads = threads});
  EXPECT_TRUE(machine.ok()) << machine.status();
  for (std::size_t image = 0; image < images.size(); ++image) {
    for (const std::uint32_t line : images[image]) {
      machine->SendLine(LineIndex(chip.input.first_line + line),
                        Tick(static_cast<std::int64_t>(image) + 1));
    }
  }
  machine->RunUntil(Tick(chip.presentation.latency_ticks));
  std::vector<std::vector<std::uint8_t>> result;
  for (std::size_t image = 0; image < images.size(); ++image) {
    machine->Step();
    std::vector<std::uint8_t> pins(chip.pin_count);
    for (const PinIndex pin : machine->pins()) {
      ++pins[pin.value()];
    }
    result.push_back(std::move(pins));
  }
  return result;
}

void Cover(const MappedNetwork& mapped, Coverage& coverage) {
  coverage.cores_max =
      std::max(coverage.cores_max, static_cast<std::int64_t>(mapped.chip.cores.size()));
  for (const MappedLayer& layer : mapped.layers) {
    coverage.splitter_cores += layer.splitter_cores;
    coverage.copies += layer.copies;
  }
}

void ExpectPinsEqualRunSpiking(const SpikingNetwork& network, int threads, RandomSequence& random,
                               Coverage& coverage) {
  // Every other network: few copies in the core, so that fan-out goes through splitters.
  const std::int32_t copies_max = random.NextBelow(2) == 0 ? 256 : DrawBetween(random, 1, 4);
  const auto mapped = MapNetwork(network, {.copies_max = copies_max});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  ASSERT_TRUE(ValidateChip(mapped->chip).ok());
  Cover(*mapped, coverage);
  const auto legalized = ParseSpiking(mapped->chip.spiking_network);
  ASSERT_TRUE(legalized.ok()) << legalized.status();
  const auto images = DrawImages(network, random);
  const auto pins = RunStream(mapped->chip, images, threads);
  SpikingRunner folded_runner(network);
  SpikingRunner legalized_runner(*legalized);
  for (int image = 0; image < kImages; ++image) {
    SCOPED_TRACE(::testing::Message() << "image " << image);
    const std::vector<std::uint8_t>& expected = folded_runner.Run(images[image]).back();
    ASSERT_EQ(pins[image], expected);
    ASSERT_EQ(legalized_runner.Run(images[image]).back(), expected);
    const std::int64_t spikes = std::count(expected.begin(), expected.end(), 1);
    coverage.pin_spikes += spikes;
    coverage.silent_pins += static_cast<std::int64_t>(expected.size()) - spikes;
  }
}

Coverage CheckRandomNetworks(std::uint64_t seed, int networks, const TrainedNetworkLimits& limits) {
  RandomSequence random(seed, 0);
  Coverage coverage;
  for (int i = 0; i < networks; ++i) {
    SCOPED_TRACE(::testing::Message() << "network " << i);
    const Network network = DrawTrainedNetwork(random, limits);
    const auto spiking = FoldNetwork(network, {});
    EXPECT_TRUE(spiking.ok()) << spiking.status();
    ExpectPinsEqualRunSpiking(spiking->network, 1 + i % 3, random, coverage);
    if (::testing::Test::HasFatalFailure()) {
      break;
    }
  }
  return coverage;
}

TEST(SpikingVsMachineTest, EveryPinSpikeOfSmallNetworksIsEqualInAPipelinedStream) {
  const Coverage coverage = CheckRandomNetworks(6, 150, {.fan_in_max = 90});
  EXPECT_GT(coverage.pin_spikes, 1000);
  EXPECT_GT(coverage.silent_pins, 1000);
}

TEST(SpikingVsMachineTest, EveryPinSpikeOfNetworksOverManyCoresIsEqualInAPipelinedStream) {
  const Coverage coverage = CheckRandomNetworks(
      7, 25,
      {.input_side = 12, .channels_max = 24, .layers_max = 3, .fan_in_max = 90, .stride_max = 1});
  EXPECT_GT(coverage.cores_max, 20);
  EXPECT_GT(coverage.copies, 0);
  EXPECT_GT(coverage.splitter_cores, 0);
  EXPECT_GT(coverage.pin_spikes, 1000);
}

}  // namespace
}  // namespace spikemesh
