// SPDX-License-Identifier: Apache-2.0
// 16 bits a potential or 32, rows added one by one or counted by axon type, few neurons or 256:
// whatever way the machine takes through a tick, it is the reference machine. Each test also shows
// that its chips are of the kind it is about.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "neurons/core_update.h"
#include "tests/core/machine/random_chips.h"
#include "tests/core/machine/recorded_run.h"
#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

std::size_t NarrowBlocks(const ChipModel& chip) {
  return static_cast<std::size_t>(std::ranges::count_if(
      chip.cores, [&](const CoreModel& core) { return HasNarrowBlock(chip, core); }));
}

bool Fits(const std::vector<std::int32_t>& potentials) {
  return std::ranges::all_of(potentials,
                             [](std::int32_t v) { return std::abs(v) <= kNarrowPotentialMax; });
}

// How often the potentials of a core leave 16 bits after a tick in which they fitted.
int Departures(const RecordedRun& run, std::size_t core) {
  int departures = 0;
  for (std::size_t i = 1; i < run.ticks.size(); ++i) {
    departures +=
        Fits(run.ticks[i - 1].potentials[core]) && !Fits(run.ticks[i].potentials[core]) ? 1 : 0;
  }
  return departures;
}

RecordedRun ExpectEquivalence(const ChipModel& chip, const InputChoice& input) {
  RecordedRun run = RecordReference(chip, RandomInput(input), input.ticks);
  ExpectAllMachinesRun(chip, run);
  return run;
}

class NarrowStyleTest : public testing::TestWithParam<NeuronStyle> {};

TEST_P(NarrowStyleTest, NarrowChipIsTheReference) {
  const ChipModel chip = RandomChip({.cores = 5, .stream = 20, .styles = {GetParam()}});
  EXPECT_EQ(NarrowBlocks(chip), chip.cores.size());
  const RecordedRun run = ExpectEquivalence(chip, {.stream = 20, .ticks = 40, .flood_every = 13});
  EXPECT_GT(run.ticks.back().counters.spikes, 0);
}

TEST_P(NarrowStyleTest, NarrowChipWithOneWeightPerTypeIsTheReference) {
  const ChipModel chip = RandomChip(
      {.cores = 3, .stream = 21, .styles = {GetParam()}, .weights = WeightStyle::kUniform});
  EXPECT_EQ(NarrowBlocks(chip), chip.cores.size());
  ExpectEquivalence(chip, {.stream = 21, .ticks = 40, .flood_every = 5});
}

INSTANTIATE_TEST_SUITE_P(Styles, NarrowStyleTest,
                         testing::Values(NeuronStyle::kNarrow, NeuronStyle::kIntegrator,
                                         NeuronStyle::kResetter, NeuronStyle::kMemoryless,
                                         NeuronStyle::kDrifting));

// Enough due cores to run the workers in parallel.
TEST(MachineWidthTest, NarrowCoresInParallelAreTheReference) {
  const ChipModel chip = RandomChip(
      {.cores = 24, .stream = 22, .styles = {NeuronStyle::kNarrow, NeuronStyle::kDrifting}});
  EXPECT_EQ(NarrowBlocks(chip), chip.cores.size());
  ExpectEquivalence(chip, {.stream = 22, .ticks = 15, .flood_every = 7});
}

TEST(MachineWidthTest, CoresThatLeaveSixteenBitsAndComeBackAreTheReference) {
  // With few neurons, since one outside keeps the whole core wide.
  const ChipModel chip = RandomChip(
      {.cores = 20, .stream = 23, .styles = {NeuronStyle::kDrifting}, .axons = 20, .neurons = 2});
  EXPECT_EQ(NarrowBlocks(chip), chip.cores.size());
  const RecordedRun run = ExpectEquivalence(chip, {.stream = 23, .ticks = 150});
  // Inputs may push a core back for good; most go on.
  int cores_that_drift = 0;
  for (std::size_t core = 0; core < chip.cores.size(); ++core) {
    cores_that_drift += Departures(run, core) >= 10 ? 1 : 0;
  }
  EXPECT_GE(cores_that_drift, 15);
}

TEST(MachineWidthTest, NarrowAndWideBlocksSideBySideAreTheReference) {
  const ChipModel chip =
      RandomChip({.cores = 9,
                  .stream = 24,
                  .styles = {NeuronStyle::kNarrow, NeuronStyle::kAny, NeuronStyle::kDrifting}});
  EXPECT_EQ(NarrowBlocks(chip), 6u);
  ExpectEquivalence(chip, {.stream = 24, .ticks = 30, .flood_every = 11});
}

// V lies `below` under the limit, and +255 arrives: with the leak of -255 it ends where it was, but
// between the two it is past the limit or not.
TEST(MachineWidthTest, PotentialPastTheLimitWithinTheTickOnlyIsExact) {
  for (const std::int32_t below : {254, 255, 256}) {
    NeuronParameters p;
    p.weights = {kWeightMax, -kWeightMax, 0, 0};
    p.threshold = kNarrowMax;
    p.negative_threshold = kNarrowMax;
    p.leak = -kLeakMax;
    ChipBuilder builder;
    const CoreId core = builder.AddCore({0, 0});
    const AxonIndex up = builder.AddAxon(core, AxonType(0));
    const std::int32_t start = kNarrowPotentialMax - below;
    builder.Connect(core, up, builder.AddNeuron(core, p, start));
    // Its mirror image.
    p.leak = kLeakMax;
    const AxonIndex down = builder.AddAxon(core, AxonType(1));
    builder.Connect(core, down, builder.AddNeuron(core, p, -start));
    builder.AddInputLine({{core, up}, {core, down}});
    const ChipModel chip = BuildOrDie(std::move(builder));
    ASSERT_EQ(NarrowBlocks(chip), 1u);
    std::vector<LineEvent> input;
    for (std::int64_t tick = 1; tick <= 5; ++tick) {
      input.push_back({LineIndex(0), Tick(tick)});
    }
    const RecordedRun run = RecordReference(chip, input, 6);
    EXPECT_EQ(run.ticks[4].potentials[0], (std::vector<std::int32_t>{start, -start}));
    EXPECT_EQ(run.ticks[5].potentials[0],
              (std::vector<std::int32_t>{start - kLeakMax, -start + kLeakMax}));
    ExpectAllMachinesRun(chip, run);
  }
}

// From the lowest potential there is to the highest and back: 19 bits and a sign, saturating.
TEST(MachineWidthTest, NarrowBlockFollowsItsPotentialsThroughAllTwentyBits) {
  NeuronParameters p;
  p.weights = {kWeightMax, -kWeightMax, 0, 0};
  p.threshold = kNarrowMax;
  p.negative_threshold = kNarrowMax;
  p.reset_mode = ResetMode::kNone;
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const NeuronIndex neuron = builder.AddNeuron(core, p, kPotentialMin);
  std::vector<AxonAddress> up;
  std::vector<AxonAddress> down;
  for (int axon = 0; axon < kAxonsPerCore; ++axon) {
    const int type = axon % 2;
    const AxonIndex index = builder.AddAxon(core, AxonType(static_cast<std::uint8_t>(type)));
    builder.Connect(core, index, neuron);
    (type == 0 ? up : down).push_back({core, index});
  }
  const LineIndex up_line = builder.AddInputLine(up);
  const LineIndex down_line = builder.AddInputLine(down);
  const ChipModel chip = BuildOrDie(std::move(builder));
  ASSERT_EQ(NarrowBlocks(chip), 1u);
  // 128 rows of 255 a tick are 32640: the way takes 33 ticks.
  constexpr std::int64_t kWayTicks = 33;
  static_assert(kWayTicks * 128 * kWeightMax >= kPotentialMax - kPotentialMin);
  std::vector<LineEvent> input;
  for (std::int64_t tick = 1; tick <= kWayTicks; ++tick) {
    input.push_back({up_line, Tick(tick)});
    input.push_back({down_line, Tick(kWayTicks + tick)});
  }
  const RecordedRun run = RecordReference(chip, input, 2 * kWayTicks);
  EXPECT_EQ(run.ticks[kWayTicks - 1].potentials[0][0], kPotentialMax);
  EXPECT_EQ(run.ticks.back().potentials[0][0], kPotentialMin);
  EXPECT_GE(Departures(run, 0), 2);  // once on each way
  ExpectAllMachinesRun(chip, run);
}

// Sums of 256 rows of 255 take 17 bits: more rows at once than 16 bits hold.
TEST(MachineRowsTest, AllAxonsWithLargestWeightsAreTheReference) {
  for (const NeuronStyle style : {NeuronStyle::kNarrow, NeuronStyle::kAny}) {
    const ChipModel chip = RandomChip({.cores = 2,
                                       .stream = 30,
                                       .styles = {style},
                                       .weights = WeightStyle::kLargest,
                                       .axons = kAxonsPerCore,
                                       .neurons = kNeuronsPerCore,
                                       .connected_percent = 100});
    const RecordedRun run = ExpectEquivalence(chip, {.stream = 30, .ticks = 12, .flood_every = 4});
    // Three floods; spikes add to them.
    EXPECT_GE(run.ticks.back().counters.synaptic_ops, 3 * 2 * 256 * 256);
  }
}

// A core of 256 axons of one type that reach all of 256 neurons, whose weights for it are taken in
// turn; V grows without a reset.
CoreId AddFullCore(AxonType type, const std::vector<std::int16_t>& weights, ChipBuilder& builder) {
  const CoreId core = builder.AddCore({static_cast<int>(builder.model().cores.size()), 0});
  for (int i = 0; i < kAxonsPerCore; ++i) {
    builder.AddAxon(core, type);
  }
  for (std::size_t j = 0; j < kNeuronsPerCore; ++j) {
    NeuronParameters p;
    p.weights[type.value()] = weights[j % weights.size()];
    p.threshold = kNarrowMax;
    p.negative_threshold = kNarrowMax;
    p.reset_mode = ResetMode::kNone;
    const NeuronIndex neuron = builder.AddNeuron(core, p);
    for (std::uint16_t i = 0; i < kAxonsPerCore; ++i) {
      builder.Connect(core, AxonIndex(i), neuron);
    }
  }
  return core;
}

// Of 255, only 128 rows fit into one sum; 256 x 127 is one more than a narrow core may hold.
TEST(MachineRowsTest, AllAxonsOfOneTypeAddTheirWeight256Times) {
  static_assert(256 * 126 <= kNarrowPotentialMax && 256 * 127 == kNarrowPotentialMax + 1);
  const std::vector<std::vector<std::int16_t>> weights_of_cores = {
      {1}, {-1}, {126}, {-126}, {127}, {-127}, {255}, {-255}, {3, -3, 126}, {127, 0}, {-255, 255}};
  for (std::uint8_t type = 0; type < kAxonTypes; ++type) {
    ChipBuilder builder;
    std::vector<AxonAddress> all;
    RecordedTick tick;
    for (const std::vector<std::int16_t>& weights : weights_of_cores) {
      const CoreId core = AddFullCore(AxonType(type), weights, builder);
      tick.potentials.emplace_back();
      for (std::uint16_t i = 0; i < 256; ++i) {  // axon i, neuron i
        all.push_back({core, AxonIndex(i)});
        tick.potentials.back().push_back(256 * weights[i % weights.size()]);
        if (tick.potentials.back().back() >= kNarrowMax) {
          tick.spikes.push_back({core, NeuronIndex(i)});
        }
      }
    }
    builder.AddInputLine(all);
    const ChipModel chip = BuildOrDie(std::move(builder));
    ASSERT_EQ(NarrowBlocks(chip), weights_of_cores.size());
    const auto cores = static_cast<std::int64_t>(weights_of_cores.size());
    tick.counters = {.spikes = static_cast<std::int64_t>(tick.spikes.size()),
                     .axon_events = 256 * cores,
                     .synaptic_ops = 256 * 256 * cores,
                     .host_packets = 256 * cores,
                     .neuron_updates = 256 * cores};
    ExpectAllMachinesRun(chip, {.input = {{LineIndex(0), Tick(1)}}, .ticks = {tick}});
  }
}

class ManyRowsTest : public testing::TestWithParam<WeightStyle> {};

TEST_P(ManyRowsTest, ManyRowsAreTheReference) {
  const ChipModel chip =
      RandomChip({.cores = 3,
                  .stream = 31,
                  .styles = {NeuronStyle::kNarrow, NeuronStyle::kIntegrator, NeuronStyle::kAny},
                  .weights = GetParam(),
                  .axons = kAxonsPerCore,
                  .connected_percent = 50});
  ExpectEquivalence(chip, {.stream = 31, .ticks = 16, .flood_every = 3});
}

// 1 to 30 axons at once, so that every way of adding rows has its turn, and the edges between them.
TEST_P(ManyRowsTest, AnyNumberOfRowsIsTheReference) {
  constexpr std::uint16_t kAxons = 30;
  ChipModel chip = RandomChip({.cores = 2,
                               .stream = 32,
                               .styles = {NeuronStyle::kNarrow, NeuronStyle::kAny},
                               .weights = GetParam(),
                               .axons = kAxons,
                               .connected_percent = 50});
  chip.input_lines.clear();
  std::vector<LineEvent> input;
  std::vector<AxonAddress> reached;
  for (std::uint16_t axon = 0; axon < kAxons; ++axon) {
    reached.push_back({CoreId(0), AxonIndex(axon)});
    reached.push_back({CoreId(1), AxonIndex(axon)});
    input.push_back({LineIndex(axon), Tick(axon + 1)});
    chip.input_lines.push_back(reached);
  }
  ExpectAllMachinesRun(chip, RecordReference(chip, input, kAxons + 5));
}

INSTANTIATE_TEST_SUITE_P(Weights, ManyRowsTest,
                         testing::Values(WeightStyle::kAny, WeightStyle::kStochastic,
                                         WeightStyle::kEqualTypes, WeightStyle::kUniform,
                                         WeightStyle::kLargest));

TEST(MachineRowsTest, PartlyUsedCoresAreTheReference) {
  for (const int neurons : {1, 63, 64, 65, 255, 256}) {
    for (const int axons : {1, 64, 65, 256}) {
      SCOPED_TRACE(std::to_string(neurons) + " neurons, " + std::to_string(axons) + " axons");
      const auto stream = static_cast<std::uint64_t>(1000 * neurons + axons);
      const ChipModel chip = RandomChip({.cores = 2,
                                         .stream = stream,
                                         .styles = {NeuronStyle::kNarrow, NeuronStyle::kAny},
                                         .axons = axons,
                                         .neurons = neurons,
                                         .connected_percent = 30});
      ExpectEquivalence(chip, {.stream = stream, .ticks = 8, .flood_every = 4});
    }
  }
}

}  // namespace
}  // namespace spikemesh
