// SPDX-License-Identifier: Apache-2.0
// PhaseTimes are measured where asked for, and measuring changes nothing.
#include <gtest/gtest.h>

#include "tests/core/machine/random_chips.h"
#include "tests/core/machine/recorded_run.h"
#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kTicks = 30;

// Cores that never rest, enough of them to run the workers in parallel.
ChipModel BusyChip() { return RandomChip({.cores = 20, .stream = 40}); }

RecordedRun RunOf(const ChipModel& chip) {
  return RecordReference(chip, RandomInput({.stream = 40, .ticks = kTicks, .flood_every = 9}),
                         kTicks);
}

TEST(PhaseTimesTest, AreAllZeroWithoutProfile) {
  const ChipModel chip = BusyChip();
  for (const int threads : {1, 3}) {
    Machine machine = MachineOrDie(chip, {.threads = threads});
    machine.RunUntil(Tick(kTicks));
    EXPECT_GT(machine.counters().spikes, 0);
    EXPECT_EQ(machine.phase_times(), PhaseTimes());
  }
}

TEST(PhaseTimesTest, AreZeroBeforeTheFirstTick) {
  const ChipModel chip = BusyChip();
  EXPECT_EQ(MachineOrDie(chip, {.threads = 2, .profile = true}).phase_times(), PhaseTimes());
}

// Every phase does something in these ticks, and no clock reading is free.
TEST(PhaseTimesTest, NoPhaseOfABusyChipTakesNoTime) {
  const ChipModel chip = BusyChip();
  Machine machine = MachineOrDie(chip, {.threads = 2, .profile = true});
  SendInput(RandomInput({.stream = 40, .ticks = kTicks, .flood_every = 9}), machine);
  machine.RunUntil(Tick(kTicks));
  const PhaseTimes times = machine.phase_times();
  EXPECT_GT(times.host_seconds, 0);
  EXPECT_GT(times.update_seconds, 0);
  EXPECT_GT(times.send_seconds, 0);
  EXPECT_GT(times.deliver_seconds, 0);
  EXPECT_GT(times.wait_seconds, 0);
}

TEST(PhaseTimesTest, OneWorkerWaitsForNobody) {
  const ChipModel chip = BusyChip();
  Machine machine = MachineOrDie(chip, {.profile = true});
  machine.RunUntil(Tick(kTicks));
  EXPECT_GT(machine.phase_times().update_seconds, 0);
  EXPECT_EQ(machine.phase_times().wait_seconds, 0);
}

TEST(PhaseTimesTest, JumpingTheClockTakesNoTimeOfAnyPhase) {
  const ChipModel chip = RandomChip({.stream = 41, .styles = {NeuronStyle::kQuiet}});
  Machine machine = MachineOrDie(chip, {.profile = true});
  machine.RunUntil(Tick(1'000'000'000'000));
  EXPECT_EQ(machine.phase_times(), PhaseTimes());
}

TEST(PhaseTimesTest, ProfiledMachineRunsAsTheReferenceDoes) {
  const ChipModel chip = BusyChip();
  const RecordedRun expected = RunOf(chip);
  for (const bool profile : {false, true}) {
    for (const int threads : {1, 2, 3}) {
      Machine machine = MachineOrDie(chip, {.threads = threads, .profile = profile});
      ExpectSameRun(chip, expected, machine);
    }
  }
}

TEST(PhaseTimesTest, ReplicaIsProfiledAsItsOriginalIs) {
  const ChipModel chip = BusyChip();
  for (const bool profile : {false, true}) {
    Machine original = MachineOrDie(chip, {.profile = profile});
    original.RunUntil(Tick(5));
    Machine replica = original.Replica(2);
    EXPECT_EQ(replica.phase_times(), PhaseTimes());  // its own
    replica.RunUntil(Tick(5));
    EXPECT_EQ(replica.phase_times().update_seconds > 0, profile);
  }
}

}  // namespace
}  // namespace spikemesh
