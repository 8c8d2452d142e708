// SPDX-License-Identifier: Apache-2.0
#include "tests/core/machine/recorded_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "tests/core/machine/reference_machine.h"

namespace spikemesh {
namespace {

// `potential_of`: of a NeuronAddress.
template <typename PotentialOf>
std::vector<std::vector<std::int32_t>> AllPotentials(const ChipModel& chip,
                                                     PotentialOf potential_of) {
  std::vector<std::vector<std::int32_t>> all;
  for (std::uint32_t core = 0; core < chip.cores.size(); ++core) {
    std::vector<std::int32_t>& potentials = all.emplace_back();
    const auto neurons = static_cast<std::uint16_t>(chip.cores[core].neurons.size());
    for (std::uint16_t j = 0; j < neurons; ++j) {
      potentials.push_back(potential_of(NeuronAddress{CoreId(core), NeuronIndex(j)}));
    }
  }
  return all;
}

}  // namespace

RecordedRun RecordReference(const ChipModel& chip, const std::vector<LineEvent>& input,
                            std::int64_t ticks, Tick start) {
  ReferenceMachine reference(chip, start);
  for (const LineEvent& event : input) {
    for (const AxonAddress& axon : chip.input_lines[event.line.value()]) {
      reference.SendAxon(axon, start + event.arrival.value());
    }
  }
  RecordedRun run = {.input = input, .ticks = {}};
  for (std::int64_t tick = 0; tick < ticks; ++tick) {
    reference.Step();
    run.ticks.push_back(
        {.spikes = reference.spikes(),
         .pins = reference.pins(),
         .potentials =
             AllPotentials(chip, [&](NeuronAddress neuron) { return reference.potential(neuron); }),
         .counters = reference.counters()});
  }
  return run;
}

void SendInput(const std::vector<LineEvent>& input, Machine& machine) {
  for (const LineEvent& event : input) {
    machine.SendLine(event.line, machine.now() + event.arrival.value());
  }
}

RecordedTick Observe(const ChipModel& chip, const Machine& machine, const Counters& before) {
  const std::span<const NeuronAddress> spikes = machine.spikes();
  const std::span<const PinIndex> pins = machine.pins();
  return {.spikes = {spikes.begin(), spikes.end()},
          .pins = {pins.begin(), pins.end()},
          .potentials =
              AllPotentials(chip, [&](NeuronAddress neuron) { return machine.potential(neuron); }),
          .counters = machine.counters() - before};
}

void ExpectSameTick(const RecordedTick& found, const RecordedTick& expected) {
  ASSERT_THAT(found.spikes, testing::ElementsAreArray(expected.spikes));
  ASSERT_THAT(found.pins, testing::ElementsAreArray(expected.pins));
  ASSERT_EQ(found.counters, expected.counters);
  ASSERT_EQ(found.potentials.size(), expected.potentials.size());
  for (std::size_t core = 0; core < expected.potentials.size(); ++core) {
    ASSERT_EQ(found.potentials[core].size(), expected.potentials[core].size());
    for (std::size_t j = 0; j < expected.potentials[core].size(); ++j) {
      ASSERT_EQ(found.potentials[core][j], expected.potentials[core][j])
          << "core " << core << " neuron " << j;
    }
  }
}

void ExpectSameRun(const ChipModel& chip, const RecordedRun& expected, Machine& machine) {
  const Counters before = machine.counters();
  SendInput(expected.input, machine);
  for (const RecordedTick& tick : expected.ticks) {
    machine.Step();
    SCOPED_TRACE("tick " + std::to_string(machine.now().value()));
    ExpectSameTick(Observe(chip, machine, before), tick);
    if (testing::Test::HasFatalFailure()) {
      return;
    }
  }
}

void ExpectAllMachinesRun(const ChipModel& chip, const RecordedRun& expected) {
  for (const SimdTarget simd :
       {SimdTarget::kAvx3, SimdTarget::kAvx2, SimdTarget::kSse4, SimdTarget::kScalar}) {
    for (const int threads : {1, 2, 3}) {
      absl::StatusOr<Machine> machine = Machine::Create(chip, {.threads = threads, .simd = simd});
      if (machine.status().code() == absl::StatusCode::kFailedPrecondition) {
        continue;  // this processor lacks the instruction set
      }
      ASSERT_TRUE(machine.ok()) << machine.status();
      SCOPED_TRACE(std::string(machine->simd_name()) + ", threads " + std::to_string(threads));
      ExpectSameRun(chip, expected, *machine);
      if (testing::Test::HasFatalFailure()) {
        return;
      }
    }
  }
}

}  // namespace spikemesh
