// SPDX-License-Identifier: Apache-2.0
// A replica is a machine of its own: it starts where its original started, and nothing that one of
// them does is seen by the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/core/machine/random_chips.h"
#include "tests/core/machine/recorded_run.h"
#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kTicks = 25;

// All kinds of cores: some draw, some are wide at V(0), some change their width, some rest; enough
// of them to run the workers in parallel.
ChipModel MixedChip() {
  return RandomChip({.cores = 20,
                     .stream = 60,
                     .styles = {NeuronStyle::kAny, NeuronStyle::kNarrow, NeuronStyle::kDrifting,
                                NeuronStyle::kQuiet},
                     .neurons = 50});
}

RecordedRun RunOf(const ChipModel& chip, std::uint64_t stream) {
  return RecordReference(chip, RandomInput({.stream = stream, .ticks = kTicks, .flood_every = 10}),
                         kTicks);
}

RecordedTick Beginning(const ChipModel& chip) {
  RecordedTick beginning;
  for (const CoreModel& core : chip.cores) {
    std::vector<std::int32_t>& potentials = beginning.potentials.emplace_back();
    for (const NeuronModel& neuron : core.neurons) {
      potentials.push_back(neuron.initial_potential);
    }
  }
  return beginning;
}

void ExpectReplicaBegins(const ChipModel& chip, const RecordedRun& expected,
                         const Machine& original, int threads) {
  Machine replica = original.Replica(threads);
  EXPECT_EQ(replica.now(), Tick(0));
  EXPECT_EQ(replica.cores_visited(), 0);
  ExpectSameTick(Observe(chip, replica), Beginning(chip));
  ExpectSameRun(chip, expected, replica);
}

TEST(MachineReplicaTest, BeginsAtTickZeroWhateverTheOriginalDid) {
  const ChipModel chip = MixedChip();
  const RecordedRun expected = RunOf(chip, 61);
  Machine original = MachineOrDie(chip);
  ExpectReplicaBegins(chip, expected, original, 1);
  // In the middle of a run, with packets of neurons and of the host under way.
  SendInput(RandomInput({.stream = 62, .ticks = 50, .flood_every = 3}), original);
  original.RunUntil(Tick(17));
  ExpectReplicaBegins(chip, expected, original, 1);
  original.ResetAt(Tick(1000));
  ExpectReplicaBegins(chip, expected, original, 1);
  original.RunUntil(Tick(1010));
  ExpectReplicaBegins(chip, expected, original, 1);
}

TEST(MachineReplicaTest, GivesTheSameForAnyNumberOfThreadsOfEither) {
  const ChipModel chip = MixedChip();
  const RecordedRun expected = RunOf(chip, 63);
  for (const int threads : {1, 3}) {
    Machine original = MachineOrDie(chip, {.threads = threads});
    original.RunUntil(Tick(5));
    for (const int replica_threads : {1, 2, 3, 5, kMachineThreadsMax}) {
      SCOPED_TRACE(std::to_string(threads) + " and " + std::to_string(replica_threads));
      ExpectReplicaBegins(chip, expected, original, replica_threads);
    }
  }
}

// Step by step in turn, each with input of its own.
TEST(MachineReplicaTest, InterleavedWithItsOriginalNeitherSeesTheOther) {
  const ChipModel chip = MixedChip();
  const std::vector<RecordedRun> expected = {RunOf(chip, 64), RunOf(chip, 65), RunOf(chip, 66)};
  std::vector<Machine> machines;
  machines.push_back(MachineOrDie(chip, {.threads = 2}));
  machines.push_back(machines[0].Replica(1));
  machines.push_back(machines[0].Replica(3));
  for (std::size_t i = 0; i < machines.size(); ++i) {
    SendInput(expected[i].input, machines[i]);
  }
  for (std::size_t tick = 0; tick < kTicks; ++tick) {
    for (Machine& machine : machines) {
      machine.Step();
    }
    // Only then, so that what one did could have changed what another holds.
    for (std::size_t i = 0; i < machines.size(); ++i) {
      SCOPED_TRACE("machine " + std::to_string(i) + ", tick " + std::to_string(tick + 1));
      ASSERT_NO_FATAL_FAILURE(ExpectSameTick(Observe(chip, machines[i]), expected[i].ticks[tick]));
    }
  }
}

TEST(MachineReplicaTest, ResetOfOneIsNotSeenByTheOther) {
  const ChipModel chip = MixedChip();
  const RecordedRun expected = RunOf(chip, 67);
  Machine original = MachineOrDie(chip);
  Machine replica = original.Replica(1);
  SendInput(expected.input, original);
  SendInput(expected.input, replica);
  original.RunUntil(Tick(10));
  replica.RunUntil(Tick(10));
  replica.ResetState();
  original.RunUntil(Tick(12));
  ExpectSameTick(Observe(chip, original), expected.ticks[11]);
  // And the other way round.
  Machine other = original.Replica(1);
  SendInput(expected.input, other);
  other.RunUntil(Tick(10));
  original.ResetAt(Tick(500));
  other.RunUntil(Tick(12));
  ExpectSameTick(Observe(chip, other), expected.ticks[11]);
}

// Each in a thread of its own: the thread sanitizer sees whatever they share.
TEST(MachineReplicaTest, ReplicasMayRunAtTheSameTime) {
  const ChipModel chip = MixedChip();
  const RecordedRun expected = RunOf(chip, 68);
  Machine original = MachineOrDie(chip);
  std::vector<Machine> machines;
  machines.push_back(original.Replica(1));
  machines.push_back(original.Replica(2));
  machines.push_back(original.Replica(1));
  std::vector<std::thread> threads;
  for (Machine& machine : machines) {
    threads.emplace_back([&machine, &expected] {
      SendInput(expected.input, machine);
      machine.RunUntil(Tick(kTicks));
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const Machine& machine : machines) {
    ExpectSameTick(Observe(chip, machine), expected.ticks.back());
  }
}

TEST(MachineReplicaTest, ReplicaOfAReplicaIsAReplica) {
  const ChipModel chip = MixedChip();
  Machine original = MachineOrDie(chip);
  Machine replica = original.Replica(2);
  replica.RunUntil(Tick(3));
  ExpectReplicaBegins(chip, RunOf(chip, 69), replica, 1);
}

TEST(MachineReplicaTest, OriginalMayBeMoved) {
  const ChipModel chip = MixedChip();
  Machine original = MachineOrDie(chip);
  Machine replica = original.Replica(1);
  const Machine moved = std::move(original);
  ExpectSameRun(chip, RunOf(chip, 70), replica);
  ExpectReplicaBegins(chip, RunOf(chip, 71), moved, 2);
}

TEST(MachineReplicaTest, KeepsSeedAndInstructionSet) {
  const ChipModel chip = MixedChip();
  ChipModel reseeded = chip;
  reseeded.seed = chip.seed + 1;
  const Machine original = MachineOrDie(chip, {.simd = SimdTarget::kScalar, .seed = reseeded.seed});
  Machine replica = original.Replica(1);
  EXPECT_EQ(replica.simd_name(), original.simd_name());
  EXPECT_NE(RunOf(chip, 72).ticks.back().counters, RunOf(reseeded, 72).ticks.back().counters);
  ExpectSameRun(reseeded, RunOf(reseeded, 72), replica);
}

TEST(MachineReplicaDeathTest, ThreadsOutsideTheRangeAreOurBug) {
  const Machine original = MachineOrDie(RandomChip({.stream = 73}));
  for (const int threads : {-1, 0, kMachineThreadsMax + 1}) {
    EXPECT_DEATH(original.Replica(threads), "threads >= 1");
  }
}

}  // namespace
}  // namespace spikemesh
