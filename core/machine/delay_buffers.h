// SPDX-License-Identifier: Apache-2.0
// The axon delay buffers of all cores: 16 slots, one per value of tick mod 16, each a set of axons
// a core. Slots lie outside, cores inside, because one tick reads one slot of every core.
// Threads: the sets of two cores are different objects; cores 4n..4n+3 share no cache line with
// others. Memory: 512 bytes a core.
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
      : stride_((core_count + 3) / 4 * 4), axons_(kDelaySlots * stride_) {}

  // The words of the axons active in a slot, four a core.
  std::uint64_t* SlotWords(int slot) {
    return reinterpret_cast<std::uint64_t*>(axons_.data()) + At(0, slot) * kWordsPerCore;
  }

  const Bits256& Axons(std::uint32_t core, int slot) const { return axons_[At(core, slot)]; }

  // Empties the slot of a core and returns what was in it.
  Bits256 Take(std::uint32_t core, int slot) {
    Bits256& axons = axons_[At(core, slot)];
    const Bits256 taken = axons;
    axons.Clear();
    return taken;
  }

  void ClearAll() { axons_.assign(axons_.size(), Bits256()); }

 private:
  std::size_t At(std::uint32_t core, int slot) const {
    return static_cast<std::size_t>(slot) * stride_ + core;
  }

  static constexpr std::size_t kWordsPerCore = sizeof(Bits256) / sizeof(std::uint64_t);

  std::size_t stride_;          // cores of a slot, rounded up to whole groups of four
  LargeVector<Bits256> axons_;  // [slot][core]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_DELAY_BUFFERS_H_
