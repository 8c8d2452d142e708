// SPDX-License-Identifier: Apache-2.0
// What this process has used: wall time, processor time of all its threads, memory.
#ifndef SPIKEMESH_CORE_BASE_PROCESS_USAGE_H_
#define SPIKEMESH_CORE_BASE_PROCESS_USAGE_H_

#include <chrono>
#include <cstdint>

namespace spikemesh {

// User and system time of the process, from getrusage(2), in seconds.
double ProcessCpuSeconds();

// The largest resident set so far.
std::int64_t PeakMemoryBytes();

// Measures from its construction on.
class Stopwatch {
 public:
  Stopwatch() : wall_(std::chrono::steady_clock::now()), cpu_(ProcessCpuSeconds()) {}
  double wall_seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
  }
  double cpu_seconds() const { return ProcessCpuSeconds() - cpu_; }

 private:
  std::chrono::steady_clock::time_point wall_;
  double cpu_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_PROCESS_USAGE_H_
