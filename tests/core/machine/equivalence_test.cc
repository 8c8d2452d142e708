// SPDX-License-Identifier: Apache-2.0
// The ordering theorem of machine.h, on random chips with every neuron mode: for any number of
// threads and any instruction set, with or without jumps of the clock, the machine gives the
// spikes, pins, potentials and counters of the reference machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/core/machine/random_chips.h"
#include "tests/core/machine/recorded_run.h"
#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

void ExpectEquivalence(const ChipChoice& choice, std::int64_t ticks) {
  const ChipModel chip = RandomChip(choice);
  const std::vector<LineEvent> input = RandomInput({.stream = choice.stream, .ticks = ticks});
  ExpectAllMachinesRun(chip, RecordReference(chip, input, ticks));
}

TEST(MachineEquivalenceTest, OneCore) { ExpectEquivalence({.cores = 1, .stream = 1}, 40); }

TEST(MachineEquivalenceTest, FiveCores) { ExpectEquivalence({.cores = 5, .stream = 2}, 30); }

// Enough due cores to run the workers in parallel.
TEST(MachineEquivalenceTest, FiftyCores) { ExpectEquivalence({.cores = 50, .stream = 3}, 12); }

TEST(MachineEquivalenceTest, QuietCoresThatWakeAndSleep) {
  ExpectEquivalence({.cores = 6, .stream = 4, .styles = {NeuronStyle::kQuiet}}, 60);
}

TEST(MachineEquivalenceTest, JumpingClockLeadsToTheSameState) {
  const ChipModel chip = RandomChip({.cores = 6, .stream = 5, .styles = {NeuronStyle::kQuiet}});
  const std::vector<LineEvent> input = RandomInput({.stream = 5, .ticks = 200});
  const RecordedRun expected = RecordReference(chip, input, 250);
  for (const int threads : {1, 3}) {
    Machine machine = MachineOrDie(chip, {.threads = threads});
    SendInput(input, machine);
    for (const std::int64_t stop : {1, 2, 17, 40, 55, 100, 250}) {
      machine.RunUntil(Tick(stop));
      EXPECT_EQ(machine.now(), Tick(stop));
      ExpectSameTick(Observe(chip, machine), expected.ticks[static_cast<std::size_t>(stop - 1)]);
    }
  }
}

TEST(MachineEquivalenceTest, AnotherSeedDrawsOtherNumbers) {
  const ChipModel chip = RandomChip({.cores = 2, .stream = 6});
  ChipModel reseeded = chip;
  reseeded.seed = chip.seed + 1;
  const RecordedRun expected = RecordReference(reseeded, {}, 10);
  Machine same = MachineOrDie(reseeded);
  ExpectSameRun(reseeded, expected, same);
  // The option overrules the chip's seed.
  Machine overruled = MachineOrDie(chip, {.seed = reseeded.seed});
  ExpectSameRun(chip, expected, overruled);
  Machine other = MachineOrDie(chip);
  other.RunUntil(Tick(10));
  EXPECT_NE(other.counters(), expected.ticks.back().counters);
}

}  // namespace
}  // namespace spikemesh
