// SPDX-License-Identifier: Apache-2.0
// Adds up the wall time between calls, for PhaseTimes; does nothing unless it is asked to measure.
#ifndef SPIKEMESH_CORE_MACHINE_PHASE_CLOCK_H_
#define SPIKEMESH_CORE_MACHINE_PHASE_CLOCK_H_

#include <chrono>

namespace spikemesh {

class PhaseClock {
 public:
  explicit PhaseClock(bool measure) : measure_(measure) {
    if (measure_) {
      last_ = Clock::now();
    }
  }

  // Adds the seconds since the last call, or since construction, to `seconds`.
  void Add(double& seconds) {
    if (measure_) {
      const Clock::time_point now = Clock::now();
      seconds += std::chrono::duration<double>(now - last_).count();
      last_ = now;
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool measure_;
  Clock::time_point last_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_PHASE_CLOCK_H_
