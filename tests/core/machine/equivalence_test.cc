// SPDX-License-Identifier: Apache-2.0
// The ordering theorem of machine.h, on random chips with every neuron mode: for any number of
// threads and any instruction set, with or without jumps of the clock, the machine gives the
// spikes, pins, potentials and counters of the reference machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/chip/chip_builder.h"
#include "core/machine/machine.h"
#include "tests/core/machine/reference_machine.h"
#include "tests/neurons/random_neurons.h"

namespace spikemesh {
namespace {

constexpr int kLines = 20;
constexpr int kPins = 10;

struct ChipChoice {
  int cores = 1;
  bool quiet = false;  // most neurons rest until an input comes
  std::uint64_t stream = 0;
};

NeuronParameters NeuronOf(const ChipChoice& choice, RandomSequence& random) {
  NeuronParameters p = RandomNeuron(random, random.NextBelow(2) == 0 ? 127 : 255);
  if (choice.quiet || random.NextBelow(2) == 0) {
    p.threshold = RandomBetween(random, 1, 300);
    p.negative_threshold = RandomBetween(random, 0, 50);
  }
  if (choice.quiet) {
    p.reset_potential = 0;
    p.leak = static_cast<std::int16_t>(-RandomBetween(random, 0, 3));
    p.leak_reversal = true;
    p.reset_mode = static_cast<ResetMode>(random.NextBelow(2));
  }
  return p;
}

void FillCore(const ChipChoice& choice, CoreId core, RandomSequence& random, ChipBuilder& builder) {
  std::vector<NeuronParameters> kinds;
  for (int i = 0; i < 8; ++i) {
    kinds.push_back(NeuronOf(choice, random));
  }
  const int axons = RandomBetween(random, 1, kAxonsPerCore);
  const int neurons = RandomBetween(random, 1, kNeuronsPerCore);
  for (int axon = 0; axon < axons; ++axon) {
    builder.AddAxon(core, AxonType(static_cast<std::uint8_t>(random.NextBelow(kAxonTypes))));
  }
  for (std::uint16_t j = 0; j < neurons; ++j) {
    const std::int32_t v = choice.quiet ? 0 : RandomBetween(random, -1000, 1000);
    builder.AddNeuron(core, kinds[random.NextBelow(8)], v);
    for (std::uint16_t axon = 0; axon < axons; ++axon) {
      if (random.NextBelow(8) == 0) {
        builder.Connect(core, AxonIndex(axon), NeuronIndex(j));
      }
    }
  }
}

NeuronTarget RandomTarget(const ChipModel& chip, RandomSequence& random) {
  switch (random.NextBelow(8)) {
    case 0:
      return NeuronTarget::None();
    case 1:
      return NeuronTarget::Pin(PinIndex(random.NextBelow(kPins)));
    default: {
      const std::uint32_t core = random.NextBelow(static_cast<std::uint32_t>(chip.cores.size()));
      const auto axons = static_cast<std::uint32_t>(chip.cores[core].axon_types.size());
      return NeuronTarget::Axon(CoreId(core),
                                AxonIndex(static_cast<std::uint16_t>(random.NextBelow(axons))),
                                DelayTicks(static_cast<std::uint8_t>(1 + random.NextBelow(15))));
    }
  }
}

// Cores lie on an array of small chips, so that packets cross chip edges.
ChipModel RandomChip(const ChipChoice& choice) {
  RandomSequence random(1, choice.stream);
  ChipSpec spec;
  spec.mesh = {.cores_x = 3, .cores_y = 2, .chips_x = 3, .chips_y = 4};
  ChipBuilder builder(spec);
  builder.model().seed = std::uint64_t{random.NextWord()} << 32 | random.NextWord();
  for (int i = 0; i < choice.cores; ++i) {
    FillCore(choice, builder.AddCore({i % 9, i / 9}), random, builder);
  }
  for (int pin = 0; pin < kPins; ++pin) {
    builder.AddPin();
  }
  for (int line = 0; line < kLines; ++line) {
    std::vector<AxonAddress> reaches;
    for (int i = 0; i < 3; ++i) {
      const NeuronTarget target = RandomTarget(builder.model(), random);
      if (target.kind == TargetKind::kAxon) {
        reaches.push_back({target.core(), target.axon});
      }
    }
    builder.AddInputLine(reaches);
  }
  for (std::uint32_t core = 0; core < static_cast<std::uint32_t>(choice.cores); ++core) {
    const std::size_t neurons = builder.model().cores[core].neurons.size();
    for (std::uint16_t j = 0; j < neurons; ++j) {
      builder.SetTarget(CoreId(core), NeuronIndex(j), RandomTarget(builder.model(), random));
    }
  }
  absl::StatusOr<ChipModel> chip = std::move(builder).Build();
  EXPECT_TRUE(chip.ok()) << chip.status();
  return *std::move(chip);
}

struct LineEvent {
  LineIndex line;
  Tick arrival;
};

// Bursts of input with silence between, some of it sent far ahead.
std::vector<LineEvent> RandomInput(RandomSequence& random, std::int64_t ticks) {
  std::vector<LineEvent> events;
  for (std::int64_t tick = 1; tick <= ticks; ++tick) {
    const bool burst = tick / 7 % 4 == 0;
    for (std::uint32_t i = burst ? random.NextBelow(6) : 0; i > 0; --i) {
      events.push_back({LineIndex(random.NextBelow(kLines)), Tick(tick)});
    }
  }
  return events;
}

std::vector<MachineOptions> AllOptions(std::uint64_t seed) {
  std::vector<MachineOptions> all;
  for (const SimdTarget simd : {SimdTarget::kAuto, SimdTarget::kAvx3, SimdTarget::kAvx2,
                                SimdTarget::kSse4, SimdTarget::kScalar}) {
    for (const int threads : {1, 2, 3}) {
      all.push_back({.threads = threads, .simd = simd, .seed = seed});
    }
  }
  return all;
}

void ExpectSamePotentials(const ChipModel& chip, const Machine& machine,
                          const ReferenceMachine& reference) {
  for (std::uint32_t core = 0; core < chip.cores.size(); ++core) {
    for (std::uint16_t j = 0; j < chip.cores[core].neurons.size(); ++j) {
      const NeuronAddress at = {CoreId(core), NeuronIndex(j)};
      ASSERT_EQ(machine.potential(at), reference.potential(at))
          << "core " << core << " neuron " << j;
    }
  }
}

void ExpectSameRun(const ChipModel& chip, const std::vector<LineEvent>& input,
                   const MachineOptions& options, std::int64_t ticks) {
  absl::StatusOr<Machine> created = Machine::Create(chip, options);
  if (created.status().code() == absl::StatusCode::kFailedPrecondition) {
    return;  // this processor lacks the instruction set
  }
  ASSERT_TRUE(created.ok()) << created.status();
  Machine& machine = *created;
  ReferenceMachine reference(chip);
  for (const LineEvent& event : input) {
    machine.SendLine(event.line, event.arrival);
    for (const AxonAddress& axon : chip.input_lines[event.line.value()]) {
      reference.SendAxon(axon, event.arrival);
    }
  }
  for (std::int64_t tick = 1; tick <= ticks; ++tick) {
    machine.Step();
    reference.Step();
    const std::string at = "tick " + std::to_string(tick) + ", " +
                           std::string(machine.simd_name()) + ", threads " +
                           std::to_string(options.threads);
    ASSERT_THAT(machine.spikes(), testing::ElementsAreArray(reference.spikes())) << at;
    ASSERT_THAT(machine.pins(), testing::ElementsAreArray(reference.pins())) << at;
    ASSERT_TRUE(machine.counters() == reference.counters()) << at;
  }
  ExpectSamePotentials(chip, machine, reference);
}

void ExpectAllRunsSame(const ChipChoice& choice, std::int64_t ticks) {
  const ChipModel chip = RandomChip(choice);
  RandomSequence random(2, choice.stream);
  const std::vector<LineEvent> input = RandomInput(random, ticks);
  for (const MachineOptions& options : AllOptions(chip.seed)) {
    ExpectSameRun(chip, input, options, ticks);
    if (testing::Test::HasFatalFailure()) {
      return;
    }
  }
}

TEST(MachineEquivalenceTest, OneCore) { ExpectAllRunsSame({.cores = 1, .stream = 1}, 40); }

TEST(MachineEquivalenceTest, FiveCores) { ExpectAllRunsSame({.cores = 5, .stream = 2}, 30); }

// Enough due cores to run the workers in parallel.
TEST(MachineEquivalenceTest, FiftyCores) { ExpectAllRunsSame({.cores = 50, .stream = 3}, 12); }

TEST(MachineEquivalenceTest, QuietCoresThatWakeAndSleep) {
  ExpectAllRunsSame({.cores = 6, .quiet = true, .stream = 4}, 60);
}

TEST(MachineEquivalenceTest, JumpingClockLeadsToTheSameState) {
  const ChipModel chip = RandomChip({.cores = 6, .quiet = true, .stream = 5});
  RandomSequence random(2, 5);
  const std::vector<LineEvent> input = RandomInput(random, 200);
  for (const int threads : {1, 3}) {
    absl::StatusOr<Machine> machine = Machine::Create(chip, {.threads = threads});
    ASSERT_TRUE(machine.ok());
    ReferenceMachine reference(chip);
    for (const LineEvent& event : input) {
      machine->SendLine(event.line, event.arrival);
      for (const AxonAddress& axon : chip.input_lines[event.line.value()]) {
        reference.SendAxon(axon, event.arrival);
      }
    }
    std::int64_t tick = 0;
    for (const std::int64_t stop : {1, 2, 17, 40, 55, 100, 250}) {
      machine->RunUntil(Tick(stop));
      for (; tick < stop; ++tick) {
        reference.Step();
      }
      EXPECT_EQ(machine->now(), Tick(stop));
      EXPECT_THAT(machine->spikes(), testing::ElementsAreArray(reference.spikes())) << stop;
      EXPECT_TRUE(machine->counters() == reference.counters()) << stop;
      ExpectSamePotentials(chip, *machine, reference);
    }
  }
}

TEST(MachineEquivalenceTest, AnotherSeedDrawsOtherNumbers) {
  const ChipModel chip = RandomChip({.cores = 2, .stream = 6});
  ChipModel reseeded = chip;
  reseeded.seed = chip.seed + 1;
  ExpectSameRun(reseeded, {}, {.seed = std::nullopt}, 10);
  // The option overrules the chip's seed.
  ExpectSameRun(reseeded, {}, {.seed = reseeded.seed}, 10);
  absl::StatusOr<Machine> overruled = Machine::Create(chip, {.seed = reseeded.seed});
  absl::StatusOr<Machine> other = Machine::Create(chip);
  absl::StatusOr<Machine> same = Machine::Create(reseeded);
  ASSERT_TRUE(overruled.ok() && other.ok() && same.ok());
  overruled->RunUntil(Tick(10));
  other->RunUntil(Tick(10));
  same->RunUntil(Tick(10));
  EXPECT_TRUE(overruled->counters() == same->counters());
  EXPECT_FALSE(overruled->counters() == other->counters());
}

}  // namespace
}  // namespace spikemesh
