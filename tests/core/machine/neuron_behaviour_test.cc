// SPDX-License-Identifier: Apache-2.0
// Neurons whose behaviour on the real chip is published: pacemakers with period and phase, and two
// of the twenty behaviours of Izhikevich with the parameters of the NeMo simulator. "Period p,
// phase q" means: spikes in the ticks t >= 1 with t mod p = q.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr NeuronAddress kFirst = {CoreId(0), NeuronIndex(0)};
constexpr NeuronAddress kSecond = {CoreId(0), NeuronIndex(1)};

std::vector<std::int64_t> TicksOf(std::int64_t period, std::int64_t phase, std::int64_t last) {
  std::vector<std::int64_t> ticks;
  for (std::int64_t tick = 1; tick <= last; ++tick) {
    if (tick % period == phase) {
      ticks.push_back(tick);
    }
  }
  return ticks;
}

Machine OneNeuronMachine(const NeuronParameters& parameters, std::int32_t initial_potential) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const AxonIndex axon = builder.AddAxon(core, AxonType(0));
  builder.Connect(core, axon, builder.AddNeuron(core, parameters, initial_potential));
  builder.AddInputLine({{core, axon}});
  return MachineOrDie(BuildOrDie(std::move(builder)));
}

NeuronParameters Pacemaker(std::int16_t leak, std::int32_t threshold) {
  NeuronParameters p;
  p.leak = leak;
  p.threshold = threshold;
  return p;
}

TEST(PacemakerTest, Alpha10Lambda1HasPeriod10Phase0) {
  Machine machine = OneNeuronMachine(Pacemaker(1, 10), 0);
  EXPECT_EQ(SpikeTicks(machine, kFirst, 100), TicksOf(10, 0, 100));
}

TEST(PacemakerTest, InitialPotential1MakesThePhase9) {
  Machine machine = OneNeuronMachine(Pacemaker(1, 10), 1);
  EXPECT_EQ(SpikeTicks(machine, kFirst, 100), TicksOf(10, 9, 100));
}

TEST(PacemakerTest, Alpha11Lambda2HasPeriod6Phase0) {
  Machine machine = OneNeuronMachine(Pacemaker(2, 11), 0);
  EXPECT_EQ(SpikeTicks(machine, kFirst, 100), TicksOf(6, 0, 100));
}

// s0 = 3 in every tick and lambda -1: V gains 2 a tick and reaches 10 with the fifth input.
Machine DrivenNeuron(std::int64_t first_input) {
  NeuronParameters p = Pacemaker(-1, 10);
  p.weights = {3, 0, 0, 0};
  p.negative_saturation = true;
  Machine machine = OneNeuronMachine(p, 0);
  for (std::int64_t tick = first_input; tick <= 100; ++tick) {
    machine.SendLine(LineIndex(0), Tick(tick));
  }
  return machine;
}

TEST(TonicSpikingTest, DrivenFromTick2HasPeriod5Phase1) {
  Machine machine = DrivenNeuron(2);
  std::vector<std::int64_t> expected = TicksOf(5, 1, 100);
  expected.erase(expected.begin());  // tick 1 comes before any input
  EXPECT_EQ(SpikeTicks(machine, kFirst, 100), expected);
}

TEST(TonicSpikingTest, DrivenFromTick1HasPeriod5Phase0) {
  Machine machine = DrivenNeuron(1);
  EXPECT_EQ(SpikeTicks(machine, kFirst, 100), TicksOf(5, 0, 100));
}

NeuronParameters PhasicNeuron(bool leak_reversal) {
  NeuronParameters p = Pacemaker(2, 2);
  p.weights = {4, 20, 0, 0};
  p.leak_reversal = leak_reversal;
  p.negative_threshold = 10;
  p.reset_potential = -15;
  p.negative_saturation = true;
  return p;
}

TEST(PhasicSpikingTest, PulsesEveryTenTicksGiveOneSpikeAtTheFirst) {
  Machine machine = OneNeuronMachine(PhasicNeuron(true), 0);
  for (std::int64_t tick = 10; tick <= 200; tick += 10) {
    machine.SendLine(LineIndex(0), Tick(tick));
  }
  EXPECT_THAT(SpikeTicks(machine, kFirst, 250), ElementsAre(10));
}

TEST(PhasicSpikingTest, SilentWithoutPulses) {
  Machine machine = OneNeuronMachine(PhasicNeuron(true), 0);
  EXPECT_THAT(SpikeTicks(machine, kFirst, 250), IsEmpty());
}

// R = -15 is not compared again; one tick later -13 saturates at -beta = -10, and then V climbs
// -8, -6, -4, -2, 0 to the next spike at 2.
TEST(PhasicSpikingTest, PublishedParametersWithoutReversalFireByThemselvesWithPeriod7) {
  Machine machine = OneNeuronMachine(PhasicNeuron(false), 0);
  EXPECT_THAT(SpikeTicks(machine, kFirst, 30), ElementsAre(1, 8, 15, 22, 29));
}

TEST(TonicBurstingTest, OnePulseGivesSixSpikesWithPeriod17ThenSilence) {
  NeuronParameters bursting = Pacemaker(1, 18);
  bursting.weights = {1, -100, 0, 0};
  bursting.leak_reversal = true;
  bursting.reset_potential = 1;
  bursting.negative_saturation = true;
  NeuronParameters stopping = Pacemaker(0, 6);
  stopping.weights = {1, 0, 0, 0};
  stopping.negative_saturation = true;

  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const AxonIndex pulse = builder.AddAxon(core, AxonType(0));
  const AxonIndex stop = builder.AddAxon(core, AxonType(1));
  const AxonIndex count = builder.AddAxon(core, AxonType(0));
  const NeuronIndex first = builder.AddNeuron(core, bursting);
  const NeuronIndex second = builder.AddNeuron(core, stopping);
  builder.Connect(core, pulse, first);
  builder.Connect(core, stop, first);
  builder.Connect(core, count, second);
  builder.SetTarget(core, first, NeuronTarget::Axon(core, count, DelayTicks(1)));
  builder.SetTarget(core, second, NeuronTarget::Axon(core, stop, DelayTicks(1)));
  builder.AddInputLine({{core, pulse}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(1));
  std::vector<std::int64_t> first_ticks, second_ticks;
  while (machine.now() < Tick(400)) {
    machine.Step();
    for (const NeuronAddress& spike : machine.spikes()) {
      (spike == kFirst ? first_ticks : second_ticks).push_back(machine.now().value());
      EXPECT_TRUE(spike == kFirst || spike == kSecond);
    }
  }
  // The pulse and the leak make V = 2 in tick 1, so 18 in tick 17; R = 1 then takes 17 ticks.
  EXPECT_THAT(first_ticks, ElementsAre(17, 34, 51, 68, 85, 102));
  EXPECT_THAT(second_ticks, ElementsAre(103));
}

}  // namespace
}  // namespace spikemesh
