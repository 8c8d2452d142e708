// SPDX-License-Identifier: Apache-2.0
// Cores are dealt to workers in groups of four; with few cores some workers own none. Results are
// those of the reference for any number of either.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "core/machine/tick_kernel.h"
#include "tests/core/machine/random_chips.h"
#include "tests/core/machine/recorded_run.h"
#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

void ExpectSameForThreads(const ChipChoice& choice, std::initializer_list<int> thread_counts) {
  constexpr std::int64_t kTicks = 20;
  const ChipModel chip = RandomChip(choice);
  const RecordedRun expected = RecordReference(
      chip, RandomInput({.stream = choice.stream, .ticks = kTicks, .flood_every = 6}), kTicks);
  for (const int threads : thread_counts) {
    SCOPED_TRACE(std::to_string(choice.cores) + " cores, " + std::to_string(threads) + " threads");
    Machine machine = MachineOrDie(chip, {.threads = threads});
    ExpectSameRun(chip, expected, machine);
  }
}

TEST(CoreOwnersTest, FourCoresInARowHaveOneOwnerAndGroupsAreDealtInTurn) {
  const CoreOwners owners(21, 3);
  EXPECT_EQ(owners.workers(), 3);
  for (std::uint32_t core = 0; core < 21; ++core) {
    EXPECT_EQ(owners.Of(core), static_cast<int>(core / 4 % 3)) << core;
  }
}

TEST(CoreOwnersTest, OneWorkerOwnsAllAndFewCoresLeaveWorkersWithoutAny) {
  const CoreOwners one(9, 1);
  const CoreOwners many(9, kMachineThreadsMax);
  for (std::uint32_t core = 0; core < 9; ++core) {
    EXPECT_EQ(one.Of(core), 0);
    EXPECT_EQ(many.Of(core), static_cast<int>(core / 4));
  }
}

TEST(MachineThreadsTest, OneToNineCoresWithFewerWorkersAndWithMore) {
  for (int cores = 1; cores <= 9; ++cores) {
    const auto stream = static_cast<std::uint64_t>(50 + cores);
    ExpectSameForThreads(
        {.cores = cores, .stream = stream, .styles = {NeuronStyle::kNarrow, NeuronStyle::kAny}},
        {1, 2, 3, 5});
  }
}

// All of 16 to 20 cores are due in every tick, so that the workers run in parallel.
TEST(MachineThreadsTest, WorkersInParallelWithGroupsToSpareAndTooFew) {
  for (const int cores : {16, 17, 20}) {
    const auto stream = static_cast<std::uint64_t>(50 + cores);
    ExpectSameForThreads({.cores = cores,
                          .stream = stream,
                          .styles = {NeuronStyle::kAny, NeuronStyle::kDrifting},
                          .neurons = 40},
                         {1, 2, 3, 5, 7});
  }
}

// Floods wake all cores; between them few are due and one thread does all workers' parts.
TEST(MachineThreadsTest, TicksInParallelAndTicksAloneTakeTurns) {
  const ChipChoice choice = {.cores = 24, .stream = 80, .styles = {NeuronStyle::kQuiet}};
  const ChipModel chip = RandomChip(choice);
  Machine machine = MachineOrDie(chip);
  machine.SendLine(kFloodLine, Tick(1));
  machine.Step();
  EXPECT_EQ(machine.cores_visited(), 24);
  ExpectSameForThreads(choice, {1, 2, 3, 5});
}

}  // namespace
}  // namespace spikemesh
