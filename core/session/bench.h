// SPDX-License-Identifier: Apache-2.0
// Measures the simulator on one chip: 50 ticks of warm-up, so that delay slots (15 ticks) and
// buffers are filled, then the timed ticks. Every number of a bench report is taken here.
#ifndef SPIKEMESH_CORE_SESSION_BENCH_H_
#define SPIKEMESH_CORE_SESSION_BENCH_H_

#include <cstdint>
#include <functional>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "core/report/bench_report.h"

namespace spikemesh {

inline constexpr std::int64_t kBenchWarmUpTicks = 50;

struct BenchRun {
  std::int64_t ticks = 0;  // timed ones, at least 1
  MachineOptions machine;
  // Told now and then how many of the timed ticks are done; may be empty.
  std::function<void(std::int64_t)> progress = nullptr;
};

// Runs the chip. In the report, `load_seconds` is the making of the machine, and `build_seconds`
// is left to the caller. Errors: those of Machine::Create.
absl::StatusOr<BenchReport> MeasureChip(const ChipModel& chip, const BenchRun& run);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_SESSION_BENCH_H_
