// SPDX-License-Identifier: Apache-2.0
#include "core/report/chip_summary.h"

#include <set>
#include <utility>

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
