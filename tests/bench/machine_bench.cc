// SPDX-License-Identifier: Apache-2.0
// Whole ticks of the standard workload on one thread: one chip, in memory; 256 cores with about 100
// active axons each, in the cache; and a chip of which one core in twenty is active.
#include <benchmark/benchmark.h>

#include "core/chip/standard_workload.h"
#include "core/machine/machine.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kWarmUpTicks = 50;

void RunWorkload(benchmark::State& state, const WorkloadOptions& options) {
  const absl::StatusOr<ChipModel> chip = BuildStandardWorkload(options);
  SPIKEMESH_CHECK(chip.ok());
  absl::StatusOr<Machine> machine = Machine::Create(*chip);
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

void Chip20Hz(benchmark::State& state) { RunWorkload(state, {}); }

void Chip20HzStochastic(benchmark::State& state) {
  WorkloadOptions options;
  options.stochastic = true;
  RunWorkload(state, options);
}

void Chip20HzMixed(benchmark::State& state) {
  WorkloadOptions options;
  options.mixed = true;
  RunWorkload(state, options);
}

void Dense256Cores(benchmark::State& state) {
  WorkloadOptions options;
  options.cores_x = 16;
  options.cores_y = 16;
  options.rate_hz = 400;
  RunWorkload(state, options);
}

void OneCoreInTwenty(benchmark::State& state) {
  WorkloadOptions options;
  options.active_cores = 0.05;
  RunWorkload(state, options);
}

BENCHMARK(Chip20Hz)->Unit(benchmark::kMicrosecond);
BENCHMARK(Chip20HzStochastic)->Unit(benchmark::kMicrosecond);
BENCHMARK(Chip20HzMixed)->Unit(benchmark::kMicrosecond);
BENCHMARK(Dense256Cores)->Unit(benchmark::kMicrosecond);
BENCHMARK(OneCoreInTwenty)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace spikemesh
