// SPDX-License-Identifier: Apache-2.0
#include "core/chip/standard_workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/chip/validate.h"

namespace spikemesh {
namespace {

ChipModel Build(const WorkloadOptions& options) {
  absl::StatusOr<ChipModel> chip = BuildStandardWorkload(options);
  EXPECT_TRUE(chip.ok()) << chip.status();
  return chip.ok() ? *std::move(chip) : ChipModel();
}

WorkloadOptions Small() {
  WorkloadOptions options;
  options.cores_x = 4;
  options.cores_y = 3;
  return options;
}

TEST(StandardWorkloadTest, IsAValidChipOfFullCores) {
  const ChipModel chip = Build(Small());
  EXPECT_TRUE(ValidateChip(chip).ok());
  ASSERT_EQ(chip.cores.size(), 12u);
  EXPECT_EQ(chip.cores[5].at, (CoreCoordinates{1, 1}));
  for (const CoreModel& core : chip.cores) {
    EXPECT_EQ(core.axon_types.size(), 256u);
    EXPECT_EQ(core.neurons.size(), 256u);
  }
}

TEST(StandardWorkloadTest, EveryRowHasExactlyTheSynapsesAskedFor) {
  for (const std::int32_t synapses : {0, 1, 10, 64, 65, 128, 191, 192, 250, 255, 256}) {
    WorkloadOptions options = Small();
    options.synapses = synapses;
    for (const CoreModel& core : Build(options).cores) {
      for (const Bits256& row : core.crossbar) {
        ASSERT_EQ(row.Count(), synapses);
      }
    }
  }
}

// Each of the 3072 rows of the 12 cores sets a bit with probability 1/2.
TEST(StandardWorkloadTest, BitsOfTheRowsAreSpreadEvenly) {
  std::array<int, 256> set = {};
  for (const CoreModel& core : Build(Small()).cores) {
    for (const Bits256& row : core.crossbar) {
      row.ForEach([&](int bit) { ++set[bit]; });
    }
  }
  for (const int count : set) {
    EXPECT_NEAR(count, 1536, 125);  // 4.5 standard deviations: sqrt(3072 / 4) = 27.7
  }
}

TEST(StandardWorkloadTest, TargetsAreAPermutationOfAllAxonsWithDelays1To15) {
  std::set<std::pair<std::uint32_t, std::uint16_t>> reached;
  std::set<int> delays;
  std::set<int> types;
  for (const CoreModel& core : Build(Small()).cores) {
    for (const NeuronModel& neuron : core.neurons) {
      ASSERT_EQ(neuron.target.kind, TargetKind::kAxon);
      reached.insert({neuron.target.index, neuron.target.axon.value()});
      delays.insert(neuron.target.delay.value());
    }
    types.insert(core.axon_types.begin(), core.axon_types.end());
  }
  EXPECT_EQ(reached.size(), 12u * 256u);
  EXPECT_EQ(delays.size(), 15u);
  EXPECT_EQ(*delays.begin(), 1);
  EXPECT_THAT(types, testing::ElementsAre(0, 1, 2, 3));
}

TEST(StandardWorkloadTest, NeuronsArePacemakersOfTheRate) {
  struct Case {
    double rate_hz;
    int leak;
    int threshold;
  };
  for (const Case& c : {Case{20, 2, 100}, Case{10, 1, 100}, Case{200, 20, 100}, Case{25, 3, 120},
                        Case{125, 13, 104}, Case{1000, 100, 100}, Case{1, 1, 1000}}) {
    WorkloadOptions options = Small();
    options.rate_hz = c.rate_hz;
    const ChipModel chip = Build(options);
    NeuronParameters expected;
    expected.weights = {1, -1, 1, -1};
    expected.leak = static_cast<std::int16_t>(c.leak);
    expected.threshold = c.threshold;
    expected.negative_threshold = 1000;
    expected.negative_saturation = true;
    expected.reset_mode = ResetMode::kLinear;
    std::set<std::int32_t> potentials;
    for (const CoreModel& core : chip.cores) {
      for (const NeuronModel& neuron : core.neurons) {
        ASSERT_EQ(chip.neuron_kinds[neuron.kind], expected) << c.rate_hz;
        potentials.insert(neuron.initial_potential);
      }
    }
    EXPECT_GE(*potentials.begin(), 0);
    EXPECT_LT(*potentials.rbegin(), c.threshold);
    EXPECT_GT(potentials.size(), 90u);
  }
}

TEST(StandardWorkloadTest, RateZeroIsSilentAndStartsAtZero) {
  WorkloadOptions options = Small();
  options.rate_hz = 0;
  const ChipModel chip = Build(options);
  for (const CoreModel& core : chip.cores) {
    for (const NeuronModel& neuron : core.neurons) {
      ASSERT_EQ(chip.neuron_kinds[neuron.kind].leak, 0);
      ASSERT_EQ(chip.neuron_kinds[neuron.kind].threshold, 100);
      ASSERT_EQ(neuron.initial_potential, 0);
    }
  }
}

TEST(StandardWorkloadTest, StochasticNeuronsDrawFiveBits) {
  WorkloadOptions options = Small();
  options.stochastic = true;
  for (const NeuronParameters& kind : Build(options).neuron_kinds) {
    EXPECT_EQ(kind.threshold_mask_bits, 5);
  }
}

TEST(StandardWorkloadTest, MixedNeuronsHaveParametersOfTheirOwnNearTheRate) {
  WorkloadOptions options = Small();
  options.mixed = true;
  const ChipModel chip = Build(options);
  EXPECT_TRUE(ValidateChip(chip).ok());
  EXPECT_EQ(chip.neuron_kinds.size(), 12u * 256u);
  std::set<int> leaks;
  double rate_hz_sum = 0;
  for (const NeuronParameters& kind : chip.neuron_kinds) {
    leaks.insert(kind.leak);
    const double rate_hz = 1000.0 * kind.leak / kind.threshold;
    rate_hz_sum += rate_hz;
    // u in 0.95..1.05, and half a unit of rounding on at least 95.
    EXPECT_NEAR(rate_hz, 20, 20 * 0.06);
    EXPECT_EQ(kind.weights[0], -kind.weights[1]);
    EXPECT_EQ(kind.weights[2], -kind.weights[3]);
    for (const int g : {0, 2}) {
      EXPECT_GE(kind.weights[g], 1);
      EXPECT_LE(kind.weights[g], 3);
    }
  }
  EXPECT_THAT(leaks, testing::ElementsAre(2, 3, 4));
  EXPECT_NEAR(rate_hz_sum / 3072, 20, 0.2);
}

TEST(StandardWorkloadTest, ActiveCoresFireAmongThemselvesAndTheOthersAreSilent) {
  for (const bool mixed : {false, true}) {
    WorkloadOptions options = Small();
    options.active_cores = 0.3;  // round(3.6) = 4: the first row
    options.mixed = mixed;
    const ChipModel chip = Build(options);
    std::set<std::pair<std::uint32_t, std::uint16_t>> reached;
    for (std::size_t core = 0; core < 12; ++core) {
      for (const NeuronModel& neuron : chip.cores[core].neurons) {
        if (core < 4) {
          EXPECT_LT(neuron.target.index, 4u);
          EXPECT_GE(chip.neuron_kinds[neuron.kind].leak, 2);
          reached.insert({neuron.target.index, neuron.target.axon.value()});
        } else {
          EXPECT_EQ(neuron.target.kind, TargetKind::kNone);
          EXPECT_EQ(chip.neuron_kinds[neuron.kind].leak, 0);
        }
      }
    }
    EXPECT_EQ(reached.size(), 4u * 256u);
  }
}

TEST(StandardWorkloadTest, SameOptionsGiveTheSameBytesAndAnotherSeedOthers) {
  WorkloadOptions options = Small();
  EXPECT_TRUE(Build(options) == Build(options));
  const ChipModel first = Build(options);
  options.seed = 2;
  const ChipModel second = Build(options);
  EXPECT_NE(first.cores[0].crossbar, second.cores[0].crossbar);
  EXPECT_NE(first.cores[0].neurons, second.cores[0].neurons);
}

TEST(StandardWorkloadTest, GridsBeyondOneChipAreArraysOfChips) {
  WorkloadOptions options;
  options.cores_x = 65;
  options.cores_y = 1;
  options.synapses = 1;
  const ChipModel chip = Build(options);
  EXPECT_EQ(chip.spec.mesh, (MeshShape{64, 64, 2, 1}));
  EXPECT_EQ(chip.cores.size(), 65u);
  EXPECT_TRUE(ValidateChip(chip).ok());
}

void ExpectOutOfRange(const WorkloadOptions& options, const std::string& part) {
  const absl::Status status = BuildStandardWorkload(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange) << part;
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(part));
}

TEST(StandardWorkloadTest, OptionsOutsideTheirRangesAreRefused) {
  const auto with = [](auto set) {
    WorkloadOptions options = Small();
    set(options);
    return options;
  };
  ExpectOutOfRange(with([](auto& o) { o.cores_x = 0; }), "cores_x: 0, allowed 1..4096");
  ExpectOutOfRange(with([](auto& o) { o.cores_y = 4097; }), "cores_y: 4097, allowed 1..4096");
  ExpectOutOfRange(with([](auto& o) {
                     o.cores_x = 257;
                     o.cores_y = 256;
                     o.active_cores = 0;
                   }),
                   "257 x 256 are 65792, allowed 1..65536");
  ExpectOutOfRange(with([](auto& o) { o.rate_hz = -1; }), "rate_hz: -1, allowed 0..1000");
  ExpectOutOfRange(with([](auto& o) { o.rate_hz = 1001; }), "rate_hz: 1001, allowed 0..1000");
  ExpectOutOfRange(with([](auto& o) { o.rate_hz = std::nan(""); }), "rate_hz: nan");
  ExpectOutOfRange(with([](auto& o) { o.synapses = 257; }), "synapses: 257, allowed 0..256");
  ExpectOutOfRange(with([](auto& o) { o.synapses = -1; }), "synapses: -1, allowed 0..256");
  ExpectOutOfRange(with([](auto& o) { o.active_cores = 1.5; }), "active_cores: 1.5, allowed 0..1");
  ExpectOutOfRange(with([](auto& o) { o.rate_hz = 0.001; }), "rate 0.001 Hz");
  ExpectOutOfRange(with([](auto& o) {
                     o.rate_hz = 0.004;  // 1 and 250000; doubled it would not fit
                     o.mixed = true;
                   }),
                   "mixed: thresholds beyond 262143");
}

TEST(StandardWorkloadTest, TargetsBeyondTheReachOfPacketsAreRefused) {
  WorkloadOptions options;
  options.cores_x = 257;
  options.cores_y = 1;
  options.synapses = 1;
  ExpectOutOfRange(options, "257 x 1 active cores, a packet reaches 255 cores");
  options.active_cores = 256.0 / 257.0;
  EXPECT_TRUE(BuildStandardWorkload(options).ok());
}

}  // namespace
}  // namespace spikemesh
