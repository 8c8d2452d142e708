// SPDX-License-Identifier: Apache-2.0
// How spikes get to the axons they go to, compiled once per instruction set; tick_kernel.h says
// what the functions do. A spike is two random reads, one random write and some two dozen
// instructions, and there are more spikes than anything else in a tick; so loops leave out what a
// chip does not need.
#if defined(SPIKEMESH_CORE_MACHINE_TICK_KERNEL_SEND_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPIKEMESH_CORE_MACHINE_TICK_KERNEL_SEND_INL_H_
#undef SPIKEMESH_CORE_MACHINE_TICK_KERNEL_SEND_INL_H_
#else
#define SPIKEMESH_CORE_MACHINE_TICK_KERNEL_SEND_INL_H_
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/machine/tick_kernel.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

// Spikes are looked up, and packets delivered, in blocks: what a block reads is fetched while the
// block before it is worked on.
inline constexpr std::size_t kBlock = 64;
// The targets and slots of so many cores (2.5 KB each) lie in the cache next to the processor, or
// nearly: fetching them ahead costs more than it saves.
inline constexpr std::size_t kCoresInCache = 384;

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

// Fetches what PutPacket will write. Inlined by force, as all that only fetches (tick_kernel.cc).
HWY_INLINE void FetchSlot(const SlotTable& slots, const CompiledTarget& packet) {
  // As a number: what a pin leads to is no place in the array.
  const auto base = reinterpret_cast<std::uintptr_t>(slots.words[packet.delay()]);
  const std::uintptr_t word = base + packet.word() * sizeof(std::uint64_t);
  __builtin_prefetch(reinterpret_cast<const void*>(word),  // NOLINT(performance-no-int-to-ptr)
                     1);
}

// Puts a packet for a core of the worker's own into its slot.
HWY_INLINE void PutPacket(const SlotTable& slots, const CompiledTarget& packet) {
  slots.words[packet.delay()][packet.word()] |= std::uint64_t{1} << packet.bit();
  slots.due[packet.delay()][packet.core() / 64] |= std::uint64_t{1} << packet.core() % 64;
}

// Fetches the targets of spikes.
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
  const std::span<const std::uint32_t> spikes(worker.spikes.data(), worker.spike_count);
  std::array<CompiledTarget*, kWorkersMax> next;
  for (Outbox& outbox : worker.outboxes) {
    outbox.count = 0;
  }
  FetchTargets(targets, spikes.first(std::min(kBlock, spikes.size())));
  for (std::size_t begin = 0; begin < spikes.size(); begin += kBlock) {
    for (std::size_t owner = 0; owner < worker.outboxes.size(); ++owner) {
      next[owner] = worker.outboxes[owner].RoomFor(kBlock);
    }
    const std::size_t end = std::min(begin + kBlock, spikes.size());
    FetchTargets(targets, spikes.subspan(end, std::min(kBlock, spikes.size() - end)));
    for (std::size_t i = begin; i < end; ++i) {
      const CompiledTarget target = targets[spikes[i]];
      CountWay<kManyChips>(target, tally);
      if (target.is_axon()) {
        *next[static_cast<std::size_t>(plan.owners.Of(target.core()))]++ = target;
      } else {
        SendToPin(target, worker);
      }
    }
    for (std::size_t owner = 0; owner < worker.outboxes.size(); ++owner) {
      worker.outboxes[owner].FilledTo(next[owner]);
    }
  }
}

template <bool kManyChips>
inline void SendAll(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
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

inline void SendSpikes(const TickPlan& plan, Tick now, MachineState& state, WorkerState& worker) {
  worker.pins.clear();
  if (plan.chip.crosses_chips) {
    SendAll<true>(plan, now, state, worker);
  } else {
    SendAll<false>(plan, now, state, worker);
  }
}

inline void Deliver(std::span<const CompiledTarget> packets, Tick now, MachineState& state,
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

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_CORE_MACHINE_TICK_KERNEL_SEND_INL_H_
