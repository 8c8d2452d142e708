// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "core/chip/chip_builder.h"
#include "core/machine/machine.h"

int main() {
  spikemesh::ChipBuilder builder;
  builder.AddNeuron(builder.AddCore({0, 0}), {.leak = 1, .threshold = 10});
  spikemesh::Machine machine = *spikemesh::Machine::Create(*std::move(builder).Build());
  machine.RunUntil(spikemesh::Tick(100));
  std::cout << machine.counters().spikes << " spikes\n";
}
