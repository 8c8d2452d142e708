// SPDX-License-Identifier: Apache-2.0
// The chip that MapNetwork makes computes what the network means: every output bit of every image,
// in a pipelined stream with one image a tick.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "converters/mapping/map_network.h"
#include "core/machine/machine.h"
#include "networks/ir/run_spiking.h"
#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

constexpr std::int32_t kImages = 8;

std::vector<std::vector<std::uint32_t>> RandomImages(const SpikingNetwork& network,
                                                     std::uint64_t seed) {
  RandomSequence random(seed, 1);
  std::vector<std::vector<std::uint32_t>> images(kImages);
  for (std::vector<std::uint32_t>& image : images) {
    for (std::uint32_t line = 0; line < network.encoded_shape.size(); ++line) {
      if (random.NextBelow(2) == 1) {
        image.push_back(line);
      }
    }
  }
  return images;
}

// The bits of the pins for each image, the image of tick k + 1 read in tick k + 1 + latency.
std::vector<std::vector<std::uint8_t>> RunPipelined(
    const ChipModel& chip, const std::vector<std::vector<std::uint32_t>>& images) {
  auto machine = Machine::Create(chip);
  EXPECT_TRUE(machine.ok()) << machine.status();
  for (std::size_t k = 0; k < images.size(); ++k) {
    for (const std::uint32_t line : images[k]) {
      machine->SendLine(LineIndex(line), Tick(static_cast<std::int64_t>(k) + 1));
    }
  }
  std::vector<std::vector<std::uint8_t>> outputs;
  for (std::size_t k = 0; k < images.size(); ++k) {
    machine->RunUntil(Tick(static_cast<std::int64_t>(k) + chip.presentation.latency_ticks));
    machine->Step();
    std::vector<std::uint8_t>& bits = outputs.emplace_back(chip.pin_count, 0);
    for (const PinIndex pin : machine->pins()) {
      ++bits[pin.value()];
    }
  }
  return outputs;
}

// Maps, runs and compares; returns the report rows for claims about how it was mapped.
std::vector<MappedLayer> ExpectEqualBits(const SpikingNetwork& network, std::int32_t copies_max,
                                         std::uint64_t seed) {
  const auto mapped = MapNetwork(network, {.copies_max = copies_max});
  EXPECT_TRUE(mapped.ok()) << mapped.status();
  const auto images = RandomImages(network, seed);
  const auto outputs = RunPipelined(mapped->chip, images);
  SpikingRunner runner(network);
  for (std::size_t k = 0; k < images.size(); ++k) {
    EXPECT_EQ(outputs[k], runner.Run(images[k]).back()) << "image " << k;
  }
  return mapped->layers;
}

class RunMappedTest : public ::testing::TestWithParam<std::tuple<std::uint64_t, std::int32_t>> {};

TEST_P(RunMappedTest, RandomNetworkGivesTheSameBitsOnTheChip) {
  const auto [seed, copies_max] = GetParam();
  ExpectEqualBits(RandomNetwork(seed), copies_max, seed);
}

INSTANTIATE_TEST_SUITE_P(CopiesAndSplitters, RunMappedTest,
                         ::testing::Combine(::testing::Range<std::uint64_t>(0, 40),
                                            ::testing::Values(kNeuronsPerCore, 3, 1)));

// Random, but filter 0 has only positive weights and filter 1 only negative ones: every input is
// read with both signs, so every source has at least two targets.
void RandomizeBothSigns(SpikingLayer& layer, RandomSequence& random) {
  Randomize(layer, random);
  for (LayerInput& input : layer.inputs) {
    const auto per_channel =
        static_cast<std::ptrdiff_t>(input.weights.size()) / layer.output_shape.channels;
    std::fill_n(input.weights.begin(), per_channel, std::int16_t{1});
    std::fill_n(input.weights.begin() + per_channel, per_channel, std::int16_t{-1});
  }
}

// A row of `depth` layers of four channels and a last layer that joins the end of the row, the
// encoder and the first layer.
SpikingNetwork DeepShortcuts(std::int32_t depth) {
  RandomSequence random(static_cast<std::uint64_t>(depth), 2);
  SpikingNetwork network = NetworkOfLines({4, 2, 2});
  for (std::int32_t l = 0; l < depth; ++l) {
    RandomizeBothSigns(AddLayer(network, {.sources = {l - 1}, .channels = 4}), random);
  }
  RandomizeBothSigns(AddLayer(network, {.sources = {depth - 1, kEncodedInput, 0}, .channels = 6}),
                     random);
  Finish(network);
  return network;
}

TEST(RunMappedShortcutTest, ShortcutsWithinTheAxonalDelayNeedNoRelayBetweenLayers) {
  const auto rows = ExpectEqualBits(DeepShortcuts(15), kNeuronsPerCore, 1);
  EXPECT_EQ(rows.back().relay_cores, 1);  // the encoder's
  EXPECT_EQ(rows.back().latency_ticks, 15);
}

TEST(RunMappedShortcutTest, ShortcutsBeyondTheAxonalDelayGoThroughRelays) {
  const auto rows = ExpectEqualBits(DeepShortcuts(35), kNeuronsPerCore, 2);
  // 35 ticks are three steps: two relays, and for the encoder one more in tick 0.
  EXPECT_EQ(rows.back().relay_cores, 5);
  EXPECT_EQ(rows.back().latency_ticks, 35);
}

TEST(RunMappedShortcutTest, RelaysAndSplittersTogether) {
  const auto rows = ExpectEqualBits(DeepShortcuts(20), 1, 3);
  // Every layer of the row is read with both signs: splitters, so two ticks a layer.
  EXPECT_EQ(rows[0].splitter_cores, 1);
  EXPECT_EQ(rows.back().latency_ticks, 40);
}

TEST(RunMappedShortcutTest, EncoderReadAtTwoDepths) {
  RandomSequence random(4, 2);
  SpikingNetwork network = NetworkOfLines({2, 4, 4});
  Randomize(AddLayer(network, {.sources = {kEncodedInput}, .channels = 3}), random);
  Randomize(AddLayer(network, {.sources = {0, kEncodedInput}, .channels = 5}), random);
  Finish(network);
  const auto rows = ExpectEqualBits(network, kNeuronsPerCore, 4);
  EXPECT_EQ(rows[1].relay_cores, 1);
}

}  // namespace
}  // namespace spikemesh
