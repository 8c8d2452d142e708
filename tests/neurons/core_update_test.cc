// SPDX-License-Identifier: Apache-2.0
#include "neurons/core_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "neurons/reference_update.h"
#include "neurons/rest.h"
#include "tests/neurons/random_neurons.h"

namespace spikemesh {
namespace {

// A core with everything a tick needs, and the same tick by the reference.
struct TestCore {
  std::vector<NeuronParameters> neurons;
  std::vector<Bits256> crossbar = std::vector<Bits256>(kAxonsPerCore);
  AxonTypePlanes axon_types;
  std::array<std::uint8_t, kAxonsPerCore> types = {};
  Bits256 active;
  CoreTickRandomKey random;
  Potentials potentials = {};

  void SetType(int axon, int type) {
    types[axon] = static_cast<std::uint8_t>(type);
    axon_types.Set(axon, type);
  }

  NeuronStep Reference(int neuron) const {
    std::vector<SynapticEvent> events;
    active.ForEach([&](int axon) {
      if (crossbar[axon].Test(neuron)) {
        events.push_back({AxonIndex(static_cast<std::uint16_t>(axon)), AxonType(types[axon])});
      }
    });
    const NeuronParameters parameters =
        static_cast<std::size_t>(neuron) < neurons.size() ? neurons[neuron] : NeuronParameters();
    return UpdateNeuron(parameters, potentials[neuron], events, random,
                        NeuronIndex(static_cast<std::uint16_t>(neuron)));
  }
};

Bits256 RandomBits(RandomSequence& random, std::uint32_t percent, int below) {
  Bits256 bits;
  for (int i = 0; i < below; ++i) {
    if (random.NextBelow(100) < percent) {
      bits.Set(i);
    }
  }
  return bits;
}

struct CoreChoice {
  int neurons = kNeuronsPerCore;
  std::int32_t weight_max = kWeightMax;
  std::uint32_t active_percent = 5;
  bool draws = true;
  bool reversal = true;
  bool stochastic_weights = true;
  bool tame = false;  // parameters and potentials near rest
};

TestCore RandomCore(RandomSequence& random, const CoreChoice& choice) {
  TestCore core;
  for (int i = 0; i < choice.neurons; ++i) {
    NeuronParameters p = RandomNeuron(random, choice.weight_max);
    p.leak_reversal &= choice.reversal;
    p.stochastic_leak &= choice.draws;
    p.threshold_mask_bits = choice.draws ? p.threshold_mask_bits : std::uint8_t{0};
    p.stochastic_weights = choice.stochastic_weights ? p.stochastic_weights : std::uint8_t{0};
    if (choice.tame) {
      p.leak = 0;
      p.threshold = std::max(p.threshold, 1);
    }
    core.neurons.push_back(p);
    core.potentials[i] = choice.tame ? 0 : RandomWithEdges(random, kPotentialMin, kPotentialMax);
  }
  for (int axon = 0; axon < kAxonsPerCore; ++axon) {
    core.crossbar[axon] = RandomBits(random, 50, choice.neurons);
    core.SetType(axon, static_cast<int>(random.NextBelow(kAxonTypes)));
  }
  core.active = RandomBits(random, choice.active_percent, kAxonsPerCore);
  core.random = {random.NextWord(), random.NextWord(),
                 Tick(std::int64_t{random.NextWord()} << random.NextBelow(8))};
  return core;
}

CoreTickResult RunKernel(const CoreUpdateKernel& kernel, const NeuronBlock& block,
                         const TestCore& core, Potentials& potentials) {
  potentials = core.potentials;
  MemberList active;
  kernel.list_members(core.active, active);
  return kernel.update({block, core.crossbar, core.axon_types, active.all(), core.random},
                       potentials);
}

// Every kernel of this processor gives what the reference gives, for every neuron.
void ExpectKernelsMatchReference(const TestCore& core, const std::string& where) {
  const NeuronBlock block = MakeNeuronBlock(core.neurons);
  Potentials expected = {};
  CoreTickResult expected_result;
  expected_result.at_rest = true;
  for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    const NeuronStep step = core.Reference(neuron);
    expected[neuron] = step.potential;
    if (step.spike) {
      expected_result.spikes.Set(neuron);
    }
    if (static_cast<std::size_t>(neuron) < core.neurons.size()) {
      expected_result.at_rest &= RestInterval(core.neurons[neuron]).Contains(step.potential);
    }
  }
  core.active.ForEach(
      [&](int axon) { expected_result.synaptic_ops += core.crossbar[axon].Count(); });

  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    Potentials potentials;
    const CoreTickResult result = RunKernel(kernel, block, core, potentials);
    const std::string at = where + ", " + std::string(kernel.name);
    EXPECT_EQ(potentials, expected) << at;
    EXPECT_EQ(result.spikes, expected_result.spikes) << at;
    EXPECT_EQ(result.synaptic_ops, expected_result.synaptic_ops) << at;
    EXPECT_EQ(result.at_rest, expected_result.at_rest) << at;
  }
}

void ExpectRandomCoresMatch(const CoreChoice& choice, int cores, std::uint64_t stream) {
  RandomSequence random(1, stream);
  for (int i = 0; i < cores && !testing::Test::HasFailure(); ++i) {
    ExpectKernelsMatchReference(RandomCore(random, choice), "core " + std::to_string(i));
  }
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceForAllModesTogether) {
  ExpectRandomCoresMatch({}, 40, 1);
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceWithoutDraws) {
  ExpectRandomCoresMatch({.draws = false, .stochastic_weights = false}, 40, 2);
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceWithoutDrawsAndReversal) {
  ExpectRandomCoresMatch({.draws = false, .reversal = false, .stochastic_weights = false}, 40, 3);
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceWithDrawsButNoReversal) {
  ExpectRandomCoresMatch({.reversal = false, .stochastic_weights = false}, 40, 4);
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceForManyActiveAxons) {
  ExpectRandomCoresMatch({.active_percent = 90, .stochastic_weights = false}, 20, 5);
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceForManyStochasticEvents) {
  ExpectRandomCoresMatch({.active_percent = 90}, 5, 6);
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceForWeightsOf127AndLess) {
  ExpectRandomCoresMatch({.weight_max = 127, .active_percent = 100, .stochastic_weights = false},
                         20, 7);
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceForAPartlyUsedCore) {
  for (const int neurons : {1, 3, 63, 64, 65, 255}) {
    ExpectRandomCoresMatch({.neurons = neurons}, 4, 100 + static_cast<std::uint64_t>(neurons));
  }
}

TEST(CoreUpdateTest, EveryKernelIsTheReferenceWithoutAnActiveAxon) {
  ExpectRandomCoresMatch({.active_percent = 0}, 20, 8);
}

TEST(CoreUpdateTest, EveryKernelSaysThatATameCoreIsAtRest) {
  RandomSequence random(1, 9);
  const TestCore core = RandomCore(random, {.active_percent = 0, .tame = true});
  const NeuronBlock block = MakeNeuronBlock(core.neurons);
  ASSERT_TRUE(block.can_rest);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    Potentials potentials;
    EXPECT_TRUE(RunKernel(kernel, block, core, potentials).at_rest) << kernel.name;
  }
  ExpectKernelsMatchReference(core, "tame core");
}

TEST(CoreUpdateTest, OneNeuronOutsideItsIntervalKeepsTheCoreAwake) {
  std::vector<NeuronParameters> neurons(kNeuronsPerCore);
  for (NeuronParameters& p : neurons) {
    p.threshold = 100;
    p.negative_threshold = 10;  // rest: -10..99
  }
  // Neuron 200 keeps V = 100 by gamma 2 and so fires in every tick.
  neurons[200].reset_mode = ResetMode::kNone;
  TestCore core;
  core.neurons = neurons;
  const NeuronBlock block = MakeNeuronBlock(neurons);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    Potentials potentials;
    core.potentials[200] = 99;
    EXPECT_TRUE(RunKernel(kernel, block, core, potentials).at_rest) << kernel.name;
    core.potentials[200] = 100;
    const CoreTickResult result = RunKernel(kernel, block, core, potentials);
    EXPECT_FALSE(result.at_rest) << kernel.name;
    EXPECT_TRUE(result.spikes.Test(200)) << kernel.name;
    EXPECT_EQ(result.spikes.Count(), 1) << kernel.name;
  }
}

// 256 events of weight 255 sum to 65280, which 16 bits do not hold.
TEST(CoreUpdateTest, FullCrossbarOfLargestWeightsSumsExactly) {
  for (const std::int16_t weight : std::vector<std::int16_t>{255, -255, 128, -128, 127, -127}) {
    TestCore core;
    NeuronParameters p;
    p.weights = {weight, weight, weight, weight};
    p.negative_threshold = kThresholdMax;
    core.neurons.assign(kNeuronsPerCore, p);
    for (int axon = 0; axon < kAxonsPerCore; ++axon) {
      core.SetType(axon, axon % kAxonTypes);
      core.active.Set(axon);
      core.crossbar[axon].words.fill(~std::uint64_t{0});
    }
    const NeuronBlock block = MakeNeuronBlock(core.neurons);
    for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
      Potentials potentials;
      const CoreTickResult result = RunKernel(kernel, block, core, potentials);
      Potentials expected;
      expected.fill(kAxonsPerCore * weight);
      EXPECT_EQ(potentials, expected) << kernel.name << ", weight " << weight;
      EXPECT_EQ(result.synaptic_ops, kAxonsPerCore * kNeuronsPerCore) << kernel.name;
    }
  }
}

TEST(CoreUpdateTest, PaddingNeuronsNeverFireNorMove) {
  TestCore core;
  core.neurons.resize(1);
  core.neurons[0].leak = 255;
  core.neurons[0].threshold = 0;
  const NeuronBlock block = MakeNeuronBlock(core.neurons);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    Potentials potentials;
    const CoreTickResult result = RunKernel(kernel, block, core, potentials);
    Bits256 only_neuron_0;
    only_neuron_0.Set(0);
    EXPECT_EQ(result.spikes, only_neuron_0) << kernel.name;
    EXPECT_EQ(potentials, Potentials{}) << kernel.name;
  }
}

TEST(ListMembersTest, EveryKernelListsTheMembersInAscendingOrder) {
  RandomSequence random(1, 20);
  std::vector<Bits256> sets(2);
  sets[1].words.fill(~std::uint64_t{0});
  for (int bit = 0; bit < 256; ++bit) {
    sets.emplace_back().Set(bit);
  }
  for (const std::uint32_t percent : {1u, 2u, 5u, 50u, 90u, 99u}) {
    for (int i = 0; i < 50; ++i) {
      sets.push_back(RandomBits(random, percent, 256));
    }
  }
  for (const Bits256& set : sets) {
    std::vector<int> expected;
    set.ForEach([&](int bit) { expected.push_back(bit); });
    for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
      MemberList list;
      kernel.list_members(set, list);
      ASSERT_THAT(list.all(), testing::ElementsAreArray(expected)) << kernel.name;
    }
  }
}

TEST(CoreUpdateTest, KernelsAreListedBestFirstAndTheScalarOneIsAlwaysThere) {
  std::vector<std::string> names;
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    names.emplace_back(kernel.name);
  }
  ASSERT_FALSE(names.empty());
  EXPECT_THAT(names.back(), testing::AnyOf("SCALAR", "EMU128"));
  const std::vector<std::string> order = {"AVX3_DL", "AVX3", "AVX2", "SSE4", names.back()};
  auto at = order.begin();
  for (const std::string& name : names) {
    at = std::find(at, order.end(), name);
    ASSERT_NE(at, order.end()) << name << " is unknown, out of order or listed twice";
    ++at;
  }
}

}  // namespace
}  // namespace spikemesh
