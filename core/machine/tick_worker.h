// SPDX-License-Identifier: Apache-2.0
// One worker's part of a tick. Every core is owned by one worker, who alone updates it (phase A)
// and alone writes its delay buffers (phase B); packets travel between workers in outboxes, one for
// each pair of workers. So no two threads write the same object in one phase, and results cannot
// depend on the number of workers.
// Cores are owned in groups of four, dealt in turn, so that busy regions of a chip are shared out.
#ifndef SPIKEMESH_CORE_MACHINE_TICK_WORKER_H_
#define SPIKEMESH_CORE_MACHINE_TICK_WORKER_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bits256.h"
#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/machine/compiled_chip.h"
#include "core/machine/delay_buffers.h"
#include "core/stats/counters.h"
#include "neurons/core_update.h"

namespace spikemesh {

// So many cores ahead of the one being updated, what the update will read is fetched.
inline constexpr std::size_t kCoresAhead = 2;

// What changes from tick to tick, for all cores.
struct MachineState {
  explicit MachineState(const CompiledChip& chip);

  DelayBuffers buffers;
  LargeVector<Potentials> potentials;  // [core]
  std::vector<std::uint8_t> restless;  // [core]: 1 unless the core is at rest
};

// What all workers share and none writes.
struct MachinePlan {
  const CompiledChip& chip;
  CoreUpdateKernel kernel;
  std::uint64_t seed;
  int workers;
};

class TickWorker {
 public:
  // The references must outlive the worker.
  TickWorker(const MachinePlan& plan, MachineState& state, int worker);

  // Phase A: updates the owned cores that are due in tick `now` and sends their spikes.
  void UpdateDueCores(Tick now);
  // Phase B: delivers what all workers sent to the owned cores in tick `now`.
  void DeliverPackets(Tick now, std::span<const TickWorker> all);

  // Drops the spikes of the last tick.
  void ForgetTick();
  // Counts restless cores anew and drops packets under way, after `state` was set to V(0).
  void ResetState();

  // Owned cores that are not at rest.
  std::int64_t restless_cores() const { return restless_cores_; }
  // Owned cores with an active axon in a coming slot, the host's not included.
  std::int64_t pending_cores(int slot) const { return pending_cores_[slot]; }

  // What happened in the last tick: cores updated, ascending; spikes as core * 256 + neuron,
  // ascending; pins in no order.
  std::span<const std::uint32_t> due_cores() const { return due_; }
  std::span<const std::uint64_t> spikes() const { return spikes_; }
  std::span<const std::uint32_t> pins() const { return pins_; }
  // Since the start; neuron_updates and the host's packets are counted elsewhere.
  const Counters& counters() const { return counters_; }

 private:
  struct Packet {
    std::uint32_t core;
    std::uint8_t axon;
    std::uint8_t delay;
  };

  int OwnerOf(std::uint32_t core) const;
  void FindDueCores(int slot);
  void FetchAhead(std::uint32_t core, int slot, MemberList& active) const;
  void UpdateCoreNow(std::uint32_t core, Tick now, const MemberList& active);
  void SendSpikes();
  void Deliver(std::span<const Packet> packets, Tick now);

  const MachinePlan& plan_;
  MachineState& state_;
  int worker_;
  std::vector<std::uint8_t> owner_of_group_;  // [group of cores]

  std::vector<std::uint32_t> due_;
  std::array<MemberList, kCoresAhead + 1> active_;  // axons of the due cores fetched ahead, a ring
  MemberList fired_;                                // neurons of the core being updated
  std::vector<std::uint64_t> spikes_;
  std::vector<std::uint32_t> pins_;
  std::vector<std::vector<Packet>> outboxes_;  // [worker who owns the target]
  std::array<std::int64_t, kDelaySlots> pending_cores_ = {};
  std::int64_t restless_cores_ = 0;
  Counters counters_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_TICK_WORKER_H_
