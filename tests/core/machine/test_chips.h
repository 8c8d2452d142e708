// SPDX-License-Identifier: Apache-2.0
// Small chips for the machine's tests.
#ifndef SPIKEMESH_TESTS_CORE_MACHINE_TEST_CHIPS_H_
#define SPIKEMESH_TESTS_CORE_MACHINE_TEST_CHIPS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "core/chip/chip_builder.h"
#include "core/machine/machine.h"
#include "neurons/neuron_parameters.h"

namespace spikemesh {

inline ChipModel BuildOrDie(ChipBuilder builder) {
  absl::StatusOr<ChipModel> chip = std::move(builder).Build();
  SPIKEMESH_CHECK(chip.ok());
  return *std::move(chip);
}

inline Machine MachineOrDie(const ChipModel& chip, const MachineOptions& options = {}) {
  absl::StatusOr<Machine> machine = Machine::Create(chip, options);
  SPIKEMESH_CHECK(machine.ok());
  return *std::move(machine);
}

// Fires in exactly the ticks in which its axon of type 0 is active.
inline NeuronParameters Relay() { return MemorylessNeuron({1, 0, 0, 0}, 1); }

// Adds axon k and neuron k with the crossbar bit between them.
inline NeuronIndex AddLane(ChipBuilder& builder, CoreId core, const NeuronParameters& parameters) {
  const AxonIndex axon = builder.AddAxon(core, AxonType(0));
  const NeuronIndex neuron = builder.AddNeuron(core, parameters);
  builder.Connect(core, axon, neuron);
  return neuron;
}

// The ticks up to `last` in which a neuron fires, running the machine on from where it is.
inline std::vector<std::int64_t> SpikeTicks(Machine& machine, NeuronAddress neuron,
                                            std::int64_t last) {
  std::vector<std::int64_t> ticks;
  while (machine.now() < Tick(last)) {
    machine.Step();
    for (const NeuronAddress& spike : machine.spikes()) {
      if (spike == neuron) {
        ticks.push_back(machine.now().value());
      }
    }
  }
  return ticks;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CORE_MACHINE_TEST_CHIPS_H_
