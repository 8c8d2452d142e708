// SPDX-License-Identifier: Apache-2.0
// A ChipModel laid out for running: what a tick reads, in the order in which it reads it, and
// nothing else. Immutable. Neuron blocks are shared by all cores whose neurons are alike.
// Memory: about 11.5 KB a full core (8 KB crossbar, 2 KB targets, 1 KB initial potentials).
#ifndef SPIKEMESH_CORE_MACHINE_COMPILED_CHIP_H_
#define SPIKEMESH_CORE_MACHINE_COMPILED_CHIP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bits256.h"
#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/chip/chip_model.h"
#include "core/machine/large_vector.h"
#include "neurons/core_update.h"
#include "neurons/neuron_block.h"

namespace spikemesh {

// Where a spike goes and what its way costs (DimensionOrderCost; 0 for pins), in eight bytes.
struct CompiledTarget {
  std::uint32_t index;  // the core, or the pin
  std::uint32_t axon : 8;
  std::uint32_t delay : 4;
  std::uint32_t kind : 2;  // a TargetKind
  std::uint32_t hops : 9;
  std::uint32_t chip_crossings : 9;
};
static_assert(sizeof(CompiledTarget) == 8);
// |dx| + |dy| fits, and a packet crosses no more chip edges than it makes hops.
static_assert(2 * kReachCores < 1 << 9);

struct CompiledChip {
  std::size_t core_count() const { return block_of_core.size(); }
  std::span<const Bits256> Crossbar(std::size_t core) const {
    return {rows.data() + first_row[core], first_row[core + 1] - first_row[core]};
  }
  const NeuronBlock& Neurons(std::size_t core) const { return blocks[block_of_core[core]]; }

  LargeVector<Bits256> rows;                   // crossbars of all cores, one after the other
  std::vector<std::size_t> first_row;          // [core_count + 1]
  LargeVector<AxonTypePlanes> axon_types;      // [core]
  LargeVector<NeuronBlock> blocks;             // distinct ones
  std::vector<std::uint32_t> block_of_core;    // [core]
  std::vector<std::uint32_t> rng_streams;      // [core]
  LargeVector<CompiledTarget> targets;         // [core * 256 + neuron]
  LargeVector<Potentials> initial_potentials;  // [core]
  std::vector<std::vector<AxonAddress>> input_lines;
};

// `chip` must be valid (ValidateChip).
CompiledChip CompileChip(const ChipModel& chip);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_COMPILED_CHIP_H_
