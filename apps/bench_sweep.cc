// SPDX-License-Identifier: Apache-2.0
#include "apps/bench_sweep.h"

#include <utility>

#include "apps/terminal.h"

namespace spikemesh {

absl::StatusOr<BenchSweep> MeasureSweep(WorkloadOptions workload, BenchRun run) {
  BenchSweep sweep;
  sweep.rates_hz.assign(kSweepRatesHz.begin(), kSweepRatesHz.end());
  sweep.synapses.assign(kSweepSynapses.begin(), kSweepSynapses.end());
  run.progress = nullptr;
  ProgressLine progress("points", kSweepRatesHz.size() * kSweepSynapses.size());
  for (const std::int32_t synapses : kSweepSynapses) {
    for (const double rate_hz : kSweepRatesHz) {
      workload.synapses = synapses;
      workload.rate_hz = rate_hz;
      SPIKEMESH_ASSIGN_OR_RETURN(const ChipModel chip, BuildStandardWorkload(workload));
      SPIKEMESH_ASSIGN_OR_RETURN(BenchReport point, MeasureChip(chip, run));
      sweep.points.push_back(std::move(point));
      progress.Update(static_cast<std::int64_t>(sweep.points.size()));
    }
  }
  return sweep;
}

}  // namespace spikemesh
