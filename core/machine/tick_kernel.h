// SPDX-License-Identifier: Apache-2.0
// The hot loops of a tick: what one worker does in phases A and B (machine.h), compiled once per
// instruction set with the core update inside.
// On a large chip a tick waits for memory more than it computes; so what will be read is fetched
// ahead at every step: rows and potentials of the next cores, targets of the next spikes, slots of
// the next packets.
#ifndef SPIKEMESH_CORE_MACHINE_TICK_KERNEL_H_
#define SPIKEMESH_CORE_MACHINE_TICK_KERNEL_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/machine/compiled_chip.h"
#include "core/machine/compiled_target.h"
#include "core/machine/worker_state.h"

namespace spikemesh {

// What all workers share and none writes.
struct TickPlan {
  const CompiledChip& chip;
  CoreOwners owners;
  std::uint64_t seed;
};

// One instruction set's loops.
struct TickKernel {
  std::string_view name;  // Highway's name of the instruction set: "AVX3_DL", "AVX2", ...

  // Phase A, updates: takes the axons of tick `now` from the slots of the due cores, updates these
  // and lists their spikes.
  void (*update_due_cores)(const TickPlan& plan, Tick now, MachineState& state,
                           WorkerState& worker);
  // Phase A, sending: looks up the target of every spike. A lone worker delivers at once (no packet
  // is for the slot of `now`); others put all packets, their own too, into outboxes.
  void (*send_spikes)(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker);
  // Phase B, and the host's packets (delay 0) before phase A: delivers packets of tick `now` to
  // cores that the worker owns.
  void (*deliver)(std::span<const CompiledTarget> packets, Tick now, MachineState& state,
                  WorkerState& worker);
};

// The kernels that this processor can run, best first; the last one is scalar. Never empty.
std::vector<TickKernel> SupportedTickKernels();

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_TICK_KERNEL_H_
