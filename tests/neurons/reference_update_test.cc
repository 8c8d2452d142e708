// SPDX-License-Identifier: Apache-2.0
// Each mode of the neuron by examples small enough to check by hand.
#include "neurons/reference_update.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <vector>

namespace spikemesh {
namespace {

constexpr CoreTickRandomKey kKey = {7, 3, Tick(11)};

SynapticEvent Event(int axon, int type) {
  return {AxonIndex(static_cast<std::uint16_t>(axon)), AxonType(static_cast<std::uint8_t>(type))};
}

NeuronStep Spike(std::int32_t potential) { return {potential, true}; }
NeuronStep Silent(std::int32_t potential) { return {potential, false}; }

TEST(IntegrateTest, EventsAddTheWeightOfTheirType) {
  NeuronParameters p;
  p.weights = {1, -10, 100, -255};
  const std::vector<SynapticEvent> events = {Event(0, 0), Event(1, 1), Event(2, 2), Event(3, 3),
                                             Event(4, 2)};
  EXPECT_EQ(Integrate(p, 5, events, kKey, NeuronIndex(0)), 5 + 1 - 10 + 100 - 255 + 100);
}

TEST(IntegrateTest, PotentialSaturatesOnceOnTheSum) {
  NeuronParameters p;
  p.weights = {255, -255, 0, 0};
  const std::vector<SynapticEvent> up = {Event(0, 0)};
  EXPECT_EQ(Integrate(p, kPotentialMax - 255, up, kKey, NeuronIndex(0)), 524287);
  EXPECT_EQ(Integrate(p, kPotentialMax - 254, up, kKey, NeuronIndex(0)), 524287);
  const std::vector<SynapticEvent> down = {Event(0, 1)};
  EXPECT_EQ(Integrate(p, kPotentialMin + 255, down, kKey, NeuronIndex(0)), -524288);
  EXPECT_EQ(Integrate(p, kPotentialMin + 254, down, kKey, NeuronIndex(0)), -524288);
  // Beyond the edge and back within one tick: no saturation between.
  const std::vector<SynapticEvent> there_and_back = {Event(0, 0), Event(1, 1)};
  EXPECT_EQ(Integrate(p, kPotentialMax, there_and_back, kKey, NeuronIndex(0)), kPotentialMax);
}

TEST(IntegrateTest, StochasticWeightAddsItsSignWhereItsMagnitudeReachesRho) {
  NeuronParameters p;
  p.stochastic_weights = 1 | 2;
  for (const std::int16_t magnitude : std::vector<std::int16_t>{0, 1, 100, 255}) {
    p.weights = {magnitude, static_cast<std::int16_t>(-magnitude), 50, 0};
    for (int axon = 0; axon < kAxonsPerCore; ++axon) {
      const auto rho = static_cast<int>(
          SynapseRho(kKey, AxonIndex(static_cast<std::uint16_t>(axon)), NeuronIndex(9)));
      const int drawn = magnitude >= rho && magnitude != 0 ? 1 : 0;
      const std::vector<SynapticEvent> up = {Event(axon, 0)};
      EXPECT_EQ(Integrate(p, 0, up, kKey, NeuronIndex(9)), drawn);
      const std::vector<SynapticEvent> down = {Event(axon, 1)};
      EXPECT_EQ(Integrate(p, 0, down, kKey, NeuronIndex(9)), -drawn);
      const std::vector<SynapticEvent> plain = {Event(axon, 2)};
      EXPECT_EQ(Integrate(p, 0, plain, kKey, NeuronIndex(9)), 50);
    }
  }
}

TEST(LeakTest, PlainLeakAddsLambdaAndSaturates) {
  NeuronParameters p;
  p.leak = -7;
  EXPECT_EQ(Leak(p, 3, 0), -4);
  EXPECT_EQ(Leak(p, kPotentialMin + 7, 0), kPotentialMin);
  EXPECT_EQ(Leak(p, kPotentialMin + 6, 0), kPotentialMin);
  p.leak = 7;
  EXPECT_EQ(Leak(p, kPotentialMax - 7, 0), kPotentialMax);
  EXPECT_EQ(Leak(p, kPotentialMax - 6, 0), kPotentialMax);
}

TEST(LeakTest, ReversedNegativeLeakDecaysToZeroFromBothSidesAndStopsThere) {
  NeuronParameters p;
  p.leak_reversal = true;
  p.leak = -5;
  EXPECT_EQ(Leak(p, 12, 0), 7);
  EXPECT_EQ(Leak(p, 5, 0), 0);
  EXPECT_EQ(Leak(p, 4, 0), 0);  // would be -1
  EXPECT_EQ(Leak(p, 0, 0), 0);
  EXPECT_EQ(Leak(p, -4, 0), 0);  // would be 1
  EXPECT_EQ(Leak(p, -5, 0), 0);
  EXPECT_EQ(Leak(p, -12, 0), -7);
}

TEST(LeakTest, ReversedPositiveLeakDrivesAwayFromZeroButNotFromZeroItself) {
  NeuronParameters p;
  p.leak_reversal = true;
  p.leak = 5;
  EXPECT_EQ(Leak(p, 1, 0), 6);
  EXPECT_EQ(Leak(p, 0, 0), 0);
  EXPECT_EQ(Leak(p, -1, 0), -6);
  EXPECT_EQ(Leak(p, kPotentialMin + 4, 0), kPotentialMin);
}

TEST(LeakTest, StochasticLeakAddsItsSignWhereItsMagnitudeReachesRho) {
  NeuronParameters p;
  p.stochastic_leak = true;
  p.leak = 100;
  EXPECT_EQ(Leak(p, 10, 99), 11);
  EXPECT_EQ(Leak(p, 10, 100), 11);
  EXPECT_EQ(Leak(p, 10, 101), 10);
  p.leak = -100;
  EXPECT_EQ(Leak(p, 10, 100), 9);
  EXPECT_EQ(Leak(p, 10, 101), 10);
  p.leak = 0;
  EXPECT_EQ(Leak(p, 10, 0), 10);
  p.leak = -1;
  p.leak_reversal = true;
  EXPECT_EQ(Leak(p, -10, 1), -9);
  EXPECT_EQ(Leak(p, -10, 2), -10);
}

TEST(CompareAndResetTest, SpikesAtTheThresholdAndNotBelow) {
  NeuronParameters p;
  p.threshold = 10;
  p.reset_potential = -3;
  p.negative_threshold = 100;
  EXPECT_EQ(CompareAndReset(p, 9, 0), Silent(9));
  EXPECT_EQ(CompareAndReset(p, 10, 0), Spike(-3));
  EXPECT_EQ(CompareAndReset(p, 12, 2), Spike(-3));
  EXPECT_EQ(CompareAndReset(p, 11, 2), Silent(11));
}

TEST(CompareAndResetTest, EachResetModeAfterASpike) {
  NeuronParameters p;
  p.threshold = 10;
  p.reset_potential = 4;
  p.reset_mode = ResetMode::kNormal;
  EXPECT_EQ(CompareAndReset(p, 25, 3), Spike(4));
  p.reset_mode = ResetMode::kLinear;
  EXPECT_EQ(CompareAndReset(p, 25, 3), Spike(12));
  p.reset_mode = ResetMode::kNone;
  EXPECT_EQ(CompareAndReset(p, 25, 3), Spike(25));
}

TEST(CompareAndResetTest, SaturationHoldsVAtMinusBetaWhateverTheModeAndEta) {
  NeuronParameters p;
  p.threshold = 10;
  p.negative_threshold = 20;
  p.reset_potential = 4;
  p.negative_saturation = true;
  for (const ResetMode mode : {ResetMode::kNormal, ResetMode::kLinear, ResetMode::kNone}) {
    p.reset_mode = mode;
    EXPECT_EQ(CompareAndReset(p, -20, 7), Silent(-20));
    EXPECT_EQ(CompareAndReset(p, -21, 7), Silent(-20));
    EXPECT_EQ(CompareAndReset(p, -5000, 0), Silent(-20));
  }
}

TEST(CompareAndResetTest, EachResetModeBelowTheNegativeThresholdWhichEtaDeepens) {
  NeuronParameters p;
  p.threshold = 10;
  p.negative_threshold = 20;
  p.reset_potential = 4;
  p.reset_mode = ResetMode::kNormal;
  EXPECT_EQ(CompareAndReset(p, -27, 7), Silent(-27));
  EXPECT_EQ(CompareAndReset(p, -28, 7), Silent(-4));
  p.reset_mode = ResetMode::kLinear;
  EXPECT_EQ(CompareAndReset(p, -27, 7), Silent(-27));
  EXPECT_EQ(CompareAndReset(p, -28, 7), Silent(-1));
  p.reset_mode = ResetMode::kNone;
  EXPECT_EQ(CompareAndReset(p, -28, 7), Silent(-28));
}

// With kappa 0 and gamma 1, V + (beta + eta) and V - (alpha + eta) show which eta was used.
TEST(UpdateNeuronTest, OneEtaServesBothComparisonsAndIsTheMaskedThresholdRho) {
  NeuronParameters p;
  p.threshold = 1000;
  p.negative_threshold = 1000;
  p.threshold_mask_bits = 9;
  p.reset_mode = ResetMode::kLinear;
  std::set<std::int32_t> etas;
  for (std::uint16_t neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    const std::uint32_t word = NeuronRandomWord(kKey, NeuronIndex(neuron));
    const auto eta = static_cast<std::int32_t>(word & 511);
    EXPECT_EQ(UpdateNeuron(p, 5000, {}, kKey, NeuronIndex(neuron)), Spike(4000 - eta));
    EXPECT_EQ(UpdateNeuron(p, -5000, {}, kKey, NeuronIndex(neuron)), Silent(-4000 + eta));
    etas.insert(eta);
  }
  EXPECT_GT(etas.size(), 100u);  // 256 draws of 512 values: about 202 distinct ones
}

TEST(UpdateNeuronTest, LeakRhoIsBits17To24OfTheNeuronsWord) {
  NeuronParameters p;
  p.negative_threshold = 1000;
  p.stochastic_leak = true;
  p.leak = 128;
  for (std::uint16_t neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    const std::uint32_t rho = (NeuronRandomWord(kKey, NeuronIndex(neuron)) >> 17) & 0xFF;
    EXPECT_EQ(UpdateNeuron(p, 0, {}, kKey, NeuronIndex(neuron)), Silent(rho <= 128 ? 1 : 0));
  }
}

TEST(UpdateNeuronTest, IntegratesThenLeaksThenCompares) {
  NeuronParameters p;
  p.weights = {6, 0, 0, 0};
  p.leak = -3;
  p.threshold = 10;
  p.negative_threshold = 100;
  const std::vector<SynapticEvent> one = {Event(0, 0)};
  const std::vector<SynapticEvent> two = {Event(0, 0), Event(1, 0)};
  EXPECT_EQ(UpdateNeuron(p, 1, two, kKey, NeuronIndex(0)), Spike(0));  // 1 + 12 - 3 = 10
  EXPECT_EQ(UpdateNeuron(p, 0, two, kKey, NeuronIndex(0)), Silent(9));
  // The reversed leak sees the sign after integration.
  p.leak_reversal = true;
  EXPECT_EQ(UpdateNeuron(p, -1, one, kKey, NeuronIndex(0)), Silent(2));  // 5 - 3
}

}  // namespace
}  // namespace spikemesh
