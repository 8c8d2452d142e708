// SPDX-License-Identifier: Apache-2.0
// The axon delay buffers of all cores: 16 slots, one per value of tick mod 16, each a set of axons
// a core. Slots lie outside, cores inside, because one tick reads one slot of every core.
// Threads: the sets of two cores are different objects; four cores in a row share no cache line
// with others. Memory: 512 bytes a core.
#ifndef SPIKEMESH_CORE_MACHINE_DELAY_BUFFERS_H_
#define SPIKEMESH_CORE_MACHINE_DELAY_BUFFERS_H_

#include <cstddef>
#include <cstdint>

#include "core/base/bits256.h"
#include "core/base/ids.h"
#include "core/base/large_vector.h"
#include "core/base/limits.h"

namespace spikemesh {

// The slot of a tick >= 0.
inline constexpr int SlotOf(Tick tick) { return static_cast<int>(tick.value() % kDelaySlots); }

class DelayBuffers {
 public:
  explicit DelayBuffers(std::size_t core_count)
      : core_count_(core_count), axons_(kDelaySlots * core_count) {}

  // Puts an axon (0..255) into a slot of a core; returns whether it was there.
  bool Activate(std::uint32_t core, std::uint32_t axon, int slot) {
    std::uint64_t& word = axons_[At(core, slot)].words[axon / 64];
    const std::uint64_t bit = std::uint64_t{1} << (axon % 64);
    const bool merged = (word & bit) != 0;
    word |= bit;
    return merged;
  }

  // Empties the slot of a core and returns what was in it.
  Bits256 Take(std::uint32_t core, int slot) {
    Bits256& axons = axons_[At(core, slot)];
    const Bits256 taken = axons;
    axons.Clear();
    return taken;
  }

  void ClearAll() { axons_.assign(axons_.size(), Bits256()); }

  // Where an Activate or Take will write, to fetch it ahead.
  void Prefetch(std::uint32_t core, int slot) const {
    __builtin_prefetch(&axons_[At(core, slot)], 1);
  }

 private:
  std::size_t At(std::uint32_t core, int slot) const {
    return static_cast<std::size_t>(slot) * core_count_ + core;
  }

  std::size_t core_count_;
  LargeVector<Bits256> axons_;  // [slot][core]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_DELAY_BUFFERS_H_
