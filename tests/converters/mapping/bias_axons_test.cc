// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/bias_axons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

// One position; channel c has values[c], uses the types used[c] and has constants[c].
CrossbarLayer Layer(std::vector<AxonWeights> values, std::vector<AxonTypeMask> used,
                    std::vector<std::int32_t> constants) {
  CrossbarLayer layer;
  layer.inputs.resize(1);
  layer.output_shape = {static_cast<std::int32_t>(values.size()), 1, 1};
  layer.axon_weights = std::move(values);
  layer.types_used = std::move(used);
  layer.constants = std::move(constants);
  return layer;
}

// Chooses bias axons and checks that every neuron gets its constant from them.
std::int32_t CheckedTotal(CrossbarLayer layer, std::int32_t axons_max = 256) {
  const auto chosen = ChooseBiasAxons(layer, axons_max);
  if (!chosen) {
    return -1;
  }
  layer.bias_axons = *chosen;
  for (std::size_t neuron = 0; neuron < layer.constants.size(); ++neuron) {
    const NeuronBias bias = BiasOf(layer, static_cast<std::int32_t>(neuron));
    EXPECT_EQ(bias.leak + bias.sum(), layer.constants[neuron]);
    EXPECT_LE(std::abs(bias.leak), kLeakMax);
    for (std::size_t type = 0; type < bias.weights.size(); ++type) {
      EXPECT_LE(bias.connected[type], layer.bias_axons[type]);
      EXPECT_LE(std::abs(bias.weights[type]), kWeightMax);
      if ((layer.types_used[neuron] >> type & 1) != 0) {
        EXPECT_EQ(bias.weights[type], layer.axon_weights[neuron][type]);
      }
    }
  }
  return layer.bias_axons_total();
}

TEST(BiasAxonsTest, ConstantsOfTheLeakNeedNone) {
  EXPECT_EQ(CheckedTotal(Layer({{1, -1, 0, 0}, {1, -1, 0, 0}}, {3, 3}, {255, -255})), 0);
}

TEST(BiasAxonsTest, OneOfAFreeTypeServesUpTo510EitherWay) {
  EXPECT_EQ(CheckedTotal(Layer({{1, -1, 0, 0}, {1, -1, 0, 0}}, {3, 3}, {256, -510})), 1);
  EXPECT_EQ(CheckedTotal(Layer({{1, -1, 0, 0}}, {3}, {-511})), 2);
}

TEST(BiasAxonsTest, TheFreeTypeTakesTheExactRemainder) {
  CrossbarLayer layer = Layer({{1, -1, 0, 0}}, {3}, {-300});
  layer.bias_axons = {0, 0, 0, 1};
  const NeuronBias bias = BiasOf(layer, 0);
  EXPECT_EQ(bias.weights, (AxonWeights{1, -1, 0, -45}));
  EXPECT_EQ(bias.leak, -255);
  EXPECT_THAT(bias.connected, ElementsAre(0, 0, 0, 1));
}

TEST(BiasAxonsTest, WithoutAFreeTypeTheChannelsOwnValuesAddUp) {
  // -300 by -8s: 45 / 8 = 6 of them. +300 by 4s: 12.
  EXPECT_EQ(CheckedTotal(Layer({{1, 2, 4, -8}}, {15}, {-300})), 6);
  EXPECT_EQ(CheckedTotal(Layer({{1, 2, 4, -8}}, {15}, {300})), 12);
}

TEST(BiasAxonsTest, ChannelsOfBothKindsShareTypes) {
  // Type 3 is free in the first channel and 100 in the second: one for 350, two for 450.
  EXPECT_EQ(CheckedTotal(Layer({{1, -1, 0, 0}, {10, 20, 40, 100}}, {3, 15}, {-400, 350})), 1);
  EXPECT_EQ(CheckedTotal(Layer({{1, -1, 0, 0}, {10, 20, 40, 100}}, {3, 15}, {-400, 450})), 2);
}

TEST(BiasAxonsTest, AMixtureServesChannelsThatPullApart) {
  // One channel only gains by type 0, the other only by type 3.
  EXPECT_EQ(CheckedTotal(Layer({{50, -1, -1, -1}, {-50, -1, -1, 50}}, {15, 15}, {355, 355})), 4);
}

TEST(BiasAxonsTest, ManyAreGrown) {
  EXPECT_EQ(CheckedTotal(Layer({{1, 2, 4, -8}, {1, 2, 4, -8}}, {15, 15}, {-755, 455})), 63 + 50);
}

TEST(BiasAxonsTest, ACoreWithoutRoomForThemIsToldApart) {
  const CrossbarLayer layer = Layer({{1, -1, 0, 0}}, {3}, {-511});
  EXPECT_EQ(CheckedTotal(layer, 2), 2);
  EXPECT_EQ(CheckedTotal(layer, 1), -1);
  EXPECT_EQ(CheckedTotal(Layer({{1, 1, 1, 1}}, {15}, {-256}), 256), -1);  // none pulls down
}

}  // namespace
}  // namespace spikemesh
