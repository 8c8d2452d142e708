// SPDX-License-Identifier: Apache-2.0
#include "router/cycle_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "core/base/random.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr MeshShape kRow = {.cores_x = 8, .cores_y = 2};

RouterParameters TicksOf(std::int32_t cycles) { return {.cycles_per_tick = cycles}; }

std::vector<std::uint64_t> Payloads(std::span<const CycleTransport::Arrival> arrivals) {
  std::vector<std::uint64_t> payloads;
  for (const CycleTransport::Arrival& arrival : arrivals) {
    payloads.push_back(arrival.payload);
  }
  return payloads;
}

TEST(CycleTransportTest, APacketIsTimedFromTheCycleInWhichItIsSent) {
  CycleTransport transport(kRow, TicksOf(1000));
  transport.SkipTo(Tick(3));
  transport.Send({1, 0}, {4, 1}, 17, Tick(3), 99);
  const auto arrivals = transport.RunTick();
  ASSERT_EQ(arrivals.size(), 1u);
  const CycleTransport::Arrival expected = {.payload = 99,
                                            .from = {1, 0},
                                            .to = {4, 1},
                                            .is_host = false,
                                            .due = Tick(3),
                                            .sent_cycle = 3017,
                                            .left_cycle = 3017,
                                            .arrived_cycle = 3017 + 3 * 5 + 2};
  EXPECT_EQ(arrivals[0], expected);
  EXPECT_EQ(transport.next_tick(), Tick(4));
  EXPECT_TRUE(transport.idle());
  EXPECT_EQ(transport.counts().packets, 1);
  EXPECT_EQ(transport.counts().late, 0);
}

TEST(CycleTransportTest, ACoreSendsOnePacketACycleInOrder) {
  CycleTransport transport(kRow, TicksOf(1000));
  for (std::uint64_t payload = 0; payload < 3; ++payload) {
    transport.Send({0, 0}, {0, 0}, 5, Tick(0), payload);
  }
  const auto arrivals = transport.RunTick();
  EXPECT_THAT(Payloads(arrivals), ElementsAre(0u, 1u, 2u));
  EXPECT_EQ(arrivals[0].arrived_cycle, 10);
  EXPECT_EQ(arrivals[2].arrived_cycle, 12);
  EXPECT_EQ(arrivals[2].sent_cycle, 5);
  EXPECT_EQ(arrivals[2].left_cycle, 7);
}

// The last cycle of its due tick is in time, the one after it is not.
TEST(CycleTransportTest, LateIsAfterTheLastCycleOfTheDueTick) {
  for (const std::int32_t cycles : {12, 11}) {
    CycleTransport transport(kRow, TicksOf(cycles));
    transport.Send({0, 0}, {2, 0}, 0, Tick(0), 1);  // arrives in cycle 11
    EXPECT_EQ(transport.RunTick().size(), cycles == 12 ? 1u : 0u);
    EXPECT_EQ(transport.Overdue(), cycles == 12 ? 0 : 1);
    EXPECT_EQ(transport.RunTick().size(), cycles == 12 ? 0u : 1u);
    EXPECT_EQ(transport.Overdue(), 0);
    EXPECT_EQ(transport.counts().packets, 1);
    EXPECT_EQ(transport.counts().late, cycles == 12 ? 0 : 1);
  }
}

TEST(CycleTransportTest, ALongerDelayGivesMoreTicks) {
  CycleTransport transport(kRow, TicksOf(10));
  transport.Send({0, 0}, {7, 0}, 0, Tick(2), 1);  // arrives in cycle 26
  EXPECT_TRUE(transport.RunTick().empty());
  EXPECT_FALSE(transport.idle());
  EXPECT_TRUE(transport.RunTick().empty());
  EXPECT_EQ(transport.RunTick().size(), 1u);
  EXPECT_EQ(transport.counts().late, 0);
}

TEST(CycleTransportTest, TheHostsPacketsEnterAtTheWestOfTheirRow) {
  CycleTransport transport(kRow, TicksOf(100));
  transport.SendFromHost({2, 1}, Tick(0), 4);
  transport.SendFromHost({2, 1}, Tick(0), 5);
  transport.SendFromHost({0, 0}, Tick(0), 6);
  const auto arrivals = transport.RunTick();
  EXPECT_THAT(Payloads(arrivals), ElementsAre(6u, 4u, 5u));
  EXPECT_EQ(arrivals[0].arrived_cycle, 5);
  EXPECT_EQ(arrivals[1].arrived_cycle, 11);
  EXPECT_EQ(arrivals[2].arrived_cycle, 12);
  EXPECT_TRUE(arrivals[1].is_host);
  EXPECT_EQ(arrivals[1].from, (CoreCoordinates{0, 1}));
}

TEST(CycleTransportTest, ClearDropsWhatIsUnderWay) {
  CycleTransport transport(kRow, TicksOf(10));
  transport.Send({0, 0}, {7, 0}, 0, Tick(0), 1);
  transport.Send({0, 0}, {7, 0}, 0, Tick(5), 2);
  transport.RunTick();
  transport.Clear(Tick(8));
  EXPECT_TRUE(transport.idle());
  EXPECT_EQ(transport.next_tick(), Tick(8));
  EXPECT_EQ(transport.counts().dropped, 2);
  EXPECT_EQ(transport.counts().dropped_late, 1);
  transport.Send({0, 0}, {1, 0}, 1, Tick(9), 3);
  const auto arrivals = transport.RunTick();
  ASSERT_THAT(Payloads(arrivals), ElementsAre(3u));
  EXPECT_EQ(arrivals[0].arrived_cycle, 80 + 1 + 8);
}

// Against the mesh itself, fed cycle by cycle from queues.
TEST(CycleTransportTest, EqualsAMeshThatIsFedByHand) {
  constexpr std::int32_t kTicks = 6;
  constexpr std::int32_t kCycles = 40;
  const MeshShape shape = {.cores_x = 3, .cores_y = 3, .chips_x = 2};
  RouterParameters parameters = kTrueNorthRouter;
  parameters.cycles_per_tick = kCycles;
  parameters.fifo_depth = 2;
  struct Sent {
    std::int64_t cycle;
    CoreCoordinates from, to;
  };
  RandomSequence random(7, 1);
  std::vector<Sent> all;
  CycleTransport transport(shape, parameters);
  std::vector<std::int64_t> arrived(2000, -1);
  const auto place = [&] {
    return CoreCoordinates{static_cast<std::int32_t>(random.NextBelow(6)),
                           static_cast<std::int32_t>(random.NextBelow(3))};
  };
  for (std::int32_t tick = 0; tick < 4 * kTicks; ++tick) {
    for (std::int32_t cycle = 0; cycle < kCycles && tick < kTicks; ++cycle) {
      for (int i = 0; i < 3; ++i) {
        const Sent sent = {std::int64_t{tick} * kCycles + cycle, place(), place()};
        transport.Send(sent.from, sent.to, cycle, Tick(tick), all.size());
        all.push_back(sent);
      }
    }
    for (const CycleTransport::Arrival& arrival : transport.RunTick()) {
      arrived[arrival.payload] = arrival.arrived_cycle;
    }
  }
  EXPECT_TRUE(transport.idle());

  CycleMesh mesh(shape, parameters);
  std::vector<std::vector<std::uint32_t>> queues(18);
  std::size_t next = 0;
  std::size_t landed = 0;
  while (landed < all.size()) {
    for (; next < all.size() && all[next].cycle == mesh.cycle(); ++next) {
      queues[mesh.CoreIndex(all[next].from)].push_back(static_cast<std::uint32_t>(next));
    }
    for (std::vector<std::uint32_t>& queue : queues) {
      if (!queue.empty() && mesh.Inject(all[queue[0]].from, all[queue[0]].to, queue[0])) {
        queue.erase(queue.begin());
      }
    }
    const std::int64_t cycle = mesh.cycle();
    for (const CycleMesh::Arrival& arrival : mesh.Step()) {
      ++landed;
      EXPECT_EQ(arrived[arrival.tag], cycle) << arrival.tag;
    }
  }
}

}  // namespace
}  // namespace spikemesh
