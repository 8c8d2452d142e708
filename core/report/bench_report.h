// SPDX-License-Identifier: Apache-2.0
// What `spikemesh bench` measured on the standard workload, as a value and as text.
#ifndef SPIKEMESH_CORE_REPORT_BENCH_REPORT_H_
#define SPIKEMESH_CORE_REPORT_BENCH_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/chip/chip_model.h"
#include "core/stats/counters.h"
#include "core/stats/energy_model.h"
#include "core/stats/phase_times.h"

namespace spikemesh {

struct BenchReport {
  std::int64_t cores = 0;
  std::int64_t active_cores = 0;  // those with a neuron that has a target
  std::int64_t neurons = 0;       // of the active cores: 256 each in the standard workload
  std::int64_t ticks = 0;         // timed ones; the warm-up comes before
  std::int64_t warm_up_ticks = 0;
  double synapses_per_axon = 0.0;
  bool stochastic = false;
  bool mixed = false;
  double cpu_seconds = 0.0;   // user + system, of the timed ticks
  double wall_seconds = 0.0;  // of the timed ticks
  double build_seconds = 0.0;
  double load_seconds = 0.0;
  std::int64_t peak_memory_bytes = 0;
  int threads = 1;
  std::string simd;
  std::uint64_t seed = 0;
  std::string version;
  std::optional<PhaseTimes> phases;  // of the timed ticks; absent where not asked for
  Counters counts;                   // of the timed ticks
  EnergyReport energy;
  EnergyReport energy_whole_chip;

  // Spikes a neuron of the active cores and second of simulated time.
  double rate_hz() const;
  double ms_per_tick() const;
  double wall_ms_per_tick() const;
  double ns_per_core_tick() const;         // from processor time
  double realtime_factor() const;          // tick length / wall
  double synaptic_ops_per_second() const;  // of wall time
};

// Fills in what the chip itself says, so that a loaded workload reports as a built one does: cores,
// neurons, synapses and kinds.
void DescribeWorkload(const ChipModel& chip, BenchReport& report);

std::string FormatBenchReport(const BenchReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_BENCH_REPORT_H_
