// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

namespace spikemesh {
namespace {

// The known-answer vectors of Random123 (kat_vectors, philox4x32 10).
TEST(PhiloxTest, KnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(CoreTickRandomKeyTest, CounterHoldsStreamTickPurposeAxonAndBlock) {
  const CoreTickRandomKey key = {0x1122334455667788, 0xAABBCCDD, Tick(0x0102030405060708)};
  EXPECT_EQ(key.key(), (PhiloxKey{0x55667788, 0x11223344}));
  EXPECT_EQ(key.counter(RandomPurpose::kNeuron, 0, 63),
            (PhiloxCounter{0xAABBCCDD, 0x05060708, 63, 0x01020304}));
  EXPECT_EQ(key.counter(RandomPurpose::kSynapse, 255, 1),
            (PhiloxCounter{0xAABBCCDD, 0x05060708, 0x1FF01, 0x01020304}));
}

TEST(NeuronRandomWordTest, NeuronsWordIsWordJOver64OfBlockJModulo64) {
  const CoreTickRandomKey key = {5, 6, Tick(7)};
  for (std::uint16_t neuron = 0; neuron < 256; ++neuron) {
    const PhiloxCounter block =
        Philox4x32(key.counter(RandomPurpose::kNeuron, 0, neuron % 64u), key.key());
    EXPECT_EQ(NeuronRandomWord(key, NeuronIndex(neuron)), block[neuron / 64u]);
  }
}

TEST(SynapseRhoTest, IsTheLowByteOfTheSynapsesWord) {
  const CoreTickRandomKey key = {5, 6, Tick(7)};
  const PhiloxCounter block =
      Philox4x32(key.counter(RandomPurpose::kSynapse, 200, 100 % 64), key.key());
  EXPECT_EQ(SynapseRho(key, AxonIndex(200), NeuronIndex(100)), block[1] & 0xFF);
}

TEST(RandomFieldsTest, ThresholdAndLeakReadDisjointBits) {
  EXPECT_EQ(ThresholdRho(0xFFFFFFFF), 0x1FFFFu);
  EXPECT_EQ(LeakRho(0xFFFFFFFF), 0xFFu);
  EXPECT_EQ(LeakRho(0x1FFFF), 0u);
  EXPECT_EQ(ThresholdRho(0xFFu << 17), 0u);
  EXPECT_EQ(LeakRho(0x5Au << 17), 0x5Au);
}

// Sum over cells of (found - expected)^2 / expected.
double ChiSquare(const std::vector<int>& found) {
  double total = 0;
  for (const int count : found) {
    total += count;
  }
  const double expected = total / static_cast<double>(found.size());
  double sum = 0;
  for (const int count : found) {
    sum += (count - expected) * (count - expected) / expected;
  }
  return sum;
}

// The 0.001 and 0.999 quantiles of chi-square with 255 degrees of freedom (256 cells).
constexpr double kChiSquare255Low = 190.9;
constexpr double kChiSquare255High = 330.5;

void ExpectUniform(const std::vector<int>& found, const char* what) {
  ASSERT_EQ(found.size(), 256u);
  EXPECT_GT(ChiSquare(found), kChiSquare255Low) << what;
  EXPECT_LT(ChiSquare(found), kChiSquare255High) << what;
}

// Over 256 neurons x 1000 ticks of one core: a fixed seed, so this holds or fails for good.
TEST(RandomStatisticsTest, RhosOfACoreAreUniformAndFollowOneAnotherIndependently) {
  std::vector<int> leak_rhos(256), threshold_rhos(256), synapse_rhos(256), next_tick_pairs(256),
      next_neuron_pairs(256), axon_neuron_pairs(256);
  for (std::int64_t tick = 1; tick <= 1000; ++tick) {
    const CoreTickRandomKey key = {1, 17, Tick(tick)};
    const CoreTickRandomKey next = {1, 17, Tick(tick + 1)};
    for (std::uint16_t j = 0; j < 256; ++j) {
      const std::uint32_t word = NeuronRandomWord(key, NeuronIndex(j));
      const std::uint32_t rho = SynapseRho(key, AxonIndex(3), NeuronIndex(j));
      ++leak_rhos[LeakRho(word)];
      ++threshold_rhos[ThresholdRho(word) >> 9];
      ++synapse_rhos[rho];
      const auto pair = [](std::uint32_t a, std::uint32_t b) { return (a & 15) << 4 | (b & 15); };
      ++next_tick_pairs[pair(word, NeuronRandomWord(next, NeuronIndex(j)))];
      const auto neighbour = static_cast<std::uint16_t>((j + 1) % 256);
      ++next_neuron_pairs[pair(word, NeuronRandomWord(key, NeuronIndex(neighbour)))];
      ++axon_neuron_pairs[pair(word, rho)];
    }
  }
  ExpectUniform(leak_rhos, "leak rho");
  ExpectUniform(threshold_rhos, "threshold rho, high byte");
  ExpectUniform(synapse_rhos, "synapse rho");
  ExpectUniform(next_tick_pairs, "pairs of ticks");
  ExpectUniform(next_neuron_pairs, "pairs of neurons");
  ExpectUniform(axon_neuron_pairs, "pairs of purposes");
}

TEST(RandomStatisticsTest, CoresAndSeedsDrawIndependently) {
  std::vector<int> core_pairs(256), seed_pairs(256);
  for (std::uint32_t stream = 0; stream < 1000; ++stream) {
    for (std::uint16_t j = 0; j < 256; ++j) {
      const std::uint32_t word = NeuronRandomWord({1, stream, Tick(1)}, NeuronIndex(j));
      const std::uint32_t core = NeuronRandomWord({1, stream + 1, Tick(1)}, NeuronIndex(j));
      const std::uint32_t seed = NeuronRandomWord({2, stream, Tick(1)}, NeuronIndex(j));
      ++core_pairs[(word & 15) << 4 | (core & 15)];
      ++seed_pairs[(word & 15) << 4 | (seed & 15)];
    }
  }
  ExpectUniform(core_pairs, "pairs of cores");
  ExpectUniform(seed_pairs, "pairs of seeds");
}

TEST(RandomSequenceTest, WordsAreThoseOfTheBlocksInOrder) {
  RandomSequence random(0x0000000200000001, 0x0000000400000003);
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (const std::uint32_t word : Philox4x32({block, 0, 3, 4}, {1, 2})) {
      EXPECT_EQ(random.NextWord(), word);
    }
  }
}

TEST(RandomSequenceTest, NextBelowStaysBelowItsBoundAndIsUniform) {
  RandomSequence random(1, 2);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(random.NextBelow(1), 0u);
  }
  // Three quarters of 2^32: a plain remainder would give the lower third twice as often.
  constexpr std::uint32_t kBound = 3u << 30;
  std::array<int, 3> thirds = {};
  for (int i = 0; i < 30000; ++i) {
    const std::uint32_t drawn = random.NextBelow(kBound);
    ASSERT_LT(drawn, kBound);
    ++thirds[drawn >> 30];
  }
  for (const int third : thirds) {
    EXPECT_NEAR(third, 10000, 330);  // four standard deviations: sqrt(30000 * 1/3 * 2/3) = 81.6
  }
}

TEST(RandomSequenceTest, NextUnitIsAWordOver2To32) {
  RandomSequence words(3, 4);
  RandomSequence units(3, 4);
  for (int i = 0; i < 100; ++i) {
    const double unit = units.NextUnit();
    EXPECT_EQ(unit, words.NextWord() / 4294967296.0);
    EXPECT_LT(unit, 1.0);
  }
}

}  // namespace
}  // namespace spikemesh
