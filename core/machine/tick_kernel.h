// SPDX-License-Identifier: Apache-2.0
// The hot loops of a tick: what one worker does in phases A and B (machine.h), compiled once per
// instruction set with the core update inside.
// A tick waits for memory more than it computes; so what will be read is fetched ahead at every
// step: rows and potentials of the next cores, targets of the next spikes, slots of the next
// packets.
#ifndef SPIKEMESH_CORE_MACHINE_TICK_KERNEL_H_
#define SPIKEMESH_CORE_MACHINE_TICK_KERNEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/machine/compiled_chip.h"
#include "core/machine/core_set.h"
#include "core/machine/delay_buffers.h"
#include "core/machine/machine.h"
#include "core/machine/potential_store.h"
#include "core/stats/counters.h"
#include "neurons/core_update.h"

namespace spikemesh {

// What changes from tick to tick, for all cores.
struct MachineState {
  explicit MachineState(const CompiledChip& chip)
      : buffers(chip.core_count()), potentials(chip.initial_potentials) {}

  DelayBuffers buffers;
  PotentialStore potentials;
};

// Which worker owns which core: groups of four cores, dealt in turn, so that busy regions of a chip
// are shared out.
class CoreOwners {
 public:
  // 1..kMachineThreadsMax workers.
  CoreOwners(std::size_t core_count, int workers);
  int Of(std::uint32_t core) const { return owner_of_group_[core / kCoresPerGroup]; }
  int workers() const { return workers_; }

 private:
  static constexpr std::uint32_t kCoresPerGroup = 4;
  std::vector<std::uint8_t> owner_of_group_;
  int workers_;
};

// Packets under way from phase A to phase B.
struct Outbox {
  std::vector<CompiledTarget> packets;  // room for more
  std::size_t count = 0;
  std::span<const CompiledTarget> all() const { return {packets.data(), count}; }
};

// What a worker keeps, on cache lines of its own (two, for processors that fetch them in pairs).
struct alignas(128) WorkerState {
  WorkerState(std::size_t core_count, const CoreOwners& owners, int worker);

  int worker;
  CoreSet restless;                 // owned cores that are not at rest
  std::int64_t restless_count = 0;  // its size
  std::vector<CoreSet> due;         // [slot]: owned cores with an active axon there

  // Of the last tick: the cores visited, and spikes as core * 256 + neuron, both ascending; pins in
  // the order of spikes.
  std::vector<std::uint32_t> visited;  // room for all cores
  std::size_t visited_count = 0;
  std::vector<std::uint32_t> spikes;  // room for more
  std::size_t spike_count = 0;
  std::vector<std::uint32_t> pins;
  std::vector<Outbox> outboxes;  // [worker who owns the target]; unused where there is one worker

  // Since the start; neuron_updates and merged_spikes are counted elsewhere.
  Counters counters;
  std::int64_t arrivals = 0;  // packets put into slots since the start
};

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
