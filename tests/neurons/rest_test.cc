// SPDX-License-Identifier: Apache-2.0
#include "neurons/rest.h"

#include <gtest/gtest.h>

#include <set>

#include "neurons/reference_update.h"
#include "tests/neurons/random_neurons.h"

namespace spikemesh {
namespace {

// The definition with every value of both random numbers.
bool AtRestByEnumeration(const NeuronParameters& p, std::int32_t potential) {
  const std::set<std::int32_t> leaked = [&] {
    std::set<std::int32_t> outcomes;
    for (std::int32_t rho = 0; rho < 256; ++rho) {
      outcomes.insert(Leak(p, potential, rho));
    }
    return outcomes;
  }();
  for (const std::int32_t v : leaked) {
    for (std::int32_t eta = 0; eta <= ThresholdMask(p); ++eta) {
      if (CompareAndReset(p, v, eta) != NeuronStep{potential, false}) {
        return false;
      }
    }
  }
  return true;
}

// Random neurons whose potentials of interest are few: small parameters of every mode.
NeuronParameters SmallRandomNeuron(RandomSequence& random) {
  NeuronParameters p = RandomNeuron(random, 3);
  p.leak = static_cast<std::int16_t>(random.NextBelow(4) == 0 ? RandomWithEdges(random, -255, 255)
                                                              : RandomBetween(random, -2, 2));
  p.threshold = RandomBetween(random, 0, 4);
  p.negative_threshold = RandomBetween(random, 0, 4);
  p.threshold_mask_bits = static_cast<std::uint8_t>(random.NextBelow(4));
  p.reset_potential = RandomBetween(random, -12, 12);
  return p;
}

TEST(AtRestTest, IsTheDefinitionForEveryMode) {
  RandomSequence random(1, 1);
  int at_rest = 0;
  for (int i = 0; i < 3000; ++i) {
    const NeuronParameters p = SmallRandomNeuron(random);
    for (std::int32_t v = -20; v <= 8; ++v) {
      const bool expected = AtRestByEnumeration(p, v);
      ASSERT_EQ(AtRest(p, v), expected) << "neuron " << i << ", V " << v;
      at_rest += expected ? 1 : 0;
    }
  }
  EXPECT_GT(at_rest, 3000);  // the test would be empty otherwise
}

TEST(AtRestTest, NeuronAtRestStaysSoOverManyTicks) {
  RandomSequence random(1, 2);
  int checked = 0;
  for (int i = 0; i < 2000; ++i) {
    const NeuronParameters p = SmallRandomNeuron(random);
    const std::int32_t v = RandomBetween(random, -20, 8);
    if (!AtRest(p, v)) {
      continue;
    }
    ++checked;
    for (std::int64_t tick = 1; tick <= 50; ++tick) {
      const NeuronStep step =
          UpdateNeuron(p, v, {}, {random.NextWord(), 0, Tick(tick)}, NeuronIndex(0));
      ASSERT_EQ(step, (NeuronStep{v, false})) << "neuron " << i << ", V " << v;
    }
  }
  EXPECT_GT(checked, 100);
}

TEST(RestIntervalTest, EveryPotentialOfTheIntervalIsAtRest) {
  RandomSequence random(1, 3);
  for (int i = 0; i < 3000; ++i) {
    const NeuronParameters p =
        i % 2 == 0 ? SmallRandomNeuron(random) : RandomNeuron(random, kWeightMax);
    const PotentialInterval rest = RestInterval(p);
    if (rest.empty()) {
      continue;
    }
    ASSERT_GE(rest.min, kPotentialMin);
    ASSERT_LE(rest.max, kPotentialMax);
    for (int probe = 0; probe < 20; ++probe) {
      const std::int32_t v = RandomWithEdges(random, rest.min, rest.max);
      ASSERT_TRUE(AtRest(p, v)) << "neuron " << i << ", V " << v;
    }
  }
}

void ExpectInterval(const NeuronParameters& p, std::int32_t min, std::int32_t max) {
  EXPECT_EQ(RestInterval(p).min, min);
  EXPECT_EQ(RestInterval(p).max, max);
}

TEST(RestIntervalTest, MemorylessNeuronRestsAtZeroWhereItsThresholdIsPositive) {
  ExpectInterval(MemorylessNeuron({1, -1, 0, 0}, 1), 0, 0);
  ExpectInterval(MemorylessNeuron({1, -1, 0, 0}, 255), 0, 0);
  // Threshold 0 and below: it fires without input.
  EXPECT_TRUE(RestInterval(MemorylessNeuron({1, -1, 0, 0}, 0)).empty());
  EXPECT_TRUE(RestInterval(MemorylessNeuron({1, -1, 0, 0}, -3)).empty());
}

TEST(RestIntervalTest, WithoutLeakFromMinusBetaUpToBelowAlpha) {
  NeuronParameters p;
  p.threshold = 100;
  p.negative_threshold = 7;
  ExpectInterval(p, -7, 99);
  p.threshold_mask_bits = 17;  // a stochastic threshold changes nothing: eta only adds
  ExpectInterval(p, -7, 99);
  p.reset_mode = ResetMode::kNone;  // and kappa 0: below -beta V stays too
  ExpectInterval(p, kPotentialMin, 99);
  p.negative_saturation = true;
  ExpectInterval(p, -7, 99);
}

TEST(RestIntervalTest, AlphaZeroWithoutLeakNeverRestsAtZero) {
  NeuronParameters p;
  p.threshold = 0;
  EXPECT_TRUE(RestInterval(p).empty());
  p.negative_threshold = 5;  // below zero it does
  ExpectInterval(p, -5, -1);
}

TEST(RestIntervalTest, LeakTowardsZeroRestsAtZero) {
  NeuronParameters p;
  p.leak_reversal = true;
  p.leak = -3;
  p.threshold = 10;
  p.negative_threshold = 5;
  ExpectInterval(p, 0, 0);
  p.threshold = 0;  // at zero it would fire
  p.negative_saturation = true;
  EXPECT_TRUE(RestInterval(p).empty());
}

TEST(RestIntervalTest, NegativeLeakRestsAtTheSaturationFloor) {
  NeuronParameters p;
  p.leak = -3;
  p.threshold = 10;
  p.negative_threshold = 5;
  p.negative_saturation = true;
  ExpectInterval(p, -5, -5);
  p.stochastic_leak = true;
  ExpectInterval(p, -5, -5);
}

TEST(RestIntervalTest, NegativeLeakRestsWhereTheNegativeResetLeadsBack) {
  NeuronParameters p;  // -2 - 3 < -4: reset to -R = -2
  p.leak = -3;
  p.threshold = 10;
  p.negative_threshold = 4;
  p.reset_potential = 2;
  ExpectInterval(p, -2, -2);
  p.threshold_mask_bits = 1;  // eta = 1 would leave V at -5
  EXPECT_TRUE(RestInterval(p).empty());
}

TEST(RestIntervalTest, PositiveLeakNeverRests) {
  NeuronParameters p;
  p.leak = 1;
  p.negative_threshold = 5;
  p.negative_saturation = true;
  EXPECT_TRUE(RestInterval(p).empty());
  p.stochastic_leak = true;
  EXPECT_TRUE(RestInterval(p).empty());
}

}  // namespace
}  // namespace spikemesh
