// SPDX-License-Identifier: Apache-2.0
// The fast update of a whole core: the same bits as UpdateNeuron (reference_update.h) for its 256
// neurons, vectorised over neurons. Rows of active axons are summed in 16 bits (integrate_inl.h),
// leak, thresholds and resets follow (neuron_step_inl.h), the words of the random generator are
// made 64 blocks at a time (random_words_inl.h).
// Potentials have 20 bits, but hardly ever use them: a core whose parameters and potentials fit 16
// is updated in 16-bit lanes, twice as many and half the memory. The narrow update looks first
// whether a potential would leave the lanes, and then leaves the core to the wide one.
// The kernel is compiled once per instruction set (Google Highway) and is a value: tests compare
// them all, and machines (core/machine/tick_kernel.h) in one process may differ. Cost:
// tests/bench/README.md.
#ifndef SPIKEMESH_NEURONS_CORE_UPDATE_H_
#define SPIKEMESH_NEURONS_CORE_UPDATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/bits256.h"
#include "core/base/limits.h"
#include "core/base/random.h"
#include "neurons/neuron_block.h"

namespace spikemesh {

// The types of a core's axons as two bit planes, in one cache line: the type of axon i is
// low(i) + 2 high(i).
struct alignas(64) AxonTypePlanes {
  Bits256 low;
  Bits256 high;

  int TypeOf(int axon) const { return (low.Test(axon) ? 1 : 0) | (high.Test(axon) ? 2 : 0); }
  void Set(int axon, int type) {
    low.Reset(axon);
    high.Reset(axon);
    if ((type & 1) != 0) {
      low.Set(axon);
    }
    if ((type & 2) != 0) {
      high.Set(axon);
    }
  }
};

// What a list's last vector store may write beyond its end.
inline constexpr std::size_t kListSlack = 64;
inline constexpr std::size_t kIndexSlack = 16;

// The members of a set, as a list in ascending order.
struct MemberList {
  std::array<std::uint8_t, kAxonsPerCore + kListSlack> members;
  std::size_t count = 0;
  std::span<const std::uint8_t> all() const { return {members.data(), count}; }
};

// The active axons of a core as a list: of few axons in ascending order, of more by type, those of
// type g from begin[g] up to begin[g + 1]. (Telling the types apart costs more than few rows do.)
struct ActiveAxons {
  MemberList list;
  bool by_type = false;
  std::array<std::uint16_t, kAxonTypes + 1> begin;  // where by_type
};

// What one core does in one tick, apart from its potentials.
struct CoreTick {
  const NeuronBlock& neurons;
  // [axons_used] rows; bits of padding neurons are clear.
  const Bits256* crossbar;
  const AxonTypePlanes& axon_types;
  const ActiveAxons& active;  // all below axons_used
  CoreTickRandomKey random;
};

struct CoreTickResult {
  Bits256 spikes;
  std::int32_t synaptic_ops = 0;
  // Whether every neuron is inside its rest interval now; false where one has none.
  bool at_rest = false;
};

using Potentials = PerNeuron<std::int32_t>;
using NarrowPotentials = PerNeuron<std::int16_t>;

// A narrow update keeps |V| before the leak at or below this, so that nothing in the tick leaves 16
// bits: leaks are at most 255, and thresholds at most kNarrowMax.
inline constexpr std::int32_t kNarrowPotentialMax = kNarrowMax - kLeakMax - 1;

// One instruction set's functions. Thread-safe for different potentials and lists.
struct CoreUpdateKernel {
  std::string_view name;  // Highway's name of the instruction set: "AVX3_DL", "AVX2", ...

  // Runs one tick: `potentials` is V before and after.
  void (*update_wide)(const CoreTick& tick, Potentials& potentials, CoreTickResult& result);
  // The same in 16 bits, for a block whose traits are narrow. Returns false, with nothing done,
  // where a potential of this tick might not fit.
  bool (*update_narrow)(const CoreTick& tick, NarrowPotentials& potentials, CoreTickResult& result);

  // Sets of active axons and of spikes are small and random, so lists are made without branches on
  // where the members lie.
  void (*list_members)(const Bits256& set, MemberList& list);
  // Writes base + i for each member i, ascending, to `to`, which has room for kIndexSlack more;
  // returns how many.
  std::size_t (*list_indices)(const Bits256& set, std::uint32_t base, std::uint32_t* to);
  void (*list_active)(const Bits256& set, const AxonTypePlanes& types, ActiveAxons& active);
};

// The kernels that this processor can run, best first; the last one is scalar. Never empty.
std::vector<CoreUpdateKernel> SupportedCoreUpdates();

}  // namespace spikemesh

#endif  // SPIKEMESH_NEURONS_CORE_UPDATE_H_
