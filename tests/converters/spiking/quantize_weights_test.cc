// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/quantize_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/random.h"

namespace spikemesh {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr std::int32_t kMagnitude = 255;

std::vector<double> DrawWeights(RandomSequence& random, int count) {
  std::vector<double> weights;
  for (int i = 0; i < count; ++i) {
    // A sum of uniforms, about normal.
    double sum = -3.0;
    for (int k = 0; k < 6; ++k) {
      sum += random.NextUnit();
    }
    weights.push_back(0.1 * sum);
  }
  return weights;
}

TEST(QuantizeWeightsTest, BinaryKeepsEverySignAndScalesByTheMeanMagnitude) {
  const auto found = QuantizeWeights(std::vector{0.5, -1.5, 1.0}, WeightKind::kBinary, kMagnitude);
  EXPECT_EQ(found.scale, 1.0);
  EXPECT_THAT(found.whole, ElementsAre(1, -1, 1));
  EXPECT_EQ(found.axon_weights, (AxonWeights{1, -1, 0, 0}));
  EXPECT_EQ(found.squared_error, 0.25 + 0.25);
}

TEST(QuantizeWeightsTest, ExactZerosStayZeroAndDoNotLowerTheScale) {
  for (const WeightKind kind :
       {WeightKind::kBinary, WeightKind::kTernary, WeightKind::kInt4, WeightKind::kCodebook}) {
    const auto found = QuantizeWeights(std::vector{2.0, 0.0, -2.0, 0.0}, kind, kMagnitude);
    EXPECT_EQ(found.whole[1], 0) << WeightKindName(kind);
    EXPECT_NEAR(found.scale * found.whole[0], 2.0, 1e-9) << WeightKindName(kind);
    EXPECT_NEAR(found.scale * found.whole[2], -2.0, 1e-9) << WeightKindName(kind);
  }
}

TEST(QuantizeWeightsTest, AllZeroWeightsHaveScaleOne) {
  const auto found = QuantizeWeights(std::vector{0.0, 0.0}, WeightKind::kCodebook, kMagnitude);
  EXPECT_EQ(found.scale, 1.0);
  EXPECT_THAT(found.whole, Each(0));
}

// The best ternary approximation keeps some k greatest weights at their mean: tried one by one.
TEST(QuantizeWeightsTest, TernaryHasTheLeastErrorOfAllCuts) {
  RandomSequence random(11, 0);
  for (int round = 0; round < 50; ++round) {
    const std::vector<double> weights = DrawWeights(random, 20);
    std::vector<double> sorted;
    for (const double weight : weights) {
      sorted.push_back(std::abs(weight));
    }
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    double least = 1e300;
    for (std::size_t k = 1; k <= sorted.size(); ++k) {
      double mean = 0.0;
      for (std::size_t i = 0; i < k; ++i) {
        mean += sorted[i] / static_cast<double>(k);
      }
      double error = 0.0;
      for (std::size_t i = 0; i < sorted.size(); ++i) {
        const double wanted = i < k ? mean : 0.0;
        error += (sorted[i] - wanted) * (sorted[i] - wanted);
      }
      least = std::min(least, error);
    }
    const auto found = QuantizeWeights(weights, WeightKind::kTernary, kMagnitude);
    EXPECT_LE(found.squared_error, least + 1e-12);
  }
}

TEST(QuantizeWeightsTest, Int4ReproducesItsOwnGrid) {
  std::vector<double> weights;
  for (int i = -8; i <= 7; ++i) {
    weights.push_back(0.25 * i);
  }
  const auto found = QuantizeWeights(weights, WeightKind::kInt4, kMagnitude);
  EXPECT_NEAR(found.squared_error, 0.0, 1e-12);
  EXPECT_NEAR(std::abs(found.scale), 0.25, 1e-9);
}

TEST(QuantizeWeightsTest, CodebookFindsTheSumsThatTheWeightsAreMadeOf) {
  const std::vector<double> values = {1.0, 0.5, -0.25, -0.75};
  std::vector<double> weights;
  for (int mask = 0; mask < 16; ++mask) {
    double sum = 0.0;
    for (int i = 0; i < 4; ++i) {
      sum += (mask >> i & 1) != 0 ? values[static_cast<std::size_t>(i)] : 0.0;
    }
    weights.push_back(sum);
  }
  const auto found = QuantizeWeights(weights, WeightKind::kCodebook, kMagnitude);
  // The variance of these sums is 1/4 (1 + 1/4 + 1/16 + 9/16); int4 leaves a hundredth of it.
  EXPECT_LT(found.squared_error / 16, 0.25 * 1.875 / 100);
}

TEST(QuantizeWeightsTest, EveryWeightIsASumOfAxonWeightsAndTheErrorIsWhatItSays) {
  RandomSequence random(12, 0);
  for (int round = 0; round < 20; ++round) {
    const std::vector<double> weights = DrawWeights(random, 60);
    for (const WeightKind kind :
         {WeightKind::kBinary, WeightKind::kTernary, WeightKind::kInt4, WeightKind::kCodebook}) {
      const auto found = QuantizeWeights(weights, kind, 31);
      double error = 0.0;
      for (std::size_t i = 0; i < weights.size(); ++i) {
        bool is_sum = false;
        for (int mask = 0; mask < 16; ++mask) {
          std::int32_t sum = 0;
          for (int t = 0; t < 4; ++t) {
            sum += (mask >> t & 1) != 0 ? found.axon_weights[static_cast<std::size_t>(t)] : 0;
          }
          is_sum = is_sum || sum == found.whole[i];
        }
        EXPECT_TRUE(is_sum) << WeightKindName(kind) << " " << found.whole[i];
        const double difference = weights[i] - found.scale * found.whole[i];
        error += difference * difference;
      }
      EXPECT_NEAR(error, found.squared_error, 1e-9);
    }
  }
}

TEST(QuantizeWeightsTest, DearerFormsHaveSmallerErrors) {
  RandomSequence random(13, 0);
  for (int round = 0; round < 20; ++round) {
    const std::vector<double> weights = DrawWeights(random, 100);
    const auto error = [&](WeightKind kind) {
      return QuantizeWeights(weights, kind, kMagnitude).squared_error;
    };
    EXPECT_LE(error(WeightKind::kTernary), error(WeightKind::kBinary));
    EXPECT_LE(error(WeightKind::kInt4), error(WeightKind::kTernary));
    // Rounding to 255ths costs at most (1/510 of the greatest, about 0.3, times 4 values)^2 a
    // weight.
    EXPECT_LE(error(WeightKind::kCodebook), error(WeightKind::kInt4) + 100 * 6e-6);
  }
}

}  // namespace
}  // namespace spikemesh
