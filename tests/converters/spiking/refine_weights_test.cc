// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/refine_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/base/random.h"

namespace spikemesh {
namespace {

// e^T C e.
double Error(const std::vector<double>& weights, const std::vector<float>& covariance,
             const QuantizedWeights& quantized) {
  double error = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    for (std::size_t j = 0; j < weights.size(); ++j) {
      error += (quantized.scale * quantized.whole[i] - weights[i]) *
               (quantized.scale * quantized.whole[j] - weights[j]) *
               covariance[i * weights.size() + j];
    }
  }
  return error;
}

// Inputs that share a part, as neighbours do.
std::vector<float> DrawCovariance(std::size_t size, RandomSequence& random) {
  std::vector<float> covariance(size * size);
  for (int part = 0; part < 3; ++part) {
    std::vector<float> loads(size);
    for (float& load : loads) {
      load = static_cast<float>(random.NextUnit());
    }
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        covariance[i * size + j] += loads[i] * loads[j] + (part == 0 && i == j ? 0.1F : 0.0F);
      }
    }
  }
  return covariance;
}

TEST(RefineWeightsTest, ErrorOfTheSumFallsFarBelowThatOfTheNearestValues) {
  RandomSequence random(5, 0);
  double nearest = 0.0;
  double refined = 0.0;
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<double> weights;
    for (int i = 0; i < 40; ++i) {
      weights.push_back(i % 9 == 0 ? 0.0 : 2.0 * random.NextUnit() - 1.0);
    }
    const std::vector<float> covariance = DrawCovariance(weights.size(), random);
    for (const WeightKind kind : {WeightKind::kTernary, WeightKind::kInt4, WeightKind::kCodebook}) {
      QuantizedWeights quantized = QuantizeWeights(weights, kind, 255);
      const double before = Error(weights, covariance, quantized);
      RefineWeights(weights, covariance, quantized);
      const double after = Error(weights, covariance, quantized);
      EXPECT_LE(after, before * (1 + 1e-9)) << WeightKindName(kind);
      nearest += before;
      refined += after;
      EXPECT_GT(quantized.scale, 0.0);
      for (std::size_t i = 0; i < weights.size(); ++i) {
        EXPECT_TRUE(weights[i] != 0.0 || quantized.whole[i] == 0);
      }
    }
  }
  EXPECT_LT(refined, nearest / 4);
}

// Two inputs that are always equal: only the sum of their weights counts.
TEST(RefineWeightsTest, ErrorsOfEqualInputsCancel) {
  const std::vector<double> weights = {0.4, 0.4};
  QuantizedWeights quantized;
  quantized.axon_weights = {1, -1, 0, 0};
  quantized.scale = 0.8;
  quantized.whole = {1, 1};  // sum 1.6 for 0.8
  RefineWeights(weights, std::vector<float>{1, 1, 1, 1}, quantized);
  EXPECT_EQ(quantized.whole[0] + quantized.whole[1], 1);
  EXPECT_DOUBLE_EQ(quantized.scale, 0.8);
}

}  // namespace
}  // namespace spikemesh
