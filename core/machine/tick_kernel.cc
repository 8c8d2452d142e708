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
inline constexpr std::size_t kCoresAhead = 4;
// Spikes are looked up, and packets delivered, in blocks: what a block reads is fetched while the
// block before it is worked on.
inline constexpr std::size_t kBlock = 32;
inline constexpr std::size_t kCacheLineBytes = 64;

inline void FetchToWrite(const void* memory, std::size_t bytes) {
  for (std::size_t byte = 0; byte < bytes; byte += kCacheLineBytes) {
    __builtin_prefetch(static_cast<const char*>(memory) + byte, 1);
  }
}

// Takes the active axons of a core and fetches what its update will read.
inline void FetchCore(const CompiledChip& chip, std::uint32_t core, int slot, MachineState& state,
                      ActiveAxons& active) {
  FetchToWrite(&state.potentials.Narrow(core), sizeof(NarrowPotentials));
  const Bits256 axons = state.buffers.Take(core, slot);
  ListActive(axons, chip.axon_types[core], active);
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

void UpdateDueCores(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
  const int slot = SlotOf(now);
  CoreSet& due = worker.due[static_cast<std::size_t>(slot)];
  worker.visited_count = CoreSet::ListUnion(due, worker.restless, worker.visited);
  due.Clear();
  worker.pending[static_cast<std::size_t>(slot)] = false;
  worker.spike_count = 0;

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
  worker.counters.spikes += static_cast<std::int64_t>(worker.spike_count);
}

// Fetches the slots that packets go to.
inline void FetchSlots(std::span<const CompiledTarget> packets, Tick now, MachineState& state) {
  for (const CompiledTarget& packet : packets) {
    if (packet.kind == static_cast<std::uint32_t>(TargetKind::kAxon)) {
      state.buffers.Prefetch(packet.index, SlotOf(now + std::int64_t{packet.delay}));
    }
  }
}

inline void DeliverPacket(const CompiledTarget& packet, Tick now, MachineState& state,
                          WorkerState& worker) {
  Activate(packet.index, packet.axon, SlotOf(now + std::int64_t{packet.delay}), state, worker);
}

// Sends spikes whose targets are known.
inline void SendTo(std::span<const CompiledTarget> targets, const CoreOwners& owners, Tick now,
                   MachineState& state, WorkerState& worker) {
  const bool alone = owners.workers() == 1;
  for (const CompiledTarget& target : targets) {
    worker.counters.hops += target.hops;
    worker.counters.chip_crossings += target.chip_crossings;
    switch (static_cast<TargetKind>(target.kind)) {
      case TargetKind::kNone:
        break;
      case TargetKind::kAxon: {
        const int owner = alone ? worker.worker : owners.Of(target.index);
        if (owner == worker.worker) {
          DeliverPacket(target, now, state, worker);
        } else {
          worker.outboxes[static_cast<std::size_t>(owner)].push_back(target);
        }
        break;
      }
      case TargetKind::kPin:
        ++worker.counters.pin_packets;
        worker.pins.push_back(target.index);
        break;
    }
  }
}

void SendSpikes(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
  worker.pins.clear();
  for (std::vector<CompiledTarget>& outbox : worker.outboxes) {
    outbox.clear();
  }
  const CompiledTarget* const targets = plan.chip.targets.data();
  const std::span<const std::uint32_t> spikes(worker.spikes.data(), worker.spike_count);
  const auto block_of = [&](std::size_t begin) HWY_ATTR {
    const std::size_t first = std::min(begin, spikes.size());
    return spikes.subspan(first, std::min(kBlock, spikes.size() - first));
  };
  const auto fetch_targets = [&](std::span<const std::uint32_t> block) HWY_ATTR {
    for (const std::uint32_t spike : block) {
      __builtin_prefetch(&targets[spike]);
    }
  };
  // Two blocks of targets: one looked up while the other is sent.
  std::array<std::array<CompiledTarget, kBlock>, 2> looked_up;
  std::size_t previous = 0;  // in the other one
  fetch_targets(block_of(0));
  for (std::size_t begin = 0; begin < spikes.size() + kBlock; begin += kBlock) {
    std::array<CompiledTarget, kBlock>& here = looked_up[begin / kBlock % 2];
    std::array<CompiledTarget, kBlock>& other = looked_up[1 - begin / kBlock % 2];
    const std::span<const std::uint32_t> block = block_of(begin);
    fetch_targets(block_of(begin + kBlock));
    for (std::size_t i = 0; i < block.size(); ++i) {
      here[i] = targets[block[i]];
    }
    FetchSlots({here.data(), block.size()}, now, state);
    SendTo({other.data(), previous}, plan.owners, now, state, worker);
    previous = block.size();
  }
}

void Deliver(std::span<const CompiledTarget> packets, Tick now, MachineState& state,
             WorkerState& worker) {
  FetchSlots(packets.first(std::min(kBlock, packets.size())), now, state);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i + kBlock < packets.size()) {
      FetchSlots(packets.subspan(i + kBlock, 1), now, state);
    }
    DeliverPacket(packets[i], now, state, worker);
  }
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
