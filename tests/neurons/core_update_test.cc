// SPDX-License-Identifier: Apache-2.0
#include "neurons/core_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
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
  // Thresholds, resets and potentials stay below so many hundreds, so that 16 bits may hold them;
  // 0: anything legal.
  std::int32_t narrow_hundreds = 0;
  bool uniform_weights = false;
  int modes = -1;  // of all neurons: bit 0 linear, bit 1 kappa; -1: of each neuron its own
};

// Squeezes a neuron into 16 bits.
void MakeNarrow(std::int32_t limit, NeuronParameters& p) {
  p.threshold_mask_bits = std::min<std::uint8_t>(p.threshold_mask_bits, 12);
  p.threshold %= limit;
  p.negative_threshold %= limit;
  p.reset_potential %= limit;
}

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
    if (choice.narrow_hundreds > 0) {
      MakeNarrow(100 * choice.narrow_hundreds, p);
    }
    if (choice.uniform_weights && i > 0) {
      p.weights = core.neurons.front().weights;
      p.stochastic_weights = core.neurons.front().stochastic_weights;
    }
    if (choice.modes >= 0) {
      p.reset_mode = (choice.modes & 1) != 0 ? ResetMode::kLinear : ResetMode::kNormal;
      p.negative_saturation = (choice.modes & 2) != 0;
    }
    core.neurons.push_back(p);
    const std::int32_t limit = 100 * choice.narrow_hundreds;
    core.potentials[i] = choice.tame ? 0
                         : limit > 0 ? RandomWithEdges(random, -limit, limit)
                                     : RandomWithEdges(random, kPotentialMin, kPotentialMax);
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

// The block of some neurons, with what it refers to.
class TestBlock {
 public:
  explicit TestBlock(const std::vector<NeuronParameters>& neurons) { blocks_.Add(neurons); }
  NeuronBlock get() const { return blocks_[0]; }

 private:
  NeuronBlocks blocks_;
};

struct KernelRun {
  CoreTickResult result;
  Potentials potentials;
};

ActiveAxons ListActive(const CoreUpdateKernel& kernel, const TestCore& core) {
  ActiveAxons active;
  kernel.list_active(core.active, core.axon_types, active);
  return active;
}

KernelRun RunWide(const CoreUpdateKernel& kernel, const TestBlock& block, const TestCore& core) {
  KernelRun run = {{}, core.potentials};
  const ActiveAxons active = ListActive(kernel, core);
  kernel.update_wide({block.get(), core.crossbar.data(), core.axon_types, active, core.random},
                     run.potentials, run.result);
  return run;
}

// nullopt where the block or a potential needs more than 16 bits.
std::optional<KernelRun> RunNarrow(const CoreUpdateKernel& kernel, const TestBlock& block,
                                   const TestCore& core) {
  const auto fits = [](std::int32_t potential) { return std::abs(potential) <= kNarrowMax; };
  if (!block.get().traits.narrow || !std::ranges::all_of(core.potentials, fits)) {
    return std::nullopt;
  }
  NarrowPotentials potentials;
  std::ranges::transform(core.potentials, potentials.begin(),
                         [](std::int32_t v) { return static_cast<std::int16_t>(v); });
  const NarrowPotentials before = potentials;
  const ActiveAxons active = ListActive(kernel, core);
  KernelRun run;
  if (!kernel.update_narrow(
          {block.get(), core.crossbar.data(), core.axon_types, active, core.random}, potentials,
          run.result)) {
    EXPECT_EQ(potentials, before) << "a refusal leaves the potentials alone";
    return std::nullopt;
  }
  std::ranges::copy(potentials, run.potentials.begin());
  return run;
}

// What the kernels must give, by the reference.
KernelRun ReferenceRun(const TestCore& core) {
  KernelRun expected;
  expected.result.at_rest = true;
  for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    const NeuronStep step = core.Reference(neuron);
    expected.potentials[neuron] = step.potential;
    if (step.spike) {
      expected.result.spikes.Set(neuron);
    }
    if (static_cast<std::size_t>(neuron) < core.neurons.size()) {
      expected.result.at_rest &= RestInterval(core.neurons[neuron]).Contains(step.potential);
    }
  }
  core.active.ForEach(
      [&](int axon) { expected.result.synaptic_ops += core.crossbar[axon].Count(); });
  return expected;
}

void ExpectSame(const KernelRun& run, const KernelRun& expected, const std::string& at) {
  EXPECT_EQ(run.potentials, expected.potentials) << at;
  EXPECT_EQ(run.result.spikes, expected.result.spikes) << at;
  EXPECT_EQ(run.result.synaptic_ops, expected.result.synaptic_ops) << at;
  EXPECT_EQ(run.result.at_rest, expected.result.at_rest) << at;
}

// Every kernel of this processor gives what the reference gives, for every neuron, in 32 bits and,
// where it accepts the core, in 16. Returns how often it did.
int ExpectKernelsMatchReference(const TestCore& core, const std::string& where) {
  const TestBlock block(core.neurons);
  const KernelRun expected = ReferenceRun(core);
  int narrow_runs = 0;
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    const std::string at = where + ", " + std::string(kernel.name);
    ExpectSame(RunWide(kernel, block, core), expected, at);
    if (const std::optional<KernelRun> narrow = RunNarrow(kernel, block, core)) {
      ExpectSame(*narrow, expected, at + ", narrow");
      ++narrow_runs;
    }
  }
  return narrow_runs;
}

int ExpectRandomCoresMatch(const CoreChoice& choice, int cores, std::uint64_t stream) {
  RandomSequence random(1, stream);
  int narrow_runs = 0;
  for (int i = 0; i < cores && !testing::Test::HasFailure(); ++i) {
    narrow_runs +=
        ExpectKernelsMatchReference(RandomCore(random, choice), "core " + std::to_string(i));
  }
  return narrow_runs;
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

TEST(CoreUpdateTest, EveryKernelIsTheReferenceInSixteenBits) {
  std::uint64_t stream = 200;
  const auto kernels = static_cast<int>(SupportedCoreUpdates().size());
  for (const bool draws : {false, true}) {
    for (const bool reversal : {false, true}) {
      for (const bool uniform_weights : {false, true}) {
        for (const std::uint32_t active_percent : {0u, 2u, 10u, 45u, 100u}) {
          for (const int modes : {-1, 0, 1, 2, 3}) {
            const int narrow_runs = ExpectRandomCoresMatch({.weight_max = 30,
                                                            .active_percent = active_percent,
                                                            .draws = draws,
                                                            .reversal = reversal,
                                                            .stochastic_weights = false,
                                                            .narrow_hundreds = 200,
                                                            .uniform_weights = uniform_weights,
                                                            .modes = modes},
                                                           2, ++stream);
            EXPECT_EQ(narrow_runs, 2 * kernels);
          }
        }
      }
    }
  }
}

TEST(CoreUpdateTest, StochasticWeightsInSixteenBitsAreTheReference) {
  EXPECT_GT(ExpectRandomCoresMatch({.weight_max = 100, .narrow_hundreds = 200}, 6, 400), 0);
  EXPECT_GT(ExpectRandomCoresMatch(
                {.weight_max = 100, .narrow_hundreds = 200, .uniform_weights = true}, 6, 401),
            0);
}

// Near the ends of 16 bits some cores are refused, and what is not refused is right.
TEST(CoreUpdateTest, SixteenBitsAreRefusedOrExactAtTheirEnds) {
  const int cores = 150;
  const auto kernels = static_cast<int>(SupportedCoreUpdates().size());
  const int narrow_runs = ExpectRandomCoresMatch({.neurons = 1,
                                                  .weight_max = 40,
                                                  .active_percent = 2,
                                                  .stochastic_weights = false,
                                                  .narrow_hundreds = 327},
                                                 cores, 300);
  EXPECT_GT(narrow_runs, 0);
  EXPECT_LT(narrow_runs, cores * kernels);
}

TEST(CoreUpdateTest, TheLargestPotentialThatIsNarrowIsOneBelowTheFirstThatIsNot) {
  TestCore core;
  core.neurons.resize(1);
  core.neurons[0].threshold = kNarrowMax;
  core.neurons[0].negative_threshold = kNarrowMax;
  core.neurons[0].leak = kLeakMax;
  const TestBlock block(core.neurons);
  ASSERT_TRUE(block.get().traits.narrow);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    for (const std::int32_t sign : {-1, 1}) {
      core.potentials[0] = sign * kNarrowPotentialMax;
      EXPECT_TRUE(RunNarrow(kernel, block, core).has_value()) << kernel.name;
      core.potentials[0] += sign;
      EXPECT_FALSE(RunNarrow(kernel, block, core).has_value()) << kernel.name;
    }
  }
}

TEST(CoreUpdateTest, ABlockIsNarrowUpToTheLastValueThatFits) {
  const auto is_narrow = [](const NeuronParameters& p) {
    return TestBlock({p}).get().traits.narrow;
  };
  NeuronParameters p;
  EXPECT_FALSE(is_narrow(p)) << "alpha 262143 of a neuron that is used";
  p.threshold = kNarrowMax;
  EXPECT_TRUE(is_narrow(p));
  p.threshold_mask_bits = 1;
  EXPECT_FALSE(is_narrow(p)) << "alpha + eta";
  p.threshold = kNarrowMax - 1;
  EXPECT_TRUE(is_narrow(p));
  p.negative_threshold = kNarrowMax;
  EXPECT_FALSE(is_narrow(p)) << "beta + eta";
  p.negative_threshold = kNarrowMax - 1;
  EXPECT_TRUE(is_narrow(p));
  p.reset_potential = -kNarrowMax;
  EXPECT_TRUE(is_narrow(p));
  p.reset_potential = -kNarrowMax - 1;
  EXPECT_FALSE(is_narrow(p));
}

TEST(CoreUpdateTest, EqualTablesAreKeptOnceAndDifferentOnesAreNot) {
  std::vector<NeuronParameters> a(kNeuronsPerCore);
  for (NeuronParameters& p : a) {
    p.threshold = 100;
  }
  std::vector<NeuronParameters> b = a;
  b[255].leak = 1;  // another threshold table, the same weights and modes
  NeuronBlocks blocks;
  blocks.Add(a);
  blocks.Add(b);
  EXPECT_EQ(&blocks[0].weights, &blocks[1].weights);
  EXPECT_EQ(blocks[0].narrow_modes, blocks[1].narrow_modes);
  EXPECT_NE(blocks[0].narrow_thresholds, blocks[1].narrow_thresholds);
}

TEST(CoreUpdateTest, EveryKernelSaysThatATameCoreIsAtRest) {
  RandomSequence random(1, 9);
  const TestCore core = RandomCore(random, {.active_percent = 0, .tame = true});
  const TestBlock block(core.neurons);
  ASSERT_TRUE(block.get().traits.can_rest);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    EXPECT_TRUE(RunWide(kernel, block, core).result.at_rest) << kernel.name;
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
  const TestBlock block(neurons);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    core.potentials[200] = 99;
    EXPECT_TRUE(RunNarrow(kernel, block, core)->result.at_rest) << kernel.name;
    core.potentials[200] = 100;
    const CoreTickResult result = RunNarrow(kernel, block, core)->result;
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
    const TestBlock block(core.neurons);
    for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
      const KernelRun run = RunWide(kernel, block, core);
      Potentials expected;
      expected.fill(kAxonsPerCore * weight);
      EXPECT_EQ(run.potentials, expected) << kernel.name << ", weight " << weight;
      EXPECT_EQ(run.result.synaptic_ops, kAxonsPerCore * kNeuronsPerCore) << kernel.name;
    }
  }
}

TEST(CoreUpdateTest, PaddingNeuronsNeverFireNorMove) {
  TestCore core;
  core.neurons.resize(1);
  core.neurons[0].leak = 255;
  core.neurons[0].threshold = 0;
  const TestBlock block(core.neurons);
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    const KernelRun run = RunNarrow(kernel, block, core).value();
    Bits256 only_neuron_0;
    only_neuron_0.Set(0);
    EXPECT_EQ(run.result.spikes, only_neuron_0) << kernel.name;
    EXPECT_EQ(run.potentials, Potentials{}) << kernel.name;
  }
}

// Sets of many sizes: empty, full, each with one member, and random ones.
std::vector<Bits256> SetsToList() {
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
  return sets;
}

TEST(ListMembersTest, EveryKernelListsTheMembersInAscendingOrder) {
  for (const Bits256& set : SetsToList()) {
    std::vector<int> expected;
    std::vector<std::uint32_t> expected_indices;
    set.ForEach([&](int bit) {
      expected.push_back(bit);
      expected_indices.push_back(7000 + static_cast<std::uint32_t>(bit));
    });
    for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
      MemberList list;
      kernel.list_members(set, list);
      ASSERT_THAT(list.all(), testing::ElementsAreArray(expected)) << kernel.name;
      std::vector<std::uint32_t> indices(256 + kIndexSlack);
      indices.resize(kernel.list_indices(set, 7000, indices.data()));
      ASSERT_THAT(indices, testing::ElementsAreArray(expected_indices)) << kernel.name;
    }
  }
}

TEST(ListMembersTest, EveryKernelListsManyActiveAxonsByType) {
  RandomSequence random(1, 21);
  AxonTypePlanes types;
  for (int axon = 0; axon < kAxonsPerCore; ++axon) {
    types.Set(axon, static_cast<int>(random.NextBelow(kAxonTypes)));
  }
  for (const Bits256& set : SetsToList()) {
    for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
      ActiveAxons active;
      kernel.list_active(set, types, active);
      ASSERT_EQ(active.list.count, static_cast<std::size_t>(set.Count()));
      if (!active.by_type) {
        continue;
      }
      std::vector<int> expected;
      for (int type = 0; type < kAxonTypes; ++type) {
        ASSERT_EQ(active.begin[type], expected.size()) << kernel.name;
        set.ForEach([&](int axon) {
          if (types.TypeOf(axon) == type) {
            expected.push_back(axon);
          }
        });
      }
      ASSERT_EQ(active.begin[kAxonTypes], expected.size()) << kernel.name;
      ASSERT_THAT(active.list.all(), testing::ElementsAreArray(expected)) << kernel.name;
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
