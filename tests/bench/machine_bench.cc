// SPDX-License-Identifier: Apache-2.0
// Whole ticks of the standard workload: chips in memory at several rates, with neurons of their own
// parameters and with drawn thresholds, on two threads; chips of which few cores or none have
// anything to do; and cores that stay in the cache.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "core/base/status.h"
#include "core/chip/standard_workload.h"
#include "core/machine/machine.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kWarmUpTicks = 50;

struct Case {
  const char* name;
  WorkloadOptions workload;
  int threads = 1;
  // Given, not found by trials: each of those would build the chip again.
  std::int64_t ticks = 500;
};

// Wall time and processor time of a tick; wall time of a core in a tick; synaptic operations per
// second of wall time.
void RunWorkload(benchmark::State& state, const Case& of) {
  const absl::StatusOr<ChipModel> chip = BuildStandardWorkload(of.workload);
  SPIKEMESH_CHECK(chip.ok());
  absl::StatusOr<Machine> machine = Machine::Create(*chip, {.threads = of.threads});
  SPIKEMESH_CHECK(machine.ok());
  machine->RunUntil(Tick(kWarmUpTicks));
  const Counters before = machine->counters();
  for (auto _ : state) {
    machine->Step();
  }
  const Counters counters = machine->counters() - before;
  state.counters["sop"] =
      benchmark::Counter(static_cast<double>(counters.synaptic_ops), benchmark::Counter::kIsRate);
  state.counters["per_core_tick"] =
      benchmark::Counter(static_cast<double>(counters.neuron_updates) / kNeuronsPerCore,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

const Case kCases[] = {
    {.name = "64x64/20Hz", .workload = {}},
    {.name = "64x64/20Hz/two_threads", .workload = {}, .threads = 2},
    {.name = "64x64/20Hz/mixed", .workload = {.mixed = true}},
    {.name = "64x64/20Hz/stochastic", .workload = {.stochastic = true}},
    {.name = "64x64/100Hz", .workload = {.rate_hz = 100}},
    {.name = "64x64/200Hz", .workload = {.rate_hz = 200}, .ticks = 200},
    {.name = "64x64/20Hz/active_1_percent", .workload = {.active_cores = 0.01}, .ticks = 20'000},
    {.name = "64x64/0Hz", .workload = {.rate_hz = 0}, .ticks = 1'000'000},
    {.name = "4x4/20Hz", .workload = {.cores_x = 4, .cores_y = 4}, .ticks = 20'000},
    {.name = "16x16/400Hz",
     .workload = {.cores_x = 16, .cores_y = 16, .rate_hz = 400},
     .ticks = 1'000},
};

const bool registered = [] {
  for (const Case& of : kCases) {
    benchmark::RegisterBenchmark(of.name, RunWorkload, of)
        ->Iterations(of.ticks)
        ->MeasureProcessCPUTime()
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
  }
  return true;
}();

}  // namespace
}  // namespace spikemesh
