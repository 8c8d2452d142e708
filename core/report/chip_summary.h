// SPDX-License-Identifier: Apache-2.0
// Sizes of a chip for reports, and the energy of a run on it.
#ifndef SPIKEMESH_CORE_REPORT_CHIP_SUMMARY_H_
#define SPIKEMESH_CORE_REPORT_CHIP_SUMMARY_H_

#include <cstdint>
#include <string>

#include "core/chip/chip_model.h"
#include "core/report/run_report.h"
#include "core/stats/energy_model.h"

namespace spikemesh {

// Counts of used cores, neurons and axons, of set crossbar bits, and of chips that hold a used
// core.
ModelSummary SummarizeChip(const ChipModel& chip, std::string sha256);

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
