// SPDX-License-Identifier: Apache-2.0
// Pieces of text that several reports share.
#ifndef SPIKEMESH_CORE_REPORT_REPORT_TEXT_H_
#define SPIKEMESH_CORE_REPORT_REPORT_TEXT_H_

#include <string>

#include "core/chip/presentation.h"
#include "core/stats/counters.h"
#include "core/stats/energy_model.h"
#include "core/stats/phase_times.h"

namespace spikemesh {

// One line a count, indented by two.
std::string FormatCounts(const Counters& counts);

// The split of the energy, one column for the used cores and one for whole chips.
std::string FormatEnergy(const EnergyReport& used_cores, const EnergyReport& whole_chip);

// One line a constant: name, value, unit, class, source.
std::string FormatEnergyConstants(const EnergyConstants& constants);

// ", padded by 2,2,2,2": rows above and below, columns left and right; nothing where there are
// none.
std::string FormatPad(const ImagePad& pad);

// One line a phase: time, share of the sum, nanoseconds of each of `core_ticks` (cores x timed
// ticks).
std::string FormatPhaseTimes(const PhaseTimes& phases, double core_ticks);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_REPORT_TEXT_H_
