// SPDX-License-Identifier: Apache-2.0
// The README's chip by hand, built against nothing but an installed Spikemesh.
#include <iostream>

#include "core/chip/chip_builder.h"
#include "core/machine/machine.h"
using namespace spikemesh;

int main() {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const AxonIndex axon = builder.AddAxon(core, AxonType(0));
  const NeuronIndex neuron =
      builder.AddNeuron(core, {.weights = {3, 0, 0, 0}, .leak = 1, .threshold = 10});
  builder.Connect(core, axon, neuron);
  builder.SetTarget(core, neuron, NeuronTarget::Pin(builder.AddPin()));
  const LineIndex line = builder.AddInputLine({{core, axon}});
  const absl::StatusOr<ChipModel> chip = std::move(builder).Build();
  absl::StatusOr<Machine> machine = Machine::Create(*chip);
  machine->SendLine(line, Tick(4));
  while (machine->now() < Tick(10)) {
    machine->Step();
    for (const PinIndex pin : machine->pins()) {
      std::cout << "tick " << machine->now() << " pin " << pin << "\n";
    }
  }
}
