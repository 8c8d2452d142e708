// SPDX-License-Identifier: Apache-2.0
#include "core/stats/phase_times.h"

namespace spikemesh {

double PhaseTimes::total_seconds() const {
  double total = 0.0;
  for (const NamedPhase& phase : kPhases) {
    total += this->*phase.seconds;
  }
  return total;
}

PhaseTimes operator+(const PhaseTimes& a, const PhaseTimes& b) {
  PhaseTimes sum;
  for (const NamedPhase& phase : kPhases) {
    sum.*phase.seconds = a.*phase.seconds + b.*phase.seconds;
  }
  return sum;
}

PhaseTimes operator-(const PhaseTimes& a, const PhaseTimes& b) {
  PhaseTimes difference;
  for (const NamedPhase& phase : kPhases) {
    difference.*phase.seconds = a.*phase.seconds - b.*phase.seconds;
  }
  return difference;
}

}  // namespace spikemesh
