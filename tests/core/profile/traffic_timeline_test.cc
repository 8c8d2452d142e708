// SPDX-License-Identifier: Apache-2.0
#include "core/profile/traffic_timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "core/profile/binned_counts.h"
#include "core/profile/spike_traffic.h"

namespace spikemesh {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(BinnedCountsTest, NeighboursMergeIntoTheLowerHalf) {
  BinnedCounts counts(3, 5);
  for (std::size_t bin = 0; bin < 5; ++bin) {
    counts.Add({.thing = 1, .bin = bin}, 1 << bin);
  }
  counts.Add({.thing = 2, .bin = 4}, 7);
  counts.MergeNeighbours();
  EXPECT_THAT(counts.Of(0), IsEmpty());
  EXPECT_THAT(counts.Of(1), ElementsAre(1 + 2, 4 + 8, 16, 0, 0));
  EXPECT_THAT(counts.Of(2), ElementsAre(0, 0, 7, 0, 0));
  counts.Add({.thing = 1, .bin = 2}, 1);
  EXPECT_THAT(counts.Of(1), ElementsAre(3, 12, 17, 0, 0));
}

constexpr MeshShape kMesh = {.cores_x = 4, .cores_y = 2};
constexpr CoreCoordinates kWest = {0, 0};
constexpr CoreCoordinates kMiddle = {1, 0};
constexpr CoreCoordinates kEast = {2, 0};

ChipModel ThreeCores() {
  ChipModel chip;
  chip.spec.mesh = kMesh;
  for (const CoreCoordinates at : {kWest, kMiddle, kEast}) {
    chip.cores.emplace_back().at = at;
  }
  return chip;
}

class TrafficTimelineTest : public ::testing::Test {
 protected:
  // `packets` from west to east in the tick that comes, one from the middle to itself, and one of
  // the host to the middle.
  void Tick(int packets) {
    const spikemesh::Tick due = transport_.next_tick();
    for (int i = 0; i < packets; ++i) {
      transport_.Send(kWest, kEast, i, due, 0);
    }
    transport_.Send(kMiddle, kMiddle, 0, due, 0);
    transport_.SendFromHost(kMiddle, due, 0);
    Run();
  }
  void Run() {
    const std::span<const CycleTransport::Arrival> arrivals = transport_.RunTick();
    traffic_.Look(transport_, arrivals);
    timeline_.Look(transport_, arrivals);
  }

  ChipModel chip_ = ThreeCores();
  CycleTransport transport_{kMesh, RouterParameters{.cycles_per_tick = 400}};
  SpikeTraffic traffic_{chip_};
  TrafficTimeline timeline_{kMesh};
};

std::int64_t Sum(std::span<const std::int64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

TEST_F(TrafficTimelineTest, IsEmptyBeforeAnyTick) {
  EXPECT_EQ(timeline_.ticks(), 0);
  EXPECT_EQ(timeline_.bins(), 0u);
  EXPECT_THAT(timeline_.Sent(kWest), IsEmpty());
}

TEST_F(TrafficTimelineTest, EveryTickIsABinAtFirst) {
  Tick(2);
  Run();
  Tick(3);
  EXPECT_EQ(timeline_.ticks(), 3);
  EXPECT_EQ(timeline_.ticks_per_bin(), 1);
  EXPECT_EQ(timeline_.bins(), 3u);
  EXPECT_THAT(timeline_.Sent(kWest), ElementsAre(2, 0, 3));
  EXPECT_THAT(timeline_.Sent(kMiddle), ElementsAre(1, 0, 1));
  EXPECT_THAT(timeline_.Sent(kEast), IsEmpty());
  EXPECT_THAT(timeline_.ReceivedFromCores(kEast), ElementsAre(2, 0, 3));
  EXPECT_THAT(timeline_.ReceivedFromCores(kMiddle), ElementsAre(1, 0, 1));
  EXPECT_THAT(timeline_.ReceivedFromHost(kMiddle), ElementsAre(1, 0, 1));
  EXPECT_THAT(timeline_.ReceivedFromHost(kEast), IsEmpty());
  // The host's packet enters the row at its west end and passes one link, the others two.
  EXPECT_THAT(timeline_.Carried(kWest, Port::kEast), ElementsAre(3, 0, 4));
  EXPECT_THAT(timeline_.Carried(kMiddle, Port::kEast), ElementsAre(2, 0, 3));
  EXPECT_THAT(timeline_.Carried(kMiddle, Port::kWest), IsEmpty());
}

// One tick more than there are bins: 100 bins of two ticks, and one of the next.
TEST_F(TrafficTimelineTest, BinsMergeWhenAllAreInUseAndKeepEveryCount) {
  constexpr auto kBins = static_cast<std::int64_t>(TrafficTimeline::kBinsMax);
  for (std::int64_t tick = 0; tick < kBins; ++tick) {
    Tick(static_cast<int>(tick % 4));
  }
  EXPECT_EQ(timeline_.ticks_per_bin(), 1);
  EXPECT_EQ(timeline_.bins(), TrafficTimeline::kBinsMax);
  Tick(3);
  EXPECT_EQ(timeline_.ticks_per_bin(), 2);
  ASSERT_EQ(timeline_.bins(), TrafficTimeline::kBinsMax / 2 + 1);
  const std::span<const std::int64_t> sent = timeline_.Sent(kWest);
  for (std::size_t bin = 0; bin + 1 < sent.size(); ++bin) {
    EXPECT_EQ(sent[bin], bin % 2 == 0 ? 0 + 1 : 2 + 3) << bin;
  }
  EXPECT_EQ(sent.back(), 3);
  EXPECT_THAT(timeline_.ReceivedFromHost(kMiddle).first(kBins / 2), Each(2));
}

TEST_F(TrafficTimelineTest, SumsAreThoseOfTheTraffic) {
  for (int tick = 0; tick < 1000; ++tick) {
    Tick(tick % 7);
  }
  EXPECT_EQ(timeline_.ticks_per_bin(), 8);
  EXPECT_EQ(timeline_.bins(), 125u);
  std::int64_t sent = 0;
  std::int64_t received = 0;
  std::int64_t of_host = 0;
  for (const CoreModel& core : chip_.cores) {
    sent += Sum(timeline_.Sent(core.at));
    received += Sum(timeline_.ReceivedFromCores(core.at));
    of_host += Sum(timeline_.ReceivedFromHost(core.at));
  }
  EXPECT_EQ(sent, traffic_.latency().packets());
  EXPECT_EQ(received, traffic_.latency().packets());
  EXPECT_EQ(of_host, traffic_.host_latency().packets());
  ASSERT_EQ(traffic_.Links().size(), 2u);
  for (const MeshLink& link : traffic_.Links()) {
    EXPECT_EQ(Sum(timeline_.Carried(link.at, link.output)), link.packets);
  }
}

// A packet that is under way at the end of its tick counts where it arrives, on each link where it
// passes.
TEST_F(TrafficTimelineTest, APacketCountsInTheTickInWhichItArrives) {
  CycleTransport transport(kMesh, RouterParameters{.cycles_per_tick = 256});
  transport.Send(kWest, kEast, 255, transport.next_tick(), 0);
  timeline_.Look(transport, transport.RunTick());
  timeline_.Look(transport, transport.RunTick());
  EXPECT_THAT(timeline_.Sent(kWest), ElementsAre(0, 1));
  EXPECT_THAT(timeline_.ReceivedFromCores(kEast), ElementsAre(0, 1));
  EXPECT_THAT(timeline_.Carried(kMiddle, Port::kEast), ElementsAre(0, 1));
}

}  // namespace
}  // namespace spikemesh
