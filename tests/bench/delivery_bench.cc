// SPDX-License-Identifier: Apache-2.0
// What becomes of the spikes of a tick: targets looked up and slots written (send_spikes), and
// slots written for packets of another worker (deliver). On 4 x 4 cores all of it is in the cache;
// on 64 x 64 targets and slots lie at random places of 10 MB, and what is measured is whether they
// were fetched in time. Spikes are those of 20 Hz: one neuron in fifty, another one in each of
// fifty ticks, so that no tick finds the targets of the last. Nothing here is arithmetic on
// vectors, so the best instruction set stands for all.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/base/status.h"
#include "core/chip/standard_workload.h"
#include "core/machine/compiled_chip.h"
#include "core/machine/tick_kernel.h"

namespace spikemesh {
namespace {

constexpr std::uint32_t kTicks = 50;

CompiledChip CompileGrid(std::int32_t side) {
  WorkloadOptions options;
  options.cores_x = side;
  options.cores_y = side;
  const absl::StatusOr<ChipModel> chip = BuildStandardWorkload(options);
  SPIKEMESH_CHECK(chip.ok());
  return CompileChip(*chip);
}

// The chip with one worker, and the spikes of `kTicks` ticks.
struct SpikingChip {
  CompiledChip chip;
  TickPlan plan;
  MachineState state;
  WorkerState worker;
  std::array<std::vector<std::uint32_t>, kTicks> spikes;  // core * 256 + neuron, ascending

  explicit SpikingChip(std::int32_t side)
      : chip(CompileGrid(side)),
        plan{chip, CoreOwners(chip.core_count(), 1), 1},
        state(chip),
        worker(chip.core_count(), plan.owners, 0) {
    RandomSequence random(1, 1);
    for (std::uint32_t neuron = 0; neuron < chip.targets.size(); ++neuron) {
      spikes[random.NextBelow(kTicks)].push_back(neuron);
    }
  }
};

// Time of one spike.
void CountSpikes(benchmark::State& state, std::size_t spikes) {
  state.counters["per_spike"] = benchmark::Counter(
      static_cast<double>(spikes), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void RunSending(benchmark::State& state, const TickKernel& kernel) {
  SpikingChip spiking(static_cast<std::int32_t>(state.range(0)));
  std::size_t spikes_sent = 0;
  Tick now(0);
  for (auto _ : state) {
    ++now;
    std::vector<std::uint32_t>& spikes = spiking.spikes[now.value() % kTicks];
    spikes_sent += spikes.size();
    spiking.worker.spike_count = spikes.size();
    std::swap(spiking.worker.spikes, spikes);
    kernel.send_spikes(spiking.plan, now, spiking.state, spiking.worker);
    std::swap(spiking.worker.spikes, spikes);
  }
  benchmark::DoNotOptimize(spiking.worker.counters);
  CountSpikes(state, spikes_sent);
}

void RunDelivery(benchmark::State& state, const TickKernel& kernel) {
  SpikingChip spiking(static_cast<std::int32_t>(state.range(0)));
  std::array<std::vector<CompiledTarget>, kTicks> packets;
  for (std::size_t tick = 0; tick < packets.size(); ++tick) {
    for (const std::uint32_t spike : spiking.spikes[tick]) {
      packets[tick].push_back(spiking.chip.targets[spike]);
    }
  }
  std::size_t spikes_delivered = 0;
  Tick now(0);
  for (auto _ : state) {
    ++now;
    const std::vector<CompiledTarget>& arrived = packets[now.value() % kTicks];
    spikes_delivered += arrived.size();
    kernel.deliver(arrived, now, spiking.state, spiking.worker);
  }
  benchmark::DoNotOptimize(spiking.worker.counters);
  CountSpikes(state, spikes_delivered);
}

const bool registered = [] {
  const TickKernel kernel = SupportedTickKernels().front();
  for (const std::int64_t side : {4, 64}) {
    benchmark::RegisterBenchmark("send", RunSending, kernel)->Arg(side);
    benchmark::RegisterBenchmark("deliver", RunDelivery, kernel)->Arg(side);
  }
  return true;
}();

}  // namespace
}  // namespace spikemesh
