// SPDX-License-Identifier: Apache-2.0
// The axon delay buffers of all cores: 16 slots, one per value of tick mod 16, each a set of axons
// a core. Beside each slot stands one byte a core that says whether its set has a member, so that
// a sweep for due cores reads 64 cores in a cache line. Slots lie outside, cores inside, because
// one tick reads one slot of every core. Threads: different cores may be written at the same time;
// bytes and sets of two cores are different objects. Memory: 528 bytes a core.
#ifndef SPIKEMESH_CORE_MACHINE_DELAY_BUFFERS_H_
#define SPIKEMESH_CORE_MACHINE_DELAY_BUFFERS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bits256.h"
#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/machine/large_vector.h"

namespace spikemesh {

// The slot of a tick >= 0.
inline constexpr int SlotOf(Tick tick) { return static_cast<int>(tick.value() % kDelaySlots); }

// What Activate found.
enum class Arrival { kFirstOfCore, kNew, kMerged };

class DelayBuffers {
 public:
  explicit DelayBuffers(std::size_t core_count)
      : core_count_(core_count),
        axons_(kDelaySlots * core_count),
        occupied_(kDelaySlots * core_count, 0) {}

  // Puts an axon into a slot of a core. kMerged: it was there; kFirstOfCore: the slot was empty.
  Arrival Activate(CoreId core, AxonIndex axon, int slot) {
    const std::size_t at = static_cast<std::size_t>(slot) * core_count_ + core.value();
    std::uint64_t& word = axons_[at].words[axon.value() / 64u];
    const std::uint64_t bit = std::uint64_t{1} << (axon.value() % 64u);
    if ((word & bit) != 0) {
      return Arrival::kMerged;
    }
    word |= bit;
    if (occupied_[at] != 0) {
      return Arrival::kNew;
    }
    occupied_[at] = 1;
    return Arrival::kFirstOfCore;
  }

  // The axons of each core active in the slot: [core_count].
  std::span<const Bits256> Slot(int slot) const {
    return {axons_.data() + static_cast<std::size_t>(slot) * core_count_, core_count_};
  }
  // Whether each core has any: [core_count], 0 or 1.
  std::span<const std::uint8_t> Occupied(int slot) const {
    return {occupied_.data() + static_cast<std::size_t>(slot) * core_count_, core_count_};
  }

  void Clear(CoreId core, int slot) {
    const std::size_t at = static_cast<std::size_t>(slot) * core_count_ + core.value();
    axons_[at].Clear();
    occupied_[at] = 0;
  }
  void ClearAll() {
    axons_.assign(axons_.size(), Bits256());
    occupied_.assign(occupied_.size(), 0);
  }

  // Where an Activate will write, to fetch it ahead.
  void Prefetch(CoreId core, int slot) const {
    const std::size_t at = static_cast<std::size_t>(slot) * core_count_ + core.value();
    __builtin_prefetch(&axons_[at], 1);
  }

 private:
  std::size_t core_count_;
  LargeVector<Bits256> axons_;          // [slot][core]
  std::vector<std::uint8_t> occupied_;  // [slot][core]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_DELAY_BUFFERS_H_
