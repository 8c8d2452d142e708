// SPDX-License-Identifier: Apache-2.0
// Counts, energy and the constants behind it as JSON; and the reader of a table of constants, in
// which a user replaces any row:
//
//   {"schema": "spikemesh.energy/1",
//    "constants": [{"name": "hop_energy", "value": 2.0, "unit": "pJ per packet and hop",
//                   "class": "assumed", "source": "what if"}]}
#ifndef SPIKEMESH_CORE_REPORT_ENERGY_JSON_H_
#define SPIKEMESH_CORE_REPORT_ENERGY_JSON_H_

#include <cstdint>
#include <string_view>

#include "core/base/json_fwd.h"
#include "core/base/status.h"
#include "core/stats/counters.h"
#include "core/stats/energy_constants.h"
#include "core/stats/energy_model.h"

namespace spikemesh {

inline constexpr std::string_view kEnergySchema = "spikemesh.energy/1";
inline constexpr std::uint64_t kEnergyFileBytesMax = std::uint64_t{1} << 20;

// The calibrated table with the rows of a JSON text in place of its own. A row needs `name` and
// `value`; without `class` it is assumed, without `source` it is "user file". Errors:
// InvalidArgument (malformed, unknown key, name or class, a name twice, wrong schema, another unit
// than the table's), OutOfRange (a value that is negative, or 0 for the two divisors).
absl::StatusOr<EnergyConstants> ParseEnergyConstants(std::string_view text);

// [{name, value, unit, class, source}], the `constants` of reports; what ParseEnergyConstants
// reads.
Json EnergyConstantsJson(const EnergyConstants& constants);

// The `energy` object of reports.
Json EnergyJson(const EnergyReport& energy);

// The `counts` object of reports.
Json CountsJson(const Counters& counts);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_ENERGY_JSON_H_
