// SPDX-License-Identifier: Apache-2.0
#include "core/machine/compiled_chip.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "core/base/status.h"
#include "router/mesh.h"

namespace spikemesh {
namespace {

CompiledTarget CompileTarget(const ChipModel& chip, CoreCoordinates from,
                             const NeuronTarget& target) {
  CompiledTarget compiled = {};
  compiled.kind = static_cast<std::uint32_t>(target.kind) & 3;
  compiled.index = target.index;
  if (target.kind == TargetKind::kAxon) {
    SPIKEMESH_CHECK(target.index < chip.cores.size());
    SPIKEMESH_CHECK(target.axon.value() < chip.cores[target.index].axon_types.size());
    SPIKEMESH_CHECK(target.delay.value() >= kDelayTicksMin &&
                    target.delay.value() <= kDelayTicksMax);
    const RouteCost cost = DimensionOrderCost(chip.spec.mesh, from, chip.cores[target.index].at);
    compiled.axon = target.axon.value() & 0xFFu;
    compiled.delay = target.delay.value() & 0xFu;
    compiled.hops = static_cast<std::uint32_t>(cost.hops) & 0x1FFu;
    compiled.chip_crossings = static_cast<std::uint32_t>(cost.chip_crossings) & 0x1FFu;
  }
  return compiled;
}

void CompileCore(const ChipModel& chip, const CoreModel& core, CompiledChip& compiled) {
  SPIKEMESH_CHECK(core.neurons.size() <= kNeuronsPerCore);
  SPIKEMESH_CHECK(core.axon_types.size() <= kAxonsPerCore);
  SPIKEMESH_CHECK(core.crossbar.size() == core.axon_types.size());
  compiled.rows.insert(compiled.rows.end(), core.crossbar.begin(), core.crossbar.end());
  compiled.first_row.push_back(compiled.rows.size());
  compiled.rng_streams.push_back(core.rng_stream);
  AxonTypePlanes& axon_types = compiled.axon_types.emplace_back();
  for (std::size_t axon = 0; axon < core.axon_types.size(); ++axon) {
    axon_types.Set(static_cast<int>(axon), core.axon_types[axon]);
  }
  const std::size_t first_target = compiled.targets.size();
  compiled.targets.resize(first_target + kNeuronsPerCore);
  Potentials& potentials = compiled.initial_potentials.emplace_back();
  for (std::size_t neuron = 0; neuron < core.neurons.size(); ++neuron) {
    compiled.targets[first_target + neuron] =
        CompileTarget(chip, core.at, core.neurons[neuron].target);
    potentials[neuron] = core.neurons[neuron].initial_potential;
  }
}

// Gives each core its block, making one for each distinct list of kinds.
void CompileBlocks(const ChipModel& chip, CompiledChip& compiled) {
  absl::flat_hash_map<std::vector<std::uint32_t>, std::uint32_t> block_of_kinds;
  for (const CoreModel& core : chip.cores) {
    std::vector<std::uint32_t> kinds;
    kinds.reserve(core.neurons.size());
    for (const NeuronModel& neuron : core.neurons) {
      kinds.push_back(neuron.kind);
    }
    const auto next = static_cast<std::uint32_t>(block_of_kinds.size());
    const auto [found, is_new] = block_of_kinds.try_emplace(std::move(kinds), next);
    compiled.block_of_core.push_back(found->second);
    if (is_new) {
      std::vector<NeuronParameters> neurons;
      neurons.reserve(core.neurons.size());
      for (const NeuronModel& neuron : core.neurons) {
        neurons.push_back(chip.neuron_kinds[neuron.kind]);
      }
      compiled.blocks.push_back(MakeNeuronBlock(neurons));
    }
  }
}

}  // namespace

CompiledChip CompileChip(const ChipModel& chip) {
  CompiledChip compiled;
  std::size_t row_count = 0;
  for (const CoreModel& core : chip.cores) {
    row_count += core.axon_types.size();
  }
  const std::size_t core_count = chip.cores.size();
  compiled.rows.reserve(row_count);
  compiled.first_row.reserve(core_count + 1);
  compiled.first_row.push_back(0);
  compiled.axon_types.reserve(core_count);
  compiled.rng_streams.reserve(core_count);
  compiled.targets.reserve(core_count * kNeuronsPerCore);
  compiled.initial_potentials.reserve(core_count);
  for (const CoreModel& core : chip.cores) {
    CompileCore(chip, core, compiled);
  }
  compiled.block_of_core.reserve(core_count);
  CompileBlocks(chip, compiled);
  compiled.blocks.shrink_to_fit();
  compiled.input_lines = chip.input_lines;
  return compiled;
}

}  // namespace spikemesh
