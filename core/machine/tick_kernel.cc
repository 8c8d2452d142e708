// SPDX-License-Identifier: Apache-2.0
#include "core/machine/tick_kernel.h"

#include <algorithm>

// This file is compiled once per instruction set: foreach_target.h includes it again for each.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/machine/tick_kernel.cc"
#include "hwy/foreach_target.h"
// Per target, so after foreach_target.h.
#include "core/machine/tick_kernel_send_inl.h"
#include "hwy/highway.h"
#include "neurons/core_update_inl.h"
#include "neurons/list_members_inl.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

// So many cores ahead of the one being updated, what its update will read is fetched.
inline constexpr std::size_t kCoresAhead = 6;
inline constexpr std::size_t kCacheLineBytes = 64;
// So many cores lie with all they have (11 KB each) in the cache next to the processor: fetching
// ahead costs more than it saves.
inline constexpr std::size_t kCoresNear = 64;

// What only fetches has to be inlined by force: compilers take a function of prefetches for one
// without effect and drop its calls.
HWY_INLINE void FetchToWrite(const void* memory, std::size_t bytes) {
  for (std::size_t byte = 0; byte < bytes; byte += kCacheLineBytes) {
    __builtin_prefetch(static_cast<const char*>(memory) + byte, 1);
  }
}

// Takes the active axons of a core.
inline void TakeActive(const CompiledChip& chip, std::uint32_t core, int slot, MachineState& state,
                       ActiveAxons& active) {
  ListActive(state.buffers.Take(core, slot), chip.axon_types[core], active);
}

// The same, and fetches what the core's update will read.
inline void FetchCore(const CompiledChip& chip, std::uint32_t core, int slot, MachineState& state,
                      ActiveAxons& active) {
  FetchToWrite(&state.potentials.Narrow(core), sizeof(NarrowPotentials));
  TakeActive(chip, core, slot, state, active);
  for (const std::uint8_t axon : active.list.all()) {
    __builtin_prefetch(chip.cores[core].rows + axon);
  }
}

// In 16 bits if possible. A core that had to go wide stays so until its potentials fit again.
inline void UpdateCore(const CoreTick& tick, std::uint32_t core, PotentialStore& potentials,
                       CoreTickResult& result) {
  if (!potentials.IsWide(core)) {
    if (UpdateNarrow(tick, potentials.Narrow(core), result)) {
      return;
    }
    potentials.Widen(core);
  }
  UpdateWide(tick, potentials.Wide(core), result);
  if (tick.neurons.traits.narrow) {
    potentials.NarrowWherePossible(core);
  }
}

inline void VisitCore(const TickPlan& plan, std::uint32_t core, Tick now, const ActiveAxons& active,
                      MachineState& state, WorkerState& worker) {
  const CompiledCore& compiled = plan.chip.cores[core];
  const CoreTick tick = {*compiled.block,
                         compiled.rows,
                         plan.chip.axon_types[core],
                         active,
                         {plan.seed, compiled.rng_stream, now}};
  CoreTickResult result;
  UpdateCore(tick, core, state.potentials, result);
  worker.counters.axon_events += static_cast<std::int64_t>(active.list.count);
  worker.counters.synaptic_ops += result.synaptic_ops;
  worker.restless_count += (result.at_rest ? 0 : 1) - (worker.restless.Contains(core) ? 1 : 0);
  worker.restless.Put(core, !result.at_rest);
  const std::size_t room = worker.spike_count + kNeuronsPerCore + kIndexSlack;
  if (worker.spikes.size() < room) {
    worker.spikes.resize(2 * room);
  }
  worker.spike_count +=
      ListIndices(result.spikes, core * kNeuronsPerCore, worker.spikes.data() + worker.spike_count);
}

// Visits the cores of a chip whose rows lie in main memory or near it.
inline void VisitFetched(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
  const int slot = SlotOf(now);
  const std::span<const std::uint32_t> cores(worker.visited.data(), worker.visited_count);
  std::array<ActiveAxons, kCoresAhead> ring;
  for (std::size_t i = 0; i < std::min(kCoresAhead, cores.size()); ++i) {
    FetchCore(plan.chip, cores[i], slot, state, ring[i]);
  }
  for (std::size_t i = 0; i < cores.size(); ++i) {
    ActiveAxons& active = ring[i % kCoresAhead];
    VisitCore(plan, cores[i], now, active, state, worker);
    if (i + kCoresAhead < cores.size()) {
      FetchCore(plan.chip, cores[i + kCoresAhead], slot, state, active);
    }
  }
}

// Visits the cores of a chip that lies in the cache next to the processor as a whole.
inline void VisitNear(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
  for (std::size_t i = 0; i < worker.visited_count; ++i) {
    const std::uint32_t core = worker.visited[i];
    ActiveAxons active;
    TakeActive(plan.chip, core, SlotOf(now), state, active);
    VisitCore(plan, core, now, active, state, worker);
  }
}

void UpdateDueCores(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
  const int slot = SlotOf(now);
  CoreSet& due = worker.due[static_cast<std::size_t>(slot)];
  worker.visited_count = CoreSet::ListUnion(due, worker.restless, worker.visited);
  due.Clear();
  worker.spike_count = 0;

  if (plan.chip.core_count() > kCoresNear) {
    VisitFetched(plan, now, state, worker);
  } else {
    VisitNear(plan, now, state, worker);
  }
  worker.counters.spikes += static_cast<std::int64_t>(worker.spike_count);
}

TickKernel MakeTickKernel() {
  return {hwy::TargetName(HWY_TARGET), &UpdateDueCores, &SendSpikes, &Deliver};
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "neurons/kernel_targets.h"

namespace spikemesh {

std::vector<TickKernel> SupportedTickKernels() {
  return RunnableKernels<TickKernel>(SPIKEMESH_COMPILED_KERNELS(MakeTickKernel));
}

}  // namespace spikemesh
#endif  // HWY_ONCE
