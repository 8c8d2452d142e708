// SPDX-License-Identifier: Apache-2.0
#include "core/machine/tick_kernel.h"

#include <algorithm>

// This file is compiled once per instruction set: foreach_target.h includes it again for each.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/machine/tick_kernel.cc"
#include "hwy/foreach_target.h"
// Per target, so after foreach_target.h.
#include "hwy/highway.h"
#include "neurons/core_update_inl.h"
#include "neurons/list_members_inl.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

// So many cores ahead of the one being updated, what its update will read is fetched.
inline constexpr std::size_t kCoresAhead = 6;
// Spikes are looked up, and packets delivered, in blocks: what a block reads is fetched while the
// block before it is worked on.
inline constexpr std::size_t kBlock = 64;
inline constexpr std::size_t kCacheLineBytes = 64;
// So many cores lie with all they have (11 KB each) in the cache next to the processor: fetching
// ahead costs more than it saves.
inline constexpr std::size_t kCoresNear = 64;
// The targets and slots of so many cores (2.5 KB each) do, or nearly.
inline constexpr std::size_t kCoresInCache = 384;

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

// Where packets of one tick go, by their delay.
struct SlotTable {
  SlotTable(Tick now, MachineState& state, WorkerState& worker) {
    for (std::size_t delay = 0; delay < kDelaySlots; ++delay) {
      const int slot = SlotOf(now + static_cast<std::int64_t>(delay));
      words[delay] = state.buffers.SlotWords(slot);
      due[delay] = worker.due[static_cast<std::size_t>(slot)].words();
    }
  }
  std::array<std::uint64_t*, kDelaySlots> words;  // [delay]: of all cores' axons
  std::array<std::uint64_t*, kDelaySlots> due;    // [delay]: of a CoreSet
};

// What is counted while spikes are sent; apart from the worker, so that it stays in registers.
struct SendTally {
  std::int64_t hops = 0;
  std::int64_t chip_crossings = 0;
  std::int64_t not_sent = 0;  // spikes that go to no axon
};

// Fetches what PutPacket will write.
HWY_INLINE void FetchSlot(const SlotTable& slots, const CompiledTarget& packet) {
  __builtin_prefetch(&slots.words[packet.delay()][packet.word()], 1);
}

// Puts a packet for a core of the worker's own into its slot.
HWY_INLINE void PutPacket(const SlotTable& slots, const CompiledTarget& packet) {
  slots.words[packet.delay()][packet.word()] |= std::uint64_t{1} << packet.bit();
  slots.due[packet.delay()][packet.core() / 64] |= std::uint64_t{1} << packet.core() % 64;
}

HWY_INLINE void FetchTargets(const CompiledTarget* targets, std::span<const std::uint32_t> spikes) {
  for (const std::uint32_t spike : spikes) {
    __builtin_prefetch(&targets[spike]);
  }
}

// Counts what a spike's way costs. `kManyChips`: whether packets cross chip edges at all.
template <bool kManyChips>
HWY_INLINE void CountWay(const CompiledTarget& target, SendTally& tally) {
  tally.hops += target.hops();
  if constexpr (kManyChips) {
    tally.chip_crossings += target.chip_crossings();
  }
}

// A spike that goes to no axon.
HWY_NOINLINE void SendToPin(const CompiledTarget& target, WorkerState& worker) {
  if (target.is_pin()) {
    ++worker.counters.pin_packets;
    worker.pins.push_back(target.pin());
  }
}

// Sends a spike of a lone worker.
template <bool kManyChips>
HWY_INLINE void Send(const CompiledTarget& target, const SlotTable& slots, WorkerState& worker,
                     SendTally& tally) {
  CountWay<kManyChips>(target, tally);
  if (target.is_axon()) {
    PutPacket(slots, target);
  } else {
    ++tally.not_sent;
    SendToPin(target, worker);
  }
}

// Sends all spikes of a lone worker, where targets and slots lie in main memory: in blocks, of
// which one is looked up while the one before it is sent.
template <bool kManyChips>
inline void SendFetched(const CompiledTarget* targets, const SlotTable& slots, WorkerState& worker,
                        SendTally& tally) {
  const std::span<const std::uint32_t> spikes(worker.spikes.data(), worker.spike_count);
  const auto block_at = [&](std::size_t begin) HWY_ATTR {
    const std::size_t first = std::min(begin, spikes.size());
    return spikes.subspan(first, std::min(kBlock, spikes.size() - first));
  };
  std::array<std::array<CompiledTarget, kBlock>, 2> blocks;
  std::size_t count_before = 0;
  FetchTargets(targets, block_at(0));
  for (std::size_t begin = 0; begin < spikes.size() + kBlock; begin += kBlock) {
    std::array<CompiledTarget, kBlock>& here = blocks[begin / kBlock % 2];
    const std::array<CompiledTarget, kBlock>& before = blocks[1 - begin / kBlock % 2];
    FetchTargets(targets, block_at(begin + kBlock));
    std::size_t count = 0;
    for (const std::uint32_t spike : block_at(begin)) {
      const CompiledTarget target = targets[spike];
      here[count++] = target;
      FetchSlot(slots, target);  // of no use, and no harm, where it is a pin
    }
    for (std::size_t i = 0; i < count_before; ++i) {
      Send<kManyChips>(before[i], slots, worker, tally);
    }
    count_before = count;
  }
}

// The same where they lie in the cache.
template <bool kManyChips>
inline void SendCached(const CompiledTarget* targets, const SlotTable& slots, WorkerState& worker,
                       SendTally& tally) {
  const std::uint32_t* const spikes = worker.spikes.data();
  for (std::size_t i = 0; i < worker.spike_count; ++i) {
    Send<kManyChips>(targets[spikes[i]], slots, worker, tally);
  }
}

// Posts all spikes of one worker among several. Who owns a target is as good as random, so a branch
// on it would be mispredicted every other time; a worker's own packets go through an outbox, too.
template <bool kManyChips>
inline void PostAll(const TickPlan& plan, WorkerState& worker, SendTally& tally) {
  const CompiledTarget* const targets = plan.chip.targets.data();
  const std::uint32_t* const spikes = worker.spikes.data();
  std::array<CompiledTarget*, kMachineThreadsMax> next;
  for (std::size_t owner = 0; owner < worker.outboxes.size(); ++owner) {
    std::vector<CompiledTarget>& packets = worker.outboxes[owner].packets;
    if (packets.size() < worker.spike_count) {
      packets.resize(2 * worker.spike_count);
    }
    next[owner] = packets.data();
  }
  for (std::size_t i = 0; i < worker.spike_count; ++i) {
    if (i + kBlock < worker.spike_count) {
      __builtin_prefetch(&targets[spikes[i + kBlock]]);
    }
    const CompiledTarget target = targets[spikes[i]];
    CountWay<kManyChips>(target, tally);
    if (target.is_axon()) {
      *next[static_cast<std::size_t>(plan.owners.Of(target.core()))]++ = target;
    } else {
      SendToPin(target, worker);
    }
  }
  for (std::size_t owner = 0; owner < worker.outboxes.size(); ++owner) {
    Outbox& outbox = worker.outboxes[owner];
    outbox.count = static_cast<std::size_t>(next[owner] - outbox.packets.data());
  }
}

template <bool kManyChips>
void SendAll(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
  SendTally tally;
  if (plan.owners.workers() > 1) {
    PostAll<kManyChips>(plan, worker, tally);
  } else {
    const CompiledTarget* const targets = plan.chip.targets.data();
    const SlotTable slots(now, state, worker);
    if (plan.chip.core_count() > kCoresInCache) {
      SendFetched<kManyChips>(targets, slots, worker, tally);
    } else {
      SendCached<kManyChips>(targets, slots, worker, tally);
    }
    worker.arrivals += static_cast<std::int64_t>(worker.spike_count) - tally.not_sent;
  }
  worker.counters.hops += tally.hops;
  worker.counters.chip_crossings += tally.chip_crossings;
}

void SendSpikes(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
  worker.pins.clear();
  if (plan.chip.crosses_chips) {
    SendAll<true>(plan, now, state, worker);
  } else {
    SendAll<false>(plan, now, state, worker);
  }
}

void Deliver(std::span<const CompiledTarget> packets, Tick now, MachineState& state,
             WorkerState& worker) {
  const SlotTable slots(now, state, worker);
  for (std::size_t i = 0; i < std::min(kBlock, packets.size()); ++i) {
    FetchSlot(slots, packets[i]);
  }
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i + kBlock < packets.size()) {
      FetchSlot(slots, packets[i + kBlock]);
    }
    PutPacket(slots, packets[i]);
  }
  worker.arrivals += static_cast<std::int64_t>(packets.size());
}

TickKernel Kernel() {
  return {hwy::TargetName(HWY_TARGET), &UpdateDueCores, &SendSpikes, &Deliver};
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "neurons/kernel_targets.h"

namespace spikemesh {

CoreOwners::CoreOwners(std::size_t core_count, int workers) : workers_(workers) {
  const std::size_t groups = (core_count + kCoresPerGroup - 1) / kCoresPerGroup;
  for (std::size_t group = 0; group < groups; ++group) {
    owner_of_group_.push_back(static_cast<std::uint8_t>(group % static_cast<std::size_t>(workers)));
  }
}

WorkerState::WorkerState(std::size_t core_count, const CoreOwners& owners, int worker_index)
    : worker(worker_index),
      restless(core_count),
      due(kDelaySlots, CoreSet(core_count)),
      visited(core_count),
      outboxes(static_cast<std::size_t>(owners.workers())) {}

std::vector<TickKernel> SupportedTickKernels() {
  return RunnableKernels<TickKernel>(SPIKEMESH_COMPILED_KERNELS(Kernel));
}

}  // namespace spikemesh
#endif  // HWY_ONCE
