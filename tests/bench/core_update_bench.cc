// SPDX-License-Identifier: Apache-2.0
// One core's tick on each instruction set, in the cache, for each kind of neuron: the neuron step
// alone (0 active axons) and with rows to add up.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/base/status.h"
#include "neurons/core_update.h"
#include "neurons/reference_update.h"

namespace spikemesh {
namespace {

// A pacemaker, as all neurons of the standard workload are.
NeuronParameters Pacemaker(int) {
  NeuronParameters p;
  p.weights = {1, -1, 1, -1};
  p.leak = 2;
  p.threshold = 100;
  p.negative_threshold = 1000;
  p.negative_saturation = true;
  p.reset_mode = ResetMode::kLinear;
  return p;
}

NeuronParameters OwnWeights(int neuron) {
  NeuronParameters p = Pacemaker(neuron);
  const auto weight = static_cast<std::int16_t>(1 + neuron % 3);
  const auto opposite = static_cast<std::int16_t>(-weight);
  p.weights = {weight, opposite, weight, opposite};
  return p;
}

// The neuron of converted networks; without input a tenth of them fires.
NeuronParameters Memoryless(int neuron) {
  return MemorylessNeuron({1, -1, 1, -1}, static_cast<std::int16_t>(neuron % 10));
}

// A threshold beyond 16 bits.
NeuronParameters Wide(int neuron) {
  NeuronParameters p = Pacemaker(neuron);
  p.threshold = kThresholdMax;
  return p;
}

NeuronParameters LeakReversal(int neuron) {
  NeuronParameters p = Pacemaker(neuron);
  p.leak_reversal = true;
  return p;
}

NeuronParameters StochasticLeak(int neuron) {
  NeuronParameters p = Pacemaker(neuron);
  p.stochastic_leak = true;
  return p;
}

NeuronParameters DrawnThreshold(int neuron) {
  NeuronParameters p = Pacemaker(neuron);
  p.threshold_mask_bits = 5;
  return p;
}

NeuronParameters StochasticWeights(int neuron) {
  NeuronParameters p = Pacemaker(neuron);
  p.stochastic_weights = 15;
  return p;
}

// Neighbours differ in every mode but the random ones. (ResetMode::kNone is left out: with the same
// input in every tick its potential would grow without end.)
NeuronParameters MixedModes(int neuron) {
  NeuronParameters p = OwnWeights(neuron);
  p.leak = static_cast<std::int16_t>(1 + neuron % 4);
  p.leak_reversal = neuron % 2 == 0;
  p.reset_mode = neuron % 3 == 0 ? ResetMode::kNormal : ResetMode::kLinear;
  p.negative_saturation = neuron % 5 < 2;
  return p;
}

struct NeuronKind {
  const char* name;
  NeuronParameters (*parameters)(int neuron);
  std::vector<std::int64_t> active_axons;
};

const std::array<NeuronKind, 9> kKinds = {{
    {"plain", Pacemaker, {0, 5, 12, 13, 51, 100, 256}},
    {"memoryless", Memoryless, {0, 5, 100, 256}},
    {"own_weights", OwnWeights, {5, 51, 100}},
    {"wide", Wide, {0, 5, 100}},
    {"leak_reversal", LeakReversal, {0, 5}},
    {"mixed_modes", MixedModes, {0, 5, 100}},
    {"stochastic_leak", StochasticLeak, {0}},
    {"drawn_threshold", DrawnThreshold, {0}},
    {"stochastic_weights", StochasticWeights, {5}},
}};

// A core with half its synapses set and evenly spread active axons.
struct BenchCore {
  NeuronBlocks blocks;
  std::vector<Bits256> crossbar = std::vector<Bits256>(kAxonsPerCore);
  AxonTypePlanes axon_types;
  Bits256 active;
  NarrowPotentials narrow = {};
  Potentials wide = {};

  BenchCore(const NeuronKind& kind, std::int64_t active_axons) {
    std::vector<NeuronParameters> neurons;
    for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
      neurons.push_back(kind.parameters(neuron));
    }
    blocks.Add(neurons);
    RandomSequence random(1, 1);
    for (int axon = 0; axon < kAxonsPerCore; ++axon) {
      axon_types.Set(axon, static_cast<int>(random.NextBelow(kAxonTypes)));
      for (std::uint64_t& word : crossbar[axon].words) {
        word = std::uint64_t{random.NextWord()} << 32 | random.NextWord();
      }
    }
    for (std::int64_t i = 0; i < active_axons; ++i) {
      active.Set(static_cast<int>(i * kAxonsPerCore / active_axons));
    }
    for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
      wide[neuron] = static_cast<std::int32_t>(random.NextBelow(100));
      narrow[neuron] = static_cast<std::int16_t>(wide[neuron]);
    }
  }
};

// Listing the active axons is part of it.
void RunCore(benchmark::State& state, const CoreUpdateKernel& kernel, const NeuronKind& kind) {
  BenchCore core(kind, state.range(0));
  const NeuronBlock block = core.blocks[0];
  std::int64_t tick = 0;
  for (auto _ : state) {
    ActiveAxons active;
    kernel.list_active(core.active, core.axon_types, active);
    const CoreTick inputs = {
        block, core.crossbar.data(), core.axon_types, active, {1, 1, Tick(++tick)}};
    CoreTickResult result;
    if (block.traits.narrow) {
      SPIKEMESH_CHECK(kernel.update_narrow(inputs, core.narrow, result));
    } else {
      kernel.update_wide(inputs, core.wide, result);
    }
    benchmark::DoNotOptimize(result);
  }
}

// The spikes of a core, as indices.
void RunListing(benchmark::State& state, const CoreUpdateKernel& kernel) {
  const BenchCore core(kKinds[0], state.range(0));
  std::vector<std::uint32_t> indices(kNeuronsPerCore + kIndexSlack);
  for (auto _ : state) {
    benchmark::DoNotOptimize(kernel.list_indices(core.active, 7, indices.data()));
    benchmark::ClobberMemory();
  }
}

// The definition, neuron by neuron: what the kernels are measured against.
void RunReference(benchmark::State& state) {
  const NeuronParameters parameters = Pacemaker(0);
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

const bool registered = [] {
  benchmark::RegisterBenchmark("reference", RunReference);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    const std::string of_kernel = "/" + std::string(kernel.name);
    for (const NeuronKind& kind : kKinds) {
      for (const std::int64_t axons : kind.active_axons) {
        benchmark::RegisterBenchmark((kind.name + of_kernel).c_str(), RunCore, kernel, kind)
            ->Arg(axons);
      }
    }
    benchmark::RegisterBenchmark(("list_spikes" + of_kernel).c_str(), RunListing, kernel)
        ->Arg(5)
        ->Arg(51);
  }
  return true;
}();

}  // namespace
}  // namespace spikemesh
