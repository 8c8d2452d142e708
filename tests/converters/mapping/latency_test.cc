// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/latency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// One line, `depth` layers of one neuron each in a row, and a last layer that joins layer 0 and the
// end of the row: the shortcut is `depth` ticks long.
SpikingNetwork Shortcut(std::int32_t depth) {
  SpikingNetwork network = NetworkOfLines({1, 1, 1});
  for (std::int32_t l = 0; l < depth; ++l) {
    AddLayer(network, {.sources = {l - 1}});
  }
  AddLayer(network, {.sources = {0, depth - 1}});
  Finish(network);
  return network;
}

SplitterUse NoSplitters(const SpikingNetwork& network) {
  return SplitterUse(network.layers.size() + 1, false);
}

TEST(LatencyTest, FirstLayerSpikesInTheTickOfTheImageAndEachNextOneLater) {
  const SpikingNetwork network = Shortcut(2);
  const ScheduledNetwork scheduled = ScheduleNetwork(network, NoSplitters(network));
  EXPECT_THAT(scheduled.ticks, ElementsAre(0, 1, 2));
  EXPECT_THAT(EdgesOf(scheduled.network.layers[0]), ElementsAre(Pair(kEncodedInput, 0)));
  EXPECT_THAT(EdgesOf(scheduled.network.layers[2]), ElementsAre(Pair(0, 2), Pair(1, 1)));
  EXPECT_EQ(scheduled.network.presentation.latency_ticks, 2);
  EXPECT_EQ(scheduled.network.presentation.mode, PresentationMode::kPipelined);
}

TEST(LatencyTest, SplittersOfALayerDelayItsReadersByOneTick) {
  const SpikingNetwork network = Shortcut(2);
  SplitterUse splitters = NoSplitters(network);
  splitters[1] = true;  // layer 0
  const ScheduledNetwork scheduled = ScheduleNetwork(network, splitters);
  EXPECT_THAT(scheduled.ticks, ElementsAre(0, 2, 3));
  EXPECT_THAT(EdgesOf(scheduled.network.layers[1]), ElementsAre(Pair(0, 2)));
}

TEST(LatencyTest, SlackOf15IsAnAxonalDelay) {
  const SpikingNetwork network = Shortcut(15);
  const ScheduledNetwork scheduled = ScheduleNetwork(network, NoSplitters(network));
  ASSERT_EQ(scheduled.network.layers.size(), 16u);
  EXPECT_THAT(EdgesOf(scheduled.network.layers.back()), ElementsAre(Pair(0, 15), Pair(14, 1)));
}

TEST(LatencyTest, SlackOf16TakesOneRelayInTheMiddle) {
  const SpikingNetwork network = Shortcut(16);
  const ScheduledNetwork scheduled = ScheduleNetwork(network, NoSplitters(network));
  ASSERT_EQ(scheduled.network.layers.size(), 18u);
  const SpikingLayer& relay = scheduled.network.layers[16];
  EXPECT_TRUE(scheduled.is_relay[16]);
  EXPECT_EQ(scheduled.origins[16], 16);  // read by layer 16 of the caller
  EXPECT_EQ(scheduled.ticks[16], 8);
  EXPECT_EQ(relay.name, "layer0 relay to layer16");
  EXPECT_THAT(EdgesOf(relay), ElementsAre(Pair(0, 8)));
  EXPECT_THAT(EdgesOf(scheduled.network.layers[17]), ElementsAre(Pair(16, 8), Pair(15, 1)));
  EXPECT_TRUE(ValidateSpiking(scheduled.network).ok());
}

TEST(LatencyTest, SlackOf31TakesTwoRelays) {
  const SpikingNetwork network = Shortcut(31);
  const ScheduledNetwork scheduled = ScheduleNetwork(network, NoSplitters(network));
  ASSERT_EQ(scheduled.network.layers.size(), 34u);
  EXPECT_EQ(scheduled.ticks[31], 10);
  EXPECT_EQ(scheduled.ticks[32], 20);
  EXPECT_THAT(EdgesOf(scheduled.network.layers[33]), ElementsAre(Pair(32, 11), Pair(30, 1)));
}

TEST(LatencyTest, EncoderReadLaterGoesThroughARelayOfItsOwn) {
  SpikingNetwork network = NetworkOfLines({3, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}});
  AddLayer(network, {.sources = {0}});
  AddLayer(network, {.sources = {1, kEncodedInput}});
  Finish(network);
  const ScheduledNetwork scheduled = ScheduleNetwork(network, NoSplitters(network));
  ASSERT_EQ(scheduled.network.layers.size(), 4u);
  EXPECT_THAT(scheduled.ticks, ElementsAre(0, 1, 0, 2));
  EXPECT_EQ(scheduled.network.layers[2].name, "input relay to layer2");
  EXPECT_EQ(scheduled.network.layers[2].inputs[0].groups, 3);
  EXPECT_THAT(EdgesOf(scheduled.network.layers[3]), ElementsAre(Pair(1, 1), Pair(2, 2)));
  EXPECT_TRUE(ValidateSpiking(scheduled.network).ok());
}

TEST(LatencyTest, SplittersOfTheEncodersRelayDelayItsReader) {
  SpikingNetwork network = NetworkOfLines({3, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}});
  AddLayer(network, {.sources = {0, kEncodedInput}});
  Finish(network);
  SplitterUse splitters = NoSplitters(network);
  splitters[0] = true;
  const ScheduledNetwork scheduled = ScheduleNetwork(network, splitters);
  EXPECT_THAT(scheduled.ticks, ElementsAre(0, 0, 2));
}

// Two layers of one integrating neuron each, the second with this leak, V(0) and threshold 10; the
// first has splitters, so that the second is a tick later than its V(0) is meant for.
std::int32_t ShiftedPotential(std::int32_t leak, std::int32_t initial,
                              std::int32_t threshold = 10) {
  SpikingNetwork network = NetworkOfLines({1, 1, 1});
  network.presentation = {PresentationMode::kRate, 8, 1};
  for (std::int32_t l = 0; l < 2; ++l) {
    SpikingLayer& layer = AddLayer(network, {.sources = {l - 1}});
    layer.thresholds = {threshold};
    layer.leaks = {leak};
    layer.initial_potentials = {initial};
  }
  Finish(network);
  SplitterUse splitters = NoSplitters(network);
  EXPECT_EQ(ScheduleNetwork(network, splitters).network.layers[1].initial_potentials[0], initial);
  splitters[1] = true;
  const ScheduledNetwork scheduled = ScheduleNetwork(network, splitters);
  EXPECT_EQ(scheduled.network.layers[0].initial_potentials[0], initial);
  EXPECT_EQ(scheduled.network.presentation.mode, PresentationMode::kRate);
  EXPECT_EQ(scheduled.network.presentation.ticks_per_image, 8);
  EXPECT_EQ(scheduled.network.presentation.latency_ticks, 2);
  return scheduled.network.layers[1].initial_potentials[0];
}

TEST(LatencyTest, ALaterLayerBeginsWithTheLeaksOfTheTicksBefore) {
  EXPECT_EQ(ShiftedPotential(3, 5), 2);
  EXPECT_EQ(ShiftedPotential(-3, 5), 8);
  EXPECT_EQ(ShiftedPotential(0, 5), 5);
}

TEST(LatencyTest, NothingFiresBeforeTheImageBecauseOfTheShift) {
  EXPECT_EQ(ShiftedPotential(-30, 9), 39);   // 9 after the first leak
  EXPECT_EQ(ShiftedPotential(-30, 12), 39);  // not 42: that would fire
}

TEST(LatencyTest, ShiftedPotentialsStayWithin20Bits) {
  EXPECT_EQ(ShiftedPotential(1'000'000, 5), kPotentialMin);
  EXPECT_EQ(ShiftedPotential(-1'000'000, 5), kPotentialMax);
}

}  // namespace
}  // namespace spikemesh
