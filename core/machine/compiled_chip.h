// SPDX-License-Identifier: Apache-2.0
// A ChipModel laid out for running: what a tick reads, in the order in which it reads it, and
// nothing else. Immutable. Neuron blocks, and initial potentials, are shared by cores in which they
// are alike. Memory: about 11 KB a full core (8 KB crossbar, 2 KB targets, 512 bytes of
// initial potentials).
#ifndef SPIKEMESH_CORE_MACHINE_COMPILED_CHIP_H_
#define SPIKEMESH_CORE_MACHINE_COMPILED_CHIP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/bits256.h"
#include "core/base/ids.h"
#include "core/base/large_vector.h"
#include "core/base/limits.h"
#include "core/chip/chip_model.h"
#include "core/machine/compiled_target.h"
#include "core/machine/potential_store.h"
#include "neurons/core_update.h"
#include "neurons/neuron_block.h"
#include "router/mesh.h"
#include "router/route_table.h"

namespace spikemesh {

// What a tick reads of one core; refers to the CompiledChip.
struct CompiledCore {
  const Bits256* rows;       // [axons used]
  const NeuronBlock* block;  // shared
  std::uint32_t rng_stream;
  std::uint32_t axon_count;
};

struct CompiledChip {
  std::size_t core_count() const { return cores.size(); }
  std::size_t line_count() const { return line_begin.size() - 1; }
  std::span<const CompiledTarget> PacketsOfLine(std::size_t line) const {
    return std::span(line_packets)
        .subspan(line_begin[line], line_begin[line + 1] - line_begin[line]);
  }

  const RouteTable* table() const { return routes ? &*routes : nullptr; }

  LargeVector<CompiledCore> cores;
  LargeVector<Bits256> rows;               // crossbars of all cores, one after the other
  LargeVector<AxonTypePlanes> axon_types;  // [core]
  LargeVector<CompiledTarget> targets;     // [core * 256 + neuron]
  std::vector<CoreCoordinates> places;     // [core]
  MeshShape mesh;
  std::optional<RouteTable> routes;  // where a link is dead
  bool crosses_chips = false;        // whether any target is on another chip
  InitialPotentials initial_potentials;
  std::vector<std::uint8_t> starts_restless;  // [core]: 1 unless it is at rest at V(0)
  NeuronBlocks neurons;                       // the tables that blocks refer to
  std::vector<NeuronBlock> blocks;            // distinct ones
  // What a spike on an input line becomes: packets line_begin[line] .. line_begin[line + 1].
  std::vector<CompiledTarget> line_packets;
  std::vector<std::size_t> line_begin;  // [lines + 1]
};

// `chip` must be valid (ValidateChip); `routes` are those of MakeRoutes.
CompiledChip CompileChip(const ChipModel& chip, std::optional<RouteTable> routes = std::nullopt);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_COMPILED_CHIP_H_
