// SPDX-License-Identifier: Apache-2.0
// ResetAt: V = V(0), nothing under way, and a later tick. What happens after depends on the tick
// alone; the oracle is a reference machine that begins there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/core/machine/random_chips.h"
#include "tests/core/machine/recorded_run.h"
#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kTicks = 12;

// Most neurons of these cores draw.
ChipModel DrawingChip() {
  return RandomChip({.cores = 20,
                     .stream = 90,
                     .styles = {NeuronStyle::kAny, NeuronStyle::kNarrow},
                     .neurons = 30});
}

std::vector<LineEvent> ShortInput() {
  return RandomInput({.stream = 91, .ticks = kTicks, .flood_every = 5});
}

RecordedRun RunFrom(const ChipModel& chip, std::int64_t start) {
  return RecordReference(chip, ShortInput(), kTicks, Tick(start));
}

// A machine in the midst of things: spikes under way and input to come.
Machine BusyMachine(const ChipModel& chip, int threads) {
  Machine machine = MachineOrDie(chip, {.threads = threads});
  SendInput(RandomInput({.stream = 92, .ticks = 60, .flood_every = 4}), machine);
  machine.RunUntil(Tick(14));
  return machine;
}

void ExpectBeginning(const ChipModel& chip, const Machine& machine, Tick now) {
  EXPECT_EQ(machine.now(), now);
  EXPECT_THAT(machine.spikes(), IsEmpty());
  EXPECT_THAT(machine.pins(), IsEmpty());
  EXPECT_EQ(machine.cores_visited(), 0);
  for (std::uint32_t core = 0; core < chip.cores.size(); ++core) {
    const auto neurons = static_cast<std::uint16_t>(chip.cores[core].neurons.size());
    for (std::uint16_t j = 0; j < neurons; ++j) {
      ASSERT_EQ(machine.potential({CoreId(core), NeuronIndex(j)}),
                chip.cores[core].neurons[j].initial_potential)
          << "core " << core << " neuron " << j;
    }
  }
}

// Ticks next to now, in the same slot and in others, and with a high word.
class ResetTickTest : public testing::TestWithParam<std::int64_t> {};

TEST_P(ResetTickTest, MachineGoesOnAsOneThatBeginsThere) {
  const ChipModel chip = DrawingChip();
  const RecordedRun expected = RunFrom(chip, GetParam());
  for (const int threads : {1, 3}) {
    Machine machine = BusyMachine(chip, threads);
    machine.ResetAt(Tick(GetParam()));
    ExpectBeginning(chip, machine, Tick(GetParam()));
    ExpectSameRun(chip, expected, machine);
  }
}

TEST_P(ResetTickTest, WayToTheTickDoesNotMatter) {
  const ChipModel chip = DrawingChip();
  const RecordedRun expected = RunFrom(chip, GetParam());
  Machine in_one_go = MachineOrDie(chip);
  in_one_go.ResetAt(Tick(GetParam()));
  ExpectSameRun(chip, expected, in_one_go);
  Machine in_steps = MachineOrDie(chip);
  in_steps.ResetAt(Tick(7));
  in_steps.RunUntil(Tick(11));
  in_steps.ResetAt(Tick(GetParam()));
  ExpectSameRun(chip, expected, in_steps);
}

INSTANTIATE_TEST_SUITE_P(Ticks, ResetTickTest,
                         testing::Values(14, 15, 16, 17, 30, 1000, (std::int64_t{5} << 32) + 9));

TEST(MachineResetAtTest, TickReachedByRunningIsTheSame) {
  const ChipModel chip = DrawingChip();
  constexpr std::int64_t kStart = 40;
  Machine run = MachineOrDie(chip);
  run.RunUntil(Tick(kStart));
  run.ResetState();
  Machine skipped = MachineOrDie(chip);
  skipped.ResetAt(Tick(kStart));
  const RecordedRun expected = RunFrom(chip, kStart);
  ExpectSameRun(chip, expected, run);
  ExpectSameRun(chip, expected, skipped);
}

// Else the tests above would hold for draws that do not depend on the tick.
TEST(MachineResetAtTest, NeuronsThatDrawDoOtherThingsAtOtherTicks) {
  const ChipModel chip = DrawingChip();
  EXPECT_NE(RunFrom(chip, 0).ticks[0].spikes, RunFrom(chip, 1000).ticks[0].spikes);
  EXPECT_NE(RunFrom(chip, 1000).ticks[0].spikes, RunFrom(chip, 1016).ticks[0].spikes);
}

TEST(MachineResetAtTest, AtThePresentTickItIsResetState) {
  const ChipModel chip = DrawingChip();
  for (const int threads : {1, 3}) {
    Machine at = BusyMachine(chip, threads);
    Machine state = BusyMachine(chip, threads);
    at.ResetAt(at.now());
    state.ResetState();
    EXPECT_EQ(at.now(), state.now());
    EXPECT_EQ(at.counters(), state.counters());
    ExpectSameTick(Observe(chip, at), Observe(chip, state));
    SendInput(ShortInput(), at);
    SendInput(ShortInput(), state);
    for (std::int64_t tick = 0; tick < kTicks; ++tick) {
      at.Step();
      state.Step();
      ExpectSameTick(Observe(chip, at), Observe(chip, state));
    }
  }
}

TEST(MachineResetAtTest, TicksSkippedAreNotCountedAndThoseRunAre) {
  ChipBuilder builder;
  NeuronParameters pacemaker;
  pacemaker.leak = 1;
  pacemaker.threshold = 10;
  const CoreId core = builder.AddCore({0, 0});
  const NeuronIndex neuron = builder.AddNeuron(core, pacemaker);
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  EXPECT_THAT(SpikeTicks(machine, {core, neuron}, 25), ElementsAre(10, 20));
  const Counters before = machine.counters();
  EXPECT_EQ(before, (Counters{.spikes = 2, .neuron_updates = 25 * 256}));
  machine.ResetAt(Tick(1000));
  EXPECT_EQ(machine.counters(), before);
  EXPECT_THAT(SpikeTicks(machine, {core, neuron}, 1015), ElementsAre(1010));
  EXPECT_EQ(machine.counters(), (Counters{.spikes = 3, .neuron_updates = (25 + 15) * 256}));
}

// The jump of the clock counts its ticks; the reset before it does not.
TEST(MachineResetAtTest, TicksJumpedOverAfterAResetAreCounted) {
  ChipBuilder builder;
  AddLane(builder, builder.AddCore({0, 0}), Relay());
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.RunUntil(Tick(3));
  machine.ResetAt(Tick(100));
  machine.RunUntil(Tick(1100));
  EXPECT_EQ(machine.counters(), (Counters{.neuron_updates = (3 + 1000) * 256}));
}

// Cores that are wide at V(0), that became wide, and that became narrow.
TEST(MachineResetAtTest, WideCoresBeginAgainAtWhateverWidthTheyHad) {
  const ChipModel chip =
      RandomChip({.cores = 8,
                  .stream = 93,
                  .styles = {NeuronStyle::kDrifting, NeuronStyle::kAny, NeuronStyle::kNarrow},
                  .neurons = 3});
  Machine machine = MachineOrDie(chip);
  for (std::int64_t ran = 1; ran <= 8; ++ran) {
    const std::int64_t start = 100 * ran;
    machine.RunUntil(machine.now() + ran);
    machine.ResetAt(Tick(start));
    ExpectBeginning(chip, machine, Tick(start));
    ExpectSameRun(chip, RunFrom(chip, start), machine);
  }
}

// One relay for each delay, all fired in tick 1. Nothing arrives, and no core is even visited.
TEST(MachineResetAtTest, NoSpikeUnderWayArrivesWhateverTheSlot) {
  ChipBuilder builder;
  const CoreId from = builder.AddCore({0, 0});
  const CoreId to = builder.AddCore({1, 0});
  std::vector<AxonAddress> all;
  for (int delay = kDelayTicksMin; delay <= kDelayTicksMax; ++delay) {
    const NeuronIndex sender = AddLane(builder, from, Relay());
    AddLane(builder, to, Relay());
    all.push_back({from, AxonIndex(sender.value())});
    builder.SetTarget(from, sender,
                      NeuronTarget::Axon(to, AxonIndex(sender.value()),
                                         DelayTicks(static_cast<std::uint8_t>(delay))));
  }
  builder.AddInputLine(all);
  const ChipModel chip = BuildOrDie(std::move(builder));
  for (std::int64_t tick = 1; tick <= 34; ++tick) {
    Machine machine = MachineOrDie(chip);
    machine.SendLine(LineIndex(0), Tick(1));
    machine.Step();
    ASSERT_EQ(machine.counters().spikes, 15);
    machine.ResetAt(Tick(tick));
    for (int i = 0; i < kDelaySlots; ++i) {
      machine.Step();
      EXPECT_EQ(machine.cores_visited(), 0) << tick;
    }
    EXPECT_EQ(machine.counters().spikes, 15) << tick;
    EXPECT_EQ(machine.counters().axon_events, 15) << tick;
  }
}

TEST(MachineResetAtTest, NoPacketOfTheHostArrivesAndNewOnesDo) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const NeuronIndex neuron = AddLane(builder, core, Relay());
  builder.AddInputLine({{core, AxonIndex(0)}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  // For ticks before, at and after the one of the reset, near and far.
  for (std::int64_t arrival = 1; arrival <= 100; ++arrival) {
    machine.SendLine(LineIndex(0), Tick(arrival));
  }
  machine.ResetAt(Tick(50));
  EXPECT_THAT(SpikeTicks(machine, {core, neuron}, 150), IsEmpty());
  EXPECT_EQ(machine.counters().host_packets, 0);
  machine.ResetAt(Tick(200));
  machine.SendLine(LineIndex(0), Tick(201));
  machine.SendLine(LineIndex(0), Tick(216));
  machine.SendLine(LineIndex(0), Tick(240));
  EXPECT_THAT(SpikeTicks(machine, {core, neuron}, 300), ElementsAre(201, 216, 240));
  EXPECT_EQ(machine.counters().host_packets, 3);
}

TEST(MachineResetAtDeathTest, TickInThePastIsOurBug) {
  Machine machine = MachineOrDie(RandomChip({.stream = 94}));
  machine.RunUntil(Tick(5));
  EXPECT_DEATH(machine.ResetAt(Tick(4)), "tick >= now_");
  machine.ResetAt(Tick(10));
  EXPECT_DEATH(machine.ResetAt(Tick(9)), "tick >= now_");
}

}  // namespace
}  // namespace spikemesh
