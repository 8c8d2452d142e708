// SPDX-License-Identifier: Apache-2.0
// One core's tick on each instruction set, in the cache: the neuron step alone, with drawn
// thresholds, and with active axons.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/base/status.h"
#include "neurons/core_update.h"
#include "neurons/reference_update.h"

namespace spikemesh {
namespace {

struct CoreKind {
  int active_axons = 0;
  bool draws = false;
  bool stochastic_weights = false;
  bool own_weights = false;  // of every neuron, else all alike
  bool wide = false;         // thresholds beyond 16 bits
};

NeuronParameters ParametersOf(const CoreKind& kind, int neuron) {
  NeuronParameters p;
  const auto weight = static_cast<std::int16_t>(kind.own_weights ? 1 + neuron % 3 : 1);
  const auto opposite = static_cast<std::int16_t>(-weight);
  p.weights = {weight, opposite, weight, opposite};
  p.stochastic_weights = kind.stochastic_weights ? std::uint8_t{15} : std::uint8_t{0};
  p.leak = 2;
  p.threshold = kind.wide ? kThresholdMax : 100;
  p.negative_threshold = 1000;
  p.negative_saturation = true;
  p.reset_mode = ResetMode::kLinear;
  p.threshold_mask_bits = kind.draws ? std::uint8_t{5} : std::uint8_t{0};
  return p;
}

// A core with half its synapses set and evenly spread active axons.
struct BenchCore {
  NeuronBlocks blocks;
  std::vector<Bits256> crossbar = std::vector<Bits256>(kAxonsPerCore);
  AxonTypePlanes axon_types;
  Bits256 active;
  NarrowPotentials narrow = {};
  Potentials wide = {};

  explicit BenchCore(const CoreKind& kind) {
    std::vector<NeuronParameters> neurons;
    for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
      neurons.push_back(ParametersOf(kind, neuron));
    }
    blocks.Add(neurons);
    RandomSequence random(1, 1);
    for (int axon = 0; axon < kAxonsPerCore; ++axon) {
      axon_types.Set(axon, static_cast<int>(random.NextBelow(kAxonTypes)));
      for (std::uint64_t& word : crossbar[axon].words) {
        word = std::uint64_t{random.NextWord()} << 32 | random.NextWord();
      }
    }
    for (int i = 0; i < kind.active_axons; ++i) {
      active.Set(i * kAxonsPerCore / kind.active_axons);
    }
    for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
      wide[neuron] = static_cast<std::int32_t>(random.NextBelow(100));
      narrow[neuron] = static_cast<std::int16_t>(wide[neuron]);
    }
  }
};

// Listing the active axons is part of it.
void RunCore(benchmark::State& state, CoreUpdateKernel kernel, CoreKind kind) {
  kind.active_axons = static_cast<int>(state.range(0));
  BenchCore core(kind);
  const NeuronBlock block = core.blocks[0];
  std::int64_t tick = 0;
  for (auto _ : state) {
    ActiveAxons active;
    kernel.list_active(core.active, core.axon_types, active);
    const CoreTick inputs = {
        block, core.crossbar.data(), core.axon_types, active, {1, 1, Tick(++tick)}};
    CoreTickResult result;
    if (kind.wide) {
      kernel.update_wide(inputs, core.wide, result);
    } else {
      SPIKEMESH_CHECK(kernel.update_narrow(inputs, core.narrow, result));
    }
    benchmark::DoNotOptimize(result);
  }
}

// The spikes of a core, as indices.
void RunListing(benchmark::State& state, CoreUpdateKernel kernel) {
  const BenchCore core({.active_axons = static_cast<int>(state.range(0))});
  std::vector<std::uint32_t> indices(kNeuronsPerCore + kIndexSlack);
  for (auto _ : state) {
    benchmark::DoNotOptimize(kernel.list_indices(core.active, 7, indices.data()));
    benchmark::ClobberMemory();
  }
}

// The definition, neuron by neuron: what the kernels are measured against.
void RunReference(benchmark::State& state) {
  const NeuronParameters parameters = ParametersOf({}, 0);
  Potentials potentials = {};
  std::int64_t tick = 0;
  for (auto _ : state) {
    ++tick;
    for (std::uint16_t j = 0; j < kNeuronsPerCore; ++j) {
      potentials[j] =
          UpdateNeuron(parameters, potentials[j], {}, {1, 1, Tick(tick)}, NeuronIndex(j)).potential;
    }
    benchmark::DoNotOptimize(potentials);
  }
}

void Register(const std::string& name, const CoreUpdateKernel& kernel, const CoreKind& kind,
              std::initializer_list<std::int64_t> active_axons) {
  auto* const bench = benchmark::RegisterBenchmark((name + "/" + std::string(kernel.name)).c_str(),
                                                   RunCore, kernel, kind);
  for (const std::int64_t axons : active_axons) {
    bench->Arg(axons);
  }
}

const bool registered = [] {
  benchmark::RegisterBenchmark("reference", RunReference);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    Register("plain", kernel, {}, {0, 5, 12, 13, 51, 100, 256});
    Register("own_weights", kernel, {.own_weights = true}, {5, 51, 100});
    Register("wide", kernel, {.wide = true}, {0, 5, 100});
    Register("drawn_threshold", kernel, {.draws = true}, {0});
    Register("stochastic_weights", kernel, {.stochastic_weights = true}, {5});
    benchmark::RegisterBenchmark(("list_spikes/" + std::string(kernel.name)).c_str(), RunListing,
                                 kernel)
        ->Arg(5)
        ->Arg(51);
  }
  return true;
}();

}  // namespace
}  // namespace spikemesh
