// SPDX-License-Identifier: Apache-2.0
// One worker's part of a tick. Every core is owned by one worker, who alone updates it (phase A)
// and alone writes its delay buffers: packets travel in outboxes, one for each pair of workers, and
// are delivered by the owner of their target (phase B); a lone worker delivers at once, which is
// safe because no packet is for the slot being read. So no two threads write the same object in one
// phase, and results cannot depend on the number of workers. The loops are in tick_kernel.h.
#ifndef SPIKEMESH_CORE_MACHINE_TICK_WORKER_H_
#define SPIKEMESH_CORE_MACHINE_TICK_WORKER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/machine/tick_kernel.h"
#include "core/stats/phase_times.h"
#include "router/cycle_transport.h"

namespace spikemesh {

class TickWorker {
 public:
  // The references must outlive the worker. `profile`: measure PhaseTimes.
  TickWorker(const TickPlan& plan, const TickKernel& kernel, MachineState& state, int worker,
             bool profile);

  // Phase A: updates the owned cores that are due in tick `now`.
  void UpdateDueCores(Tick now);
  // Phase A: sends their spikes, into slots (a lone worker) or outboxes.
  void SendSpikes(Tick now);
  // In place of SendSpikes: hands their spikes to the mesh, in the cycles of the sweep.
  void HandSpikesTo(CycleTransport& transport, Tick now);
  // Phase B: delivers what all workers sent to the owned cores in tick `now`.
  void DeliverPackets(Tick now, std::span<const TickWorker> all);
  // Packets of the host (delay 0) for owned cores in the coming tick.
  std::vector<CompiledTarget>& host_packets() { return host_packets_; }
  // Delivers and forgets them.
  void DeliverHostPackets(Tick now);

  // Packets for owned cores that the mesh carried, with the ticks from `sent` to the one in which
  // they are active as delays; delivers and forgets them.
  std::vector<CompiledTarget>& carried_packets() { return carried_packets_; }
  void DeliverCarriedPackets(Tick sent);
  // Of these, packets of the host.
  void CountHostPackets(std::int64_t packets) { own_.counters.host_packets += packets; }

  // Drops the spikes of the last tick.
  void ForgetTick();
  // After `state` was set to V(0): no axon waits, and who starts restless is restless.
  void ResetState();

  bool AnyRestless() const { return own_.restless_count > 0; }
  // Whether an owned core has an active axon in a coming slot.
  bool AnyPending(int slot) const { return own_.due[static_cast<std::size_t>(slot)].Any(); }
  // Axons of owned cores that are active in slots to come.
  std::int64_t WaitingAxons() const;
  // Owned cores that are due in the tick of `slot`.
  std::int64_t DueCores(int slot) const {
    return CoreSet::CountUnion(own_.due[static_cast<std::size_t>(slot)], own_.restless);
  }

  // What happened in the last tick (WorkerState).
  std::int64_t cores_visited() const { return static_cast<std::int64_t>(own_.visited_count); }
  std::span<const std::uint32_t> spikes() const { return {own_.spikes.data(), own_.spike_count}; }
  std::span<const std::uint32_t> pins() const { return own_.pins; }
  // Since the start (WorkerState).
  const Counters& counters() const { return own_.counters; }
  std::int64_t arrivals() const { return own_.arrivals; }
  PhaseTimes& phase_times() { return times_; }
  const PhaseTimes& phase_times() const { return times_; }

 private:
  const TickPlan& plan_;
  const TickKernel& kernel_;
  MachineState& state_;
  bool profile_;
  WorkerState own_;
  std::vector<CompiledTarget> host_packets_;
  std::vector<CompiledTarget> carried_packets_;
  PhaseTimes times_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_TICK_WORKER_H_
