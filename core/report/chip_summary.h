// SPDX-License-Identifier: Apache-2.0
// Sizes of a chip for reports, and the energy of a run on it.
#ifndef SPIKEMESH_CORE_REPORT_CHIP_SUMMARY_H_
#define SPIKEMESH_CORE_REPORT_CHIP_SUMMARY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/chip/chip_model.h"
#include "core/report/run_report.h"
#include "core/stats/energy_model.h"

namespace spikemesh {

// Counts of used cores, neurons and axons, of set crossbar bits, and of chips that hold a used
// core.
ModelSummary SummarizeChip(const ChipModel& chip, std::string sha256);

// The cores of one layer together.
struct ChipLayer {
  std::int32_t index = -1;  // in ProvenanceModel::layers; -1: of none
  std::string name;         // printable
  std::int64_t cores = 0;
  std::int64_t axons = 0;
  std::int64_t neurons = 0;
  std::int64_t synapses = 0;
};
// Ascending by index; layers without cores are left out.
std::vector<ChipLayer> SummarizeLayers(const ChipModel& chip);

// The layer of a core as the provenance names it; empty where there is none.
std::string LayerNameOf(const ChipModel& chip, CoreId core);

// How many neurons of a core are of each kind (ChipModel::neuron_kinds).
std::map<std::uint32_t, std::int64_t> NeuronsByKind(const CoreModel& core);

// What a neuron's potential becomes when it fires: "to R", "subtract", "none".
const char* NameOf(ResetMode mode);

// How the chip was operated, beside its counters.
struct Operation {
  std::int64_t ticks = 0;
  double volts = 0.75;
  double tick_us = 1000.0;
  std::optional<std::int64_t> images;
};

// `used_cores`: static and tick energy of the used cores only; `whole_chip`: of every core of the
// chips that hold one.
struct ChipEnergy {
  EnergyReport used_cores;
  EnergyReport whole_chip;
};
ChipEnergy ComputeChipEnergy(const ChipModel& chip, const Counters& counts,
                             const Operation& operation, const EnergyConstants& constants);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_CHIP_SUMMARY_H_
