// SPDX-License-Identifier: Apache-2.0
// Measures the simulator on one chip: 50 ticks of warm-up, so that delay slots (15 ticks) and
// buffers are filled, then the timed ticks. Every number that `bench` reports is taken here.
#ifndef SPIKEMESH_APPS_BENCH_MEASURE_H_
#define SPIKEMESH_APPS_BENCH_MEASURE_H_

#include <cstdint>

#include "apps/shared_options.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/report/bench_report.h"

namespace spikemesh {

inline constexpr std::int64_t kBenchWarmUpTicks = 50;

struct BenchRun {
  std::int64_t ticks = 0;      // timed ones, at least 1
  bool profile = false;        // measure the phases, too
  bool shows_progress = true;  // a line on the terminal that counts the ticks
  MachineFlags machine;
};

// Runs the chip. In the report, `load_seconds` is the making of the machine, and `build_seconds`
// is left to the caller. Errors: those of Machine::Create.
absl::StatusOr<BenchReport> MeasureChip(const ChipModel& chip, const BenchRun& run);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_BENCH_MEASURE_H_
