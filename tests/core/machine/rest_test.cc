// SPDX-License-Identifier: Apache-2.0
// Who is visited: cores with input, and cores that are not at rest; and the jumps of the clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

// One core with one such neuron and, as its neighbour, a padding-like neuron that rests.
ChipModel OneNeuron(const NeuronParameters& parameters, std::int32_t initial_potential = 0) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const AxonIndex axon = builder.AddAxon(core, AxonType(0));
  builder.Connect(core, axon, builder.AddNeuron(core, parameters, initial_potential));
  builder.AddNeuron(core, NeuronParameters());
  builder.AddInputLine({{core, axon}});
  return BuildOrDie(std::move(builder));
}

// How many of the first ten ticks visit the core, without any input.
int VisitsInTenTicks(const NeuronParameters& parameters, std::int32_t initial_potential = 0) {
  Machine machine = MachineOrDie(OneNeuron(parameters, initial_potential));
  int visits = 0;
  for (int tick = 0; tick < 10; ++tick) {
    machine.Step();
    visits += static_cast<int>(machine.cores_visited());
  }
  return visits;
}

TEST(MachineRestTest, AlphaZeroAndLambdaZeroFiresInEveryTickWithoutInput) {
  NeuronParameters p;
  p.threshold = 0;
  EXPECT_EQ(VisitsInTenTicks(p), 10);
  Machine machine = MachineOrDie(OneNeuron(p));
  machine.RunUntil(Tick(10));
  EXPECT_EQ(machine.counters().spikes, 10);
}

TEST(MachineRestTest, PositiveLeakIsVisitedInEveryTick) {
  NeuronParameters p;
  p.leak = 1;
  EXPECT_EQ(VisitsInTenTicks(p), 10);
  p.stochastic_leak = true;
  EXPECT_EQ(VisitsInTenTicks(p), 10);
}

TEST(MachineRestTest, GammaTwoAboveTheThresholdIsVisitedInEveryTick) {
  NeuronParameters p;
  p.threshold = 5;
  p.reset_mode = ResetMode::kNone;
  EXPECT_EQ(VisitsInTenTicks(p, 5), 10);
  EXPECT_EQ(VisitsInTenTicks(p, 4), 0);
}

TEST(MachineRestTest, MemorylessNeuronSleeps) {
  EXPECT_EQ(VisitsInTenTicks(MemorylessNeuron({1, 0, 0, 0}, 1)), 0);
  EXPECT_EQ(VisitsInTenTicks(MemorylessNeuron({1, 0, 0, 0}, 0)), 10);  // fires without input
}

TEST(MachineRestTest, StochasticThresholdBetweenTheThresholdsSleeps) {
  NeuronParameters p;
  p.threshold = 10;
  p.negative_threshold = 4;
  p.threshold_mask_bits = 8;
  EXPECT_EQ(VisitsInTenTicks(p, 9), 0);
  EXPECT_EQ(VisitsInTenTicks(p, -4), 0);
}

TEST(MachineRestTest, DecayingNeuronIsVisitedUntilItReachesZero) {
  NeuronParameters p;
  p.leak = -2;
  p.leak_reversal = true;
  p.threshold = 100;
  EXPECT_EQ(VisitsInTenTicks(p, 6), 3);  // 4, 2, 0: the third visit leaves it at rest
}

TEST(MachineRestTest, InputWakesACoreForAsLongAsItTakesToSettle) {
  NeuronParameters p;
  p.weights = {4, 0, 0, 0};
  p.leak = -1;
  p.threshold = 100;
  p.negative_saturation = true;
  Machine machine = MachineOrDie(OneNeuron(p));
  machine.SendLine(LineIndex(0), Tick(3));
  std::vector<std::int64_t> visited;
  for (int tick = 1; tick <= 10; ++tick) {
    machine.Step();
    if (machine.cores_visited() > 0) {
      visited.push_back(tick);
    }
  }
  // V: 3 in tick 3, then 2, 1, 0.
  EXPECT_THAT(visited, testing::ElementsAre(3, 4, 5, 6));
}

TEST(MachineRestTest, OnlyTheCoreWithInputIsVisited) {
  ChipBuilder builder;
  for (int x = 0; x < 30; ++x) {
    AddLane(builder, builder.AddCore({x, 0}), Relay());
  }
  builder.AddInputLine({{CoreId(17), AxonIndex(0)}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(1));
  machine.Step();
  EXPECT_EQ(machine.cores_visited(), 1);
  EXPECT_EQ(machine.counters().neuron_updates, 256 * 30);  // the chip sweeps all
  machine.Step();
  EXPECT_EQ(machine.cores_visited(), 0);
  EXPECT_EQ(machine.counters().neuron_updates, 2 * 256 * 30);
}

// A million million ticks: possible only by jumping.
TEST(MachineClockTest, ClockJumpsToTheNextEventHoweverFar) {
  constexpr std::int64_t kFar = 1'000'000'000'000;
  Machine machine = MachineOrDie(OneNeuron(Relay()));
  machine.SendLine(LineIndex(0), Tick(kFar));
  machine.RunUntil(Tick(kFar - 1));
  EXPECT_EQ(machine.now(), Tick(kFar - 1));
  EXPECT_EQ(machine.counters().spikes, 0);
  machine.RunUntil(Tick(kFar));
  EXPECT_EQ(machine.spikes().size(), 1u);
  EXPECT_EQ(machine.cores_visited(), 1);
  machine.RunUntil(Tick(2 * kFar));
  EXPECT_EQ(machine.counters().spikes, 1);
  EXPECT_EQ(machine.counters().neuron_updates, 256 * 2 * kFar);
  EXPECT_EQ(machine.spikes().size(), 0u);  // those of the last tick
  EXPECT_EQ(machine.cores_visited(), 0);
}

TEST(MachineClockTest, ClockStopsAtEverySpikeUnderWay) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const NeuronIndex first = AddLane(builder, core, Relay());
  const NeuronIndex second = AddLane(builder, core, Relay());
  builder.SetTarget(core, first, NeuronTarget::Axon(core, AxonIndex(1), DelayTicks(15)));
  builder.SetTarget(core, second, NeuronTarget::Axon(core, AxonIndex(0), DelayTicks(7)));
  builder.AddInputLine({{core, AxonIndex(0)}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(5));
  // Ticks 5, 20, 27, 42, 49, ...: one round takes 22 ticks, so tick 5 + 22 k and 20 + 22 k.
  machine.RunUntil(Tick(5 + 22 * 1000));
  EXPECT_EQ(machine.counters().spikes, 2 * 1000 + 1);
}

TEST(MachineClockTest, RunUntilThePresentDoesNothing) {
  Machine machine = MachineOrDie(OneNeuron(Relay()));
  machine.SendLine(LineIndex(0), Tick(3));
  machine.RunUntil(Tick(3));
  machine.RunUntil(Tick(3));
  machine.RunUntil(Tick(1));
  EXPECT_EQ(machine.now(), Tick(3));
  EXPECT_EQ(machine.spikes().size(), 1u);
}

}  // namespace
}  // namespace spikemesh
