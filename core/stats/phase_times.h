// SPDX-License-Identifier: Apache-2.0
// Where the time of ticks went: wall seconds of every phase, summed over the workers, so that with
// n busy workers the sum of the phases is about n times the wall time. Measured by core/machine
// where asked for; subtractable, since a bench reports the timed ticks without the warm-up.
#ifndef SPIKEMESH_CORE_STATS_PHASE_TIMES_H_
#define SPIKEMESH_CORE_STATS_PHASE_TIMES_H_

#include <array>

namespace spikemesh {

struct PhaseTimes {
  double host_seconds = 0.0;     // putting the host's packets into slots
  double update_seconds = 0.0;   // finding due cores; integrate, leak and threshold
  double send_seconds = 0.0;     // looking up targets; with one worker, delivering too
  double deliver_seconds = 0.0;  // setting bits in slots
  double wait_seconds = 0.0;     // for other workers
  bool operator==(const PhaseTimes&) const = default;

  // Of all five.
  double total_seconds() const;
};

// Every phase by name, in the order of reports.
struct NamedPhase {
  const char* name;
  double PhaseTimes::*seconds;
};
inline constexpr std::array<NamedPhase, 5> kPhases = {{{"host", &PhaseTimes::host_seconds},
                                                       {"update", &PhaseTimes::update_seconds},
                                                       {"send", &PhaseTimes::send_seconds},
                                                       {"deliver", &PhaseTimes::deliver_seconds},
                                                       {"wait", &PhaseTimes::wait_seconds}}};
static_assert(sizeof(PhaseTimes) == kPhases.size() * sizeof(double));

PhaseTimes operator+(const PhaseTimes& a, const PhaseTimes& b);
PhaseTimes operator-(const PhaseTimes& a, const PhaseTimes& b);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_STATS_PHASE_TIMES_H_
