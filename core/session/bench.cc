// SPDX-License-Identifier: Apache-2.0
#include "core/session/bench.h"

#include <optional>

#include "core/base/process_usage.h"
#include "core/report/chip_summary.h"
#include "core/report/version.h"
#include "core/stats/energy_model.h"
#include "core/stats/phase_times.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kTicksBetweenProgress = 16;

void RunTimedTicks(const BenchRun& run, Machine& machine, BenchReport& report) {
  machine.RunUntil(Tick(kBenchWarmUpTicks));
  const Counters counts_before = machine.counters();
  const PhaseTimes phases_before = machine.phase_times();
  const Stopwatch stopwatch;
  for (std::int64_t tick = 1; tick <= run.ticks; ++tick) {
    machine.Step();
    if (run.progress && tick % kTicksBetweenProgress == 0) {
      run.progress(tick);
    }
  }
  report.cpu_seconds = stopwatch.cpu_seconds();
  report.wall_seconds = stopwatch.wall_seconds();
  if (run.machine.profile) {
    report.phases = machine.phase_times() - phases_before;
  }
  report.counts = machine.counters() - counts_before;
  report.ticks = run.ticks;
  report.warm_up_ticks = kBenchWarmUpTicks;
}

}  // namespace

absl::StatusOr<BenchReport> MeasureChip(const ChipModel& chip, const BenchRun& run) {
  BenchReport report;
  const Stopwatch create;
  SPIKEMESH_ASSIGN_OR_RETURN(Machine machine, Machine::Create(chip, run.machine));
  report.load_seconds = create.wall_seconds();
  DescribeWorkload(chip, report);
  RunTimedTicks(run, machine, report);
  const ChipEnergy energy = ComputeChipEnergy(chip, report.counts,
                                              {.ticks = report.ticks,
                                               .volts = chip.spec.volts,
                                               .tick_us = chip.spec.tick_us,
                                               .images = std::nullopt},
                                              EnergyConstants());
  report.energy = energy.used_cores;
  report.energy_whole_chip = energy.whole_chip;
  report.peak_memory_bytes = PeakMemoryBytes();
  report.version = ProjectVersion();
  report.threads = run.machine.threads;
  report.simd = machine.simd_name();
  report.seed = run.machine.seed.value_or(chip.seed);
  return report;
}

}  // namespace spikemesh
