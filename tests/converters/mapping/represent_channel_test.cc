// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/represent_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <vector>

#include "core/base/random.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

// Each weight once.
std::vector<WeightCount> Weights(std::vector<std::int16_t> weights) {
  std::sort(weights.begin(), weights.end());
  std::vector<WeightCount> result;
  for (const std::int16_t weight : weights) {
    result.push_back({weight, 1});
  }
  return result;
}

// What RepresentChannel finds, checked: every weight is the sum that its mask says.
ChannelRepresentation Represent(const std::vector<WeightCount>& weights,
                                const AxonWeights* codebook, bool whole_units) {
  const auto found = RepresentChannel(weights, codebook, whole_units);
  EXPECT_TRUE(found.has_value());
  for (std::size_t i = 0; found && i < weights.size(); ++i) {
    EXPECT_EQ(found->unit * ValueOf(found->values, found->masks[i]), weights[i].weight);
    EXPECT_EQ(found->masks[i] & ~found->types_used, 0);
  }
  return found.value_or(ChannelRepresentation{});
}

TEST(RepresentChannelTest, TernaryIsPlusAndMinusInUnitsWhereThoseMayBeDivided) {
  const ChannelRepresentation units = Represent(Weights({-7, 7}), nullptr, true);
  EXPECT_EQ(units.kind, WeightsKind::kTernary);
  EXPECT_EQ(units.unit, 7);
  EXPECT_EQ(units.values, (AxonWeights{1, -1, 0, 0}));
  EXPECT_THAT(units.masks, ElementsAre(2, 1));
  const ChannelRepresentation whole = Represent(Weights({-7, 7}), nullptr, false);
  EXPECT_EQ(whole.unit, 1);
  EXPECT_EQ(whole.values, (AxonWeights{7, -7, 0, 0}));
}

TEST(RepresentChannelTest, NoWeightsNeedNoTypes) {
  EXPECT_EQ(Represent({}, nullptr, true).types_used, 0);
  EXPECT_EQ(Represent({}, nullptr, false).axons, 0);
}

TEST(RepresentChannelTest, AllOfFourBitsAreBits) {
  std::vector<std::int16_t> weights;
  for (std::int16_t weight = -8; weight <= 7; ++weight) {
    if (weight != 0) {
      weights.push_back(static_cast<std::int16_t>(3 * weight));
    }
  }
  const ChannelRepresentation found = Represent(Weights(weights), nullptr, false);
  EXPECT_EQ(found.kind, WeightsKind::kInt4);
  EXPECT_EQ(found.values, (AxonWeights{3, 6, 12, -24}));
  EXPECT_EQ(Represent(Weights(weights), nullptr, true).values, (AxonWeights{1, 2, 4, -8}));
}

TEST(RepresentChannelTest, BitsThatDoNotOccurTakeNoType) {
  // 1, 2 and 3, and four of them by themselves would be more.
  const ChannelRepresentation found = Represent(Weights({1, 2, 3}), nullptr, true);
  EXPECT_EQ(found.types_used, 3);
  EXPECT_EQ(found.axons, 1 + 1 + 2);
}

TEST(RepresentChannelTest, UnitsBeyondTheWeightOfTheChipAreNoBits) {
  // 32 x 8 = 256 is one too many; divided by the unit they are bits.
  const auto weights =
      Weights({32, 64, 96, 128, 160, 192, 224, -32, -64, -96, -128, -160, -192, -224, -256});
  EXPECT_FALSE(RepresentChannel(weights, nullptr, false).has_value());
  EXPECT_EQ(Represent(weights, nullptr, true).unit, 32);
}

TEST(RepresentChannelTest, CodebookOfTheLayerIsTaken) {
  const AxonWeights codebook = {100, -37, 11, 5};
  std::vector<std::int16_t> weights;
  for (AxonTypeMask mask = 1; mask <= kAllAxonTypes; ++mask) {
    weights.push_back(static_cast<std::int16_t>(ValueOf(codebook, mask)));
  }
  const ChannelRepresentation found = Represent(Weights(weights), &codebook, false);
  EXPECT_EQ(found.kind, WeightsKind::kCodebook);
  EXPECT_EQ(found.values, codebook);
  EXPECT_EQ(found.axons, 4 * 8);  // each value is in half of the 16 sums
}

TEST(RepresentChannelTest, CodebookInCommonUnitsIsDivided) {
  const AxonWeights codebook = {100, -30, 20, 10};
  const ChannelRepresentation found =
      Represent(Weights({100, 70, 20, 10, -30, 30, -10}), &codebook, true);
  EXPECT_EQ(found.unit, 10);
}

TEST(RepresentChannelTest, SearchFindsSumsAndDifferences) {
  // 7, 12 and 7 + 12; and -20, -17, which differ by 3: -20 and 3.
  const ChannelRepresentation found = Represent(Weights({7, 12, 19}), nullptr, false);
  EXPECT_EQ(found.kind, WeightsKind::kInteger);
  EXPECT_EQ(std::popcount(found.types_used), 2);
  const ChannelRepresentation more =
      Represent(Weights({7, 12, 19, -20, -17, -13, -8}), nullptr, false);
  EXPECT_LE(std::popcount(more.types_used), 4);
}

TEST(RepresentChannelTest, RandomCodebooksAreFoundWithoutBeingTold) {
  RandomSequence random(5, 0);
  int found = 0;
  for (int i = 0; i < 100; ++i) {
    AxonWeights codebook;
    for (std::int16_t& value : codebook) {
      value = static_cast<std::int16_t>(1 + static_cast<int>(random.NextBelow(60)));
      value = static_cast<std::int16_t>(random.NextBelow(2) == 0 ? value : -value);
    }
    std::vector<std::int16_t> weights(codebook.begin(), codebook.end());
    for (AxonTypeMask mask = 1; mask <= kAllAxonTypes; ++mask) {
      if (random.NextBelow(2) == 0) {
        weights.push_back(static_cast<std::int16_t>(ValueOf(codebook, mask)));
      }
    }
    std::sort(weights.begin(), weights.end());
    weights.erase(std::unique(weights.begin(), weights.end()), weights.end());
    std::erase(weights, std::int16_t{0});
    found += RepresentChannel(Weights(weights), nullptr, false).has_value() ? 1 : 0;
  }
  EXPECT_GE(found, 95);
}

TEST(RepresentChannelTest, FewestTypesWinUnlessANeuronWouldNotFitACoreThen) {
  const ChannelRepresentation few =
      Represent({{5, 50}, {9, 50}, {14, 50}}, nullptr, false);  // 50 + 50 + 2 x 50 axons
  EXPECT_EQ(std::popcount(few.types_used), 2);
  const ChannelRepresentation many =
      Represent({{5, 50}, {9, 50}, {14, 100}}, nullptr, false);  // 300 axons, or 200 by themselves
  EXPECT_EQ(std::popcount(many.types_used), 3);
  EXPECT_EQ(many.axons, 200);
}

TEST(RepresentChannelTest, SixteenWeightsAreTooMany) {
  std::vector<std::int16_t> weights;
  for (std::int16_t weight = 1; weight <= 16; ++weight) {
    weights.push_back(weight);
  }
  EXPECT_FALSE(RepresentChannel(Weights(weights), nullptr, true).has_value());
}

TEST(RepresentChannelTest, OneWeightBeyond255IsASumOrNothing) {
  EXPECT_EQ(Represent(Weights({300}), nullptr, true).unit, 300);
  EXPECT_FALSE(RepresentChannel(Weights({300}), nullptr, false).has_value());
  EXPECT_EQ(std::popcount(Represent(Weights({300, 200, 100}), nullptr, false).types_used), 2);
}

}  // namespace
}  // namespace spikemesh
