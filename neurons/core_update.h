// SPDX-License-Identifier: Apache-2.0
// The fast update of a whole core: the same bits as UpdateNeuron (reference_update.h) for its 256
// neurons, vectorised over neurons. Rows of active axons are summed in 16 bits by masked additions
// of the weights of the axon's type; leak, thresholds and resets follow in 32-bit lanes; the words
// of the random generator are made in 64-bit lanes, 64 blocks for 256 neurons.
// The kernel is compiled once per instruction set (Google Highway); the caller holds the one it
// wants as a value, so that machines in one process may differ.
// Cost with 512-bit vectors: about 40 ns a core, 5 ns a row, 75 ns more where words are drawn and
// as much for each stochastic row (tests/bench/README.md).
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

// What one core does in one tick, apart from its potentials.
struct CoreTick {
  const NeuronBlock& neurons;
  // [axons_used] rows; bits of padding neurons are clear.
  std::span<const Bits256> crossbar;
  const AxonTypePlanes& axon_types;
  // The axons active in this tick, each once, all below axons_used.
  std::span<const std::uint8_t> active_axons;
  CoreTickRandomKey random;
};

struct CoreTickResult {
  Bits256 spikes;
  std::int32_t synaptic_ops = 0;
  // Whether every neuron is inside its rest interval now; false where one has none.
  bool at_rest = false;
};

using Potentials = std::array<std::int32_t, kNeuronsPerCore>;

// Runs one tick: `potentials` is V before and after. Thread-safe for different potentials.
using CoreUpdate = CoreTickResult (*)(const CoreTick& tick, Potentials& potentials);

// The members of a set as a list.
struct MemberList {
  std::array<std::uint8_t, kAxonsPerCore> members;
  std::size_t count = 0;
  std::span<const std::uint8_t> all() const { return {members.data(), count}; }
};

// Lists the members of a set in ascending order; without branches on where they lie, since sets of
// active axons and of spikes are small and random.
using ListMembers = void (*)(const Bits256& set, MemberList& list);

struct CoreUpdateKernel {
  std::string_view name;  // Highway's name of the instruction set: "AVX3_DL", "AVX2", ...
  CoreUpdate update;
  ListMembers list_members;
};

// The kernels that this processor can run, best first; the last one is scalar. Never empty.
std::vector<CoreUpdateKernel> SupportedCoreUpdates();

}  // namespace spikemesh

#endif  // SPIKEMESH_NEURONS_CORE_UPDATE_H_
