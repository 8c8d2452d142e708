// SPDX-License-Identifier: Apache-2.0
// Where the time of a bench run went: wall seconds of every phase of a tick, summed over the
// workers, so that with n busy workers the sum of the phases is about n times the wall time. The
// report's twin of PhaseTimes (core/machine), which statistics may not include; subtractable, since
// a bench reports the timed ticks without the warm-up. Free of cost when nothing was measured.
#ifndef SPIKEMESH_CORE_STATS_BENCH_PHASES_H_
#define SPIKEMESH_CORE_STATS_BENCH_PHASES_H_

#include <array>
#include <string>

#include "core/base/json.h"

namespace spikemesh {

struct BenchPhases {
  double host_seconds = 0.0;     // putting the host's packets into slots
  double update_seconds = 0.0;   // finding due cores; integrate, leak and threshold
  double send_seconds = 0.0;     // looking up targets; setting bits in slots of own cores
  double deliver_seconds = 0.0;  // the same for packets of other workers
  double wait_seconds = 0.0;     // for other workers
  bool operator==(const BenchPhases&) const = default;

  // Of all five.
  double total_seconds() const;
};

BenchPhases operator-(const BenchPhases& a, const BenchPhases& b);

// The `phases` object of the bench report.
Json BenchPhasesJson(const BenchPhases& phases);

// One line a phase: time, share of the sum, nanoseconds of each of `core_ticks` (cores x timed
// ticks).
std::string FormatBenchPhases(const BenchPhases& phases, double core_ticks);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_STATS_BENCH_PHASES_H_
