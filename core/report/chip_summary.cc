// SPDX-License-Identifier: Apache-2.0
#include "core/report/chip_summary.h"

#include <cstddef>
#include <set>
#include <utility>

#include "core/report/text_table.h"

namespace spikemesh {
namespace {

std::int64_t ChipsUsed(const ChipModel& chip) {
  std::set<std::pair<std::int32_t, std::int32_t>> chips;
  for (const CoreModel& core : chip.cores) {
    chips.emplace(core.at.x / chip.spec.mesh.cores_x, core.at.y / chip.spec.mesh.cores_y);
  }
  return static_cast<std::int64_t>(chips.size());
}

}  // namespace

ModelSummary SummarizeChip(const ChipModel& chip, std::string sha256) {
  std::int64_t neurons = 0;
  std::int64_t axons = 0;
  std::int64_t synapses = 0;
  for (const CoreModel& core : chip.cores) {
    neurons += static_cast<std::int64_t>(core.neurons.size());
    axons += static_cast<std::int64_t>(core.axon_types.size());
    for (const Bits256& row : core.crossbar) {
      synapses += row.Count();
    }
  }
  return {.name = chip.name,
          .cores = static_cast<std::int64_t>(chip.cores.size()),
          .neurons = neurons,
          .axons = axons,
          .synapses = synapses,
          .chips = ChipsUsed(chip),
          .sha256 = std::move(sha256)};
}

std::vector<ChipLayer> SummarizeLayers(const ChipModel& chip) {
  std::map<std::int32_t, ChipLayer> layers;
  for (std::size_t core = 0; core < chip.cores.size(); ++core) {
    const std::int32_t index = chip.provenance.LayerOf(core);
    ChipLayer& layer = layers[index];
    layer.index = index;
    const CoreModel& model = chip.cores[core];
    ++layer.cores;
    layer.axons += static_cast<std::int64_t>(model.axon_types.size());
    layer.neurons += static_cast<std::int64_t>(model.neurons.size());
    for (const Bits256& row : model.crossbar) {
      layer.synapses += row.Count();
    }
  }
  std::vector<ChipLayer> summary;
  for (auto& [index, layer] : layers) {
    layer.name = index < 0 ? "(no layer)"
                           : PrintableName(chip.provenance.layers[static_cast<std::size_t>(index)]);
    summary.push_back(std::move(layer));
  }
  return summary;
}

std::string LayerNameOf(const ChipModel& chip, CoreId core) {
  const std::int32_t layer = chip.provenance.LayerOf(core.value());
  return layer < 0 ? std::string() : chip.provenance.layers[static_cast<std::size_t>(layer)];
}

std::map<std::uint32_t, std::int64_t> NeuronsByKind(const CoreModel& core) {
  std::map<std::uint32_t, std::int64_t> counts;
  for (const NeuronModel& neuron : core.neurons) {
    ++counts[neuron.kind];
  }
  return counts;
}

const char* NameOf(ResetMode mode) {
  switch (mode) {
    case ResetMode::kNormal:
      return "to R";
    case ResetMode::kLinear:
      return "subtract";
    case ResetMode::kNone:
      return "none";
  }
  return "none";
}

ChipEnergy ComputeChipEnergy(const ChipModel& chip, const Counters& counts,
                             const Operation& operation, const EnergyConstants& constants) {
  EnergyConditions conditions = {.ticks = operation.ticks,
                                 .cores = static_cast<std::int64_t>(chip.cores.size()),
                                 .volts = operation.volts,
                                 .tick_us = operation.tick_us,
                                 .images = operation.images};
  ChipEnergy energy;
  energy.used_cores = ComputeEnergy(counts, conditions, constants);
  conditions.cores = ChipsUsed(chip) * chip.spec.mesh.cores_x * chip.spec.mesh.cores_y;
  energy.whole_chip = ComputeEnergy(counts, conditions, constants);
  return energy;
}

}  // namespace spikemesh
