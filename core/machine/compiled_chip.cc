// SPDX-License-Identifier: Apache-2.0
#include "core/machine/compiled_chip.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "core/base/status.h"
#include "core/chip/chip_routes.h"
#include "neurons/rest.h"
#include "router/mesh.h"

namespace spikemesh {
namespace {

CompiledTarget CompileTarget(const ChipModel& chip, const RouteTable* table, CoreCoordinates from,
                             const NeuronTarget& target) {
  switch (target.kind) {
    case TargetKind::kNone:
      return {};
    case TargetKind::kPin:
      return CompiledTarget::Pin(target.index);
    case TargetKind::kAxon:
      break;
  }
  SPIKEMESH_CHECK(target.index < chip.cores.size());
  SPIKEMESH_CHECK(target.axon.value() < chip.cores[target.index].axon_types.size());
  SPIKEMESH_CHECK(target.delay.value() >= kDelayTicksMin && target.delay.value() <= kDelayTicksMax);
  const RouteCost cost = CostOfWay(chip.spec.mesh, table, from, chip.cores[target.index].at);
  return CompiledTarget::Axon({.core = target.index,
                               .axon = target.axon.value(),
                               .delay = target.delay.value(),
                               .hops = static_cast<std::uint32_t>(cost.hops),
                               .chip_crossings = static_cast<std::uint32_t>(cost.chip_crossings)});
}

// Rows, types and targets of a core.
void CompileCore(const ChipModel& chip, const CoreModel& core, CompiledChip& compiled) {
  SPIKEMESH_CHECK(core.neurons.size() <= kNeuronsPerCore);
  SPIKEMESH_CHECK(core.axon_types.size() <= kAxonsPerCore);
  SPIKEMESH_CHECK(core.crossbar.size() == core.axon_types.size());
  const Bits256* const rows = compiled.rows.data() + compiled.rows.size();
  compiled.rows.insert(compiled.rows.end(), core.crossbar.begin(), core.crossbar.end());
  compiled.cores.push_back({.rows = rows,
                            .block = nullptr,
                            .rng_stream = core.rng_stream,
                            .axon_count = static_cast<std::uint32_t>(core.axon_types.size())});
  AxonTypePlanes& axon_types = compiled.axon_types.emplace_back();
  for (std::size_t axon = 0; axon < core.axon_types.size(); ++axon) {
    axon_types.Set(static_cast<int>(axon), core.axon_types[axon]);
  }
  const std::size_t first_target = compiled.targets.size();
  compiled.targets.resize(first_target + kNeuronsPerCore);
  for (std::size_t neuron = 0; neuron < core.neurons.size(); ++neuron) {
    CompiledTarget& target = compiled.targets[first_target + neuron];
    target = CompileTarget(chip, compiled.table(), core.at, core.neurons[neuron].target);
    compiled.crosses_chips |= target.chip_crossings() > 0;
  }
}

// Gives each core its block, making one for each distinct list of kinds.
void CompileBlocks(const ChipModel& chip, CompiledChip& compiled) {
  absl::flat_hash_map<std::vector<std::uint32_t>, std::uint32_t> block_of_kinds;
  std::vector<std::uint32_t> block_of_core;
  block_of_core.reserve(chip.cores.size());
  for (const CoreModel& core : chip.cores) {
    std::vector<std::uint32_t> kinds;
    kinds.reserve(core.neurons.size());
    for (const NeuronModel& neuron : core.neurons) {
      kinds.push_back(neuron.kind);
    }
    const auto next = static_cast<std::uint32_t>(block_of_kinds.size());
    const auto [found, is_new] = block_of_kinds.try_emplace(std::move(kinds), next);
    block_of_core.push_back(found->second);
    if (is_new) {
      std::vector<NeuronParameters> neurons;
      neurons.reserve(core.neurons.size());
      for (const NeuronModel& neuron : core.neurons) {
        neurons.push_back(chip.neuron_kinds[neuron.kind]);
      }
      compiled.neurons.Add(neurons);
    }
  }
  // All blocks are there, so their tables move no more.
  compiled.blocks.reserve(compiled.neurons.size());
  for (std::uint32_t block = 0; block < compiled.neurons.size(); ++block) {
    compiled.blocks.push_back(compiled.neurons[block]);
  }
  for (std::size_t core = 0; core < block_of_core.size(); ++core) {
    compiled.cores[core].block = &compiled.blocks[block_of_core[core]];
  }
}

// V(0), narrow where block and values allow it. Comes after the blocks.
void CompilePotentials(const ChipModel& chip, CompiledChip& compiled) {
  InitialPotentials& initial = compiled.initial_potentials;
  initial.narrow.resize(chip.cores.size());
  for (std::uint32_t core = 0; core < chip.cores.size(); ++core) {
    Potentials potentials = {};
    for (std::size_t neuron = 0; neuron < chip.cores[core].neurons.size(); ++neuron) {
      potentials[neuron] = chip.cores[core].neurons[neuron].initial_potential;
    }
    if (compiled.cores[core].block->traits.narrow && FitNarrow(potentials)) {
      CopyNarrow(potentials, initial.narrow[core]);
    } else {
      initial.wide.push_back({core, potentials});
    }
  }
}

// Marks the cores of which some neuron is not at rest at V(0).
void CompileRest(const ChipModel& chip, CompiledChip& compiled) {
  std::vector<PotentialInterval> rest_of_kind;
  rest_of_kind.reserve(chip.neuron_kinds.size());
  for (const NeuronParameters& kind : chip.neuron_kinds) {
    rest_of_kind.push_back(RestInterval(kind));
  }
  compiled.starts_restless.reserve(chip.cores.size());
  for (const CoreModel& core : chip.cores) {
    const bool at_rest = std::ranges::all_of(core.neurons, [&](const NeuronModel& neuron) {
      return rest_of_kind[neuron.kind].Contains(neuron.initial_potential);
    });
    compiled.starts_restless.push_back(at_rest ? 0 : 1);
  }
}

void CompileLines(const ChipModel& chip, CompiledChip& compiled) {
  compiled.line_begin.push_back(0);
  for (const std::vector<AxonAddress>& line : chip.input_lines) {
    for (const AxonAddress& axon : line) {
      compiled.line_packets.push_back(
          CompiledTarget::Axon({.core = axon.core.value(), .axon = axon.axon.value()}));
    }
    compiled.line_begin.push_back(compiled.line_packets.size());
  }
}

}  // namespace

CompiledChip CompileChip(const ChipModel& chip, std::optional<RouteTable> routes) {
  CompiledChip compiled;
  compiled.routes = std::move(routes);
  std::size_t row_count = 0;
  for (const CoreModel& core : chip.cores) {
    row_count += core.axon_types.size();
  }
  const std::size_t core_count = chip.cores.size();
  compiled.rows.reserve(row_count);
  compiled.cores.reserve(core_count);
  compiled.axon_types.reserve(core_count);
  compiled.targets.reserve(core_count * kNeuronsPerCore);
  for (const CoreModel& core : chip.cores) {
    CompileCore(chip, core, compiled);
  }
  CompileBlocks(chip, compiled);
  CompilePotentials(chip, compiled);
  CompileRest(chip, compiled);
  CompileLines(chip, compiled);
  compiled.mesh = chip.spec.mesh;
  compiled.places.reserve(core_count);
  for (const CoreModel& core : chip.cores) {
    compiled.places.push_back(core.at);
  }
  return compiled;
}

}  // namespace spikemesh
