// SPDX-License-Identifier: Apache-2.0
// One core's tick on each instruction set, in the cache: the neuron step alone, with drawn
// thresholds, and with active axons.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/base/random.h"
#include "neurons/core_update.h"
#include "neurons/reference_update.h"

namespace spikemesh {
namespace {

struct BenchCore {
  NeuronParameters parameters;
  NeuronBlock block;
  std::vector<Bits256> crossbar = std::vector<Bits256>(kAxonsPerCore);
  AxonTypePlanes axon_types;
  MemberList active;
  Potentials potentials = {};

  BenchCore(int active_axons, bool draws, bool stochastic_weights) {
    parameters.weights = {1, -1, 1, -1};
    parameters.stochastic_weights = stochastic_weights ? std::uint8_t{15} : std::uint8_t{0};
    parameters.leak = 2;
    parameters.threshold = 100;
    parameters.negative_threshold = 1000;
    parameters.negative_saturation = true;
    parameters.reset_mode = ResetMode::kLinear;
    parameters.threshold_mask_bits = draws ? std::uint8_t{5} : std::uint8_t{0};
    block = MakeNeuronBlock(std::vector<NeuronParameters>(kNeuronsPerCore, parameters));
    RandomSequence random(1, 1);
    for (int axon = 0; axon < kAxonsPerCore; ++axon) {
      axon_types.Set(axon, static_cast<int>(random.NextBelow(kAxonTypes)));
      for (std::uint64_t& word : crossbar[axon].words) {
        word = std::uint64_t{random.NextWord()} << 32 | random.NextWord();
      }
    }
    for (int i = 0; i < active_axons; ++i) {
      active.members[active.count++] = static_cast<std::uint8_t>(i * kAxonsPerCore / active_axons);
    }
    for (std::int32_t& potential : potentials) {
      potential = static_cast<std::int32_t>(random.NextBelow(100));
    }
  }
};

void RunCore(benchmark::State& state, CoreUpdateKernel kernel, bool draws,
             bool stochastic_weights) {
  BenchCore core(static_cast<int>(state.range(0)), draws, stochastic_weights);
  std::int64_t tick = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(kernel.update(
        {core.block, core.crossbar, core.axon_types, core.active.all(), {1, 1, Tick(++tick)}},
        core.potentials));
  }
}

// The definition, neuron by neuron: what the kernels are measured against.
void RunReference(benchmark::State& state) {
  BenchCore core(0, false, false);
  std::int64_t tick = 0;
  for (auto _ : state) {
    ++tick;
    for (std::uint16_t j = 0; j < kNeuronsPerCore; ++j) {
      core.potentials[j] =
          UpdateNeuron(core.parameters, core.potentials[j], {}, {1, 1, Tick(tick)}, NeuronIndex(j))
              .potential;
    }
    benchmark::DoNotOptimize(core.potentials);
  }
}

const bool registered = [] {
  benchmark::RegisterBenchmark("reference", RunReference);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    const std::string name(kernel.name);
    benchmark::RegisterBenchmark(("plain/" + name).c_str(), RunCore, kernel, false, false)
        ->Arg(0)
        ->Arg(5)
        ->Arg(100)
        ->Arg(256);
    benchmark::RegisterBenchmark(("drawn_threshold/" + name).c_str(), RunCore, kernel, true, false)
        ->Arg(0);
    benchmark::RegisterBenchmark(("stochastic_weights/" + name).c_str(), RunCore, kernel, false,
                                 true)
        ->Arg(5);
  }
  return true;
}();

}  // namespace
}  // namespace spikemesh
