// SPDX-License-Identifier: Apache-2.0
// A machine whose packets the mesh carries cycle by cycle: the same as with the ideal transport
// when nothing is late, and what becomes of what is late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/core/machine/random_chips.h"
#include "tests/core/machine/recorded_run.h"
#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Merged spikes are told apart when they arrive, with the mesh a tick later: compared at the end.
void ExpectRoutedRun(const ChipModel& chip, const RecordedRun& expected, Machine& machine) {
  SendInput(expected.input, machine);
  for (const RecordedTick& tick : expected.ticks) {
    machine.Step();
    SCOPED_TRACE("tick " + std::to_string(machine.now().value()));
    RecordedTick found = Observe(chip, machine);
    EXPECT_LE(found.counters.merged_spikes, tick.counters.merged_spikes);
    found.counters.merged_spikes = tick.counters.merged_spikes;
    ExpectSameTick(found, tick);
    if (testing::Test::HasFatalFailure()) {
      return;
    }
  }
  EXPECT_EQ(machine.transport()->counts().late, 0);
}

TEST(RoutedMachineTest, EqualsTheIdealTransportWhenNothingIsLate) {
  for (const auto& [cores, ticks] : {std::pair{1, 30}, {7, 30}, {60, 10}}) {
    const ChipChoice choice = {.cores = cores, .stream = 21};
    const ChipModel chip = RandomChip(choice);
    const auto input = RandomInput({.stream = 21, .ticks = ticks, .flood_every = 7});
    const RecordedRun expected = RecordReference(chip, input, ticks);
    for (const RouterParameters& router : {kTrueNorthRouter, kBooksimCRouter}) {
      for (const int threads : {1, 3}) {
        SCOPED_TRACE(threads);
        Machine machine = MachineOrDie(chip, {.threads = threads, .router = router});
        ExpectRoutedRun(chip, expected, machine);
        Machine replica = machine.Replica(1);
        ExpectRoutedRun(chip, expected, replica);
      }
    }
  }
}

TEST(RoutedMachineTest, JumpsOverTicksWithoutPackets) {
  const ChipModel chip = RandomChip({.cores = 6, .stream = 5, .styles = {NeuronStyle::kQuiet}});
  const std::vector<LineEvent> input = RandomInput({.stream = 5, .ticks = 200});
  const RecordedRun expected = RecordReference(chip, input, 250);
  Machine machine = MachineOrDie(chip, {.router = kTrueNorthRouter});
  SendInput(input, machine);
  for (const std::int64_t stop : {1, 17, 55, 100, 250}) {
    machine.RunUntil(Tick(stop));
    RecordedTick found = Observe(chip, machine);
    const RecordedTick& tick = expected.ticks[static_cast<std::size_t>(stop - 1)];
    found.counters.merged_spikes = tick.counters.merged_spikes;
    ExpectSameTick(found, tick);
  }
}

// Two relays: line 0 -> core (0, 0) -> core (5, 0) -> pin 0.
ChipModel RelayChip(std::uint8_t delay) {
  ChipBuilder builder({.mesh = {.cores_x = 6, .cores_y = 1}});
  const CoreId west = builder.AddCore({0, 0});
  const CoreId east = builder.AddCore({5, 0});
  const NeuronIndex sender = AddLane(builder, west, Relay());
  const NeuronIndex receiver = AddLane(builder, east, Relay());
  builder.SetTarget(west, sender, NeuronTarget::Axon(east, AxonIndex(0), DelayTicks(delay)));
  builder.SetTarget(east, receiver, NeuronTarget::Pin(builder.AddPin()));
  builder.AddInputLine({{west, AxonIndex(0)}});
  return BuildOrDie(std::move(builder));
}

// The ticks 1..last in which the pin fires, where the line is active in tick 1.
std::vector<std::int64_t> PinTicks(Machine& machine, std::int64_t last) {
  machine.SendLine(LineIndex(0), machine.now() + 1);
  std::vector<std::int64_t> ticks;
  for (std::int64_t tick = 1; tick <= last; ++tick) {
    machine.Step();
    if (!machine.pins().empty()) {
      ticks.push_back(tick);
    }
  }
  return ticks;
}

// 5 hops take 20 cycles.
TEST(RoutedMachineTest, ALateSpikeIsActiveInTheTickAfterItsArrival) {
  struct Case {
    std::int32_t cycles_per_tick;
    std::uint8_t delay;
    std::int64_t pin_tick;
    std::int64_t late;
  };
  for (const Case& c :
       {Case{21, 1, 2, 0}, {20, 1, 3, 1}, {10, 1, 4, 1}, {20, 2, 3, 0}, {9, 2, 4, 1}}) {
    SCOPED_TRACE(c.cycles_per_tick);
    Machine machine = MachineOrDie(
        RelayChip(c.delay), {.router = RouterParameters{.cycles_per_tick = c.cycles_per_tick}});
    EXPECT_THAT(PinTicks(machine, 8), ElementsAre(c.pin_tick));
    EXPECT_EQ(machine.transport()->counts().late, c.late);
    EXPECT_EQ(machine.transport()->counts().packets, 2);
  }
}

// Defects change ways and costs, and no spike; what is counted is what the links carried.
TEST(RoutedMachineTest, DeadLinksChangeWaysAndNoSpike) {
  const ChipModel whole = RandomChip({.cores = 40, .stream = 8});
  ChipModel chip = whole;
  chip.spec.dead_links = {{{3, 2}, Port::kEast}, {{1, 4}, Port::kSouth}, {{4, 5}, Port::kSouth}};
  const auto input = RandomInput({.stream = 8, .ticks = 25});
  Machine ideal_whole = MachineOrDie(whole, {});
  Machine ideal = MachineOrDie(chip, {});
  Machine routed = MachineOrDie(chip, {.threads = 2, .router = kTrueNorthRouter});
  ASSERT_NE(routed.transport()->table(), nullptr);
  const RouteTable& table = *routed.transport()->table();
  std::int64_t core_hops = 0;
  std::int64_t host_hops = 0;
  for (Machine* machine : {&ideal_whole, &ideal, &routed}) {
    SendInput(input, *machine);
  }
  for (int tick = 0; tick < 25; ++tick) {
    for (Machine* machine : {&ideal_whole, &ideal, &routed}) {
      machine->Step();
    }
    ASSERT_TRUE(std::ranges::equal(ideal_whole.spikes(), ideal.spikes())) << tick;
    ASSERT_TRUE(std::ranges::equal(ideal.spikes(), routed.spikes())) << tick;
    for (const CycleTransport::Arrival& arrival : routed.arrivals()) {
      (arrival.is_host ? host_hops : core_hops) += table.Cost(arrival.from, arrival.to).hops;
    }
  }
  EXPECT_GT(ideal.counters().hops, ideal_whole.counters().hops);
  EXPECT_EQ(routed.counters().hops, ideal.counters().hops);
  // The spikes of the last tick have not set off.
  const std::int64_t packets = routed.transport()->counts().packets;
  EXPECT_EQ(routed.transport()->mesh().grants(), core_hops + host_hops + packets);
  EXPECT_LE(core_hops, routed.counters().hops);
}

TEST(RoutedMachineTest, AResetEmptiesTheMesh) {
  Machine machine = MachineOrDie(RelayChip(1), {.router = RouterParameters{.cycles_per_tick = 10}});
  EXPECT_THAT(PinTicks(machine, 2), IsEmpty());  // the packet is on its way
  machine.ResetAt(Tick(50));
  EXPECT_EQ(machine.transport()->counts().dropped, 1);
  EXPECT_THAT(PinTicks(machine, 8), ElementsAre(4));
}

TEST(RoutedMachineTest, RoutersThatCannotBeAreRefused) {
  const ChipModel chip = RelayChip(1);
  EXPECT_EQ(Machine::Create(chip, {.router = RouterParameters{.fifo_depth = 0}}).status().code(),
            absl::StatusCode::kOutOfRange);
  ChipModel large = chip;
  large.spec.mesh = {.cores_x = 1024, .cores_y = 1024, .chips_x = 2};
  EXPECT_EQ(Machine::Create(large, {.router = kTrueNorthRouter}).status().code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace spikemesh
