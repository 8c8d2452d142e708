// SPDX-License-Identifier: Apache-2.0
// Thresholds of single layers, and the forms of layer that are refused.
#include "converters/spiking/fold_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "core/base/random.h"
#include "core/base/remedy.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/random_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr StepNode kZeroOne = {.threshold = 0.5};
constexpr StepNode kSign = {.threshold = 0.0, .strict = false, .low = -1.0, .high = 1.0};

SpikingLayer FirstLayer(const TestNetwork& builder) {
  const auto folded = FoldNetwork(builder.Build(), {});
  EXPECT_TRUE(folded.ok()) << folded.status();
  return folded.ok() ? folded->network.layers[0] : SpikingLayer{};
}

TEST(FoldLayerTest, ScaleDisappearsAndTheThresholdIsTheSmallestSumThatReaches) {
  // 0.037 (+-1 weights) + b >= 0 just where the sum is >= -b / 0.037 = 1.89.
  const SpikingLayer layer = FirstLayer(
      TestNetwork({3, 1, 1}).Step(kZeroOne).Dense(1, {0.037F, 0.037F, -0.037F}, {-0.07F}).Sign());
  EXPECT_THAT(layer.inputs[0].weights, ElementsAre(1, 1, -1));
  EXPECT_THAT(layer.thresholds, ElementsAre(2));
  EXPECT_EQ(layer.name, "conv1");
  ASSERT_EQ(layer.inputs.size(), 1u);
  EXPECT_EQ(layer.inputs[0].source, kEncodedInput);
  EXPECT_EQ(layer.inputs[0].delay_ticks, 0);
  EXPECT_EQ(layer.inputs[0].shape, (FeatureShape{3, 1, 1}));
}

TEST(FoldLayerTest, TieIsHighUnlessTheStepIsStrict) {
  const auto threshold = [](bool strict) {
    StepNode step = kSign;
    step.strict = strict;
    return FirstLayer(TestNetwork({3, 1, 1}).Step(kZeroOne).Dense(1, {1, 1, 1}, {-2}).Step(step))
        .thresholds[0];
  };
  EXPECT_EQ(threshold(false), 2);
  EXPECT_EQ(threshold(true), 3);
}

TEST(FoldLayerTest, SignInputsMoveTheThresholdByTheSumOfTheWeights) {
  // 2 n - (1 + 1 - 1) >= 0 where n >= 1/2.
  const SpikingLayer layer =
      FirstLayer(TestNetwork({3, 1, 1}).Step(kSign).Dense(1, {1, 1, -1}).Sign());
  EXPECT_THAT(layer.thresholds, ElementsAre(1));
}

TEST(FoldLayerTest, ZeroPaddingOfSignsMovesThresholdsAtTheBorderOnly) {
  // 3x3 ones over 3x3 signs, pad 1: with m taps inside, 2 n - m >= 0 where n >= m / 2.
  const WindowGeometry window = {
      .kernel_y = 3, .kernel_x = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};
  const SpikingLayer layer = FirstLayer(TestNetwork({1, 3, 3})
                                            .Step(kSign)
                                            .Convolution(window, 1, 1, std::vector<float>(9, 1.0F))
                                            .Sign());
  EXPECT_THAT(layer.thresholds, ElementsAre(2, 3, 2, 3, 5, 3, 2, 3, 2));
}

std::vector<std::string> NamesOf(const SpikingNetwork& network) {
  std::vector<std::string> names;
  for (const SpikingLayer& layer : network.layers) {
    names.push_back(layer.name);
  }
  return names;
}

TEST(FoldLayerTest, SignOfAnOddNumberOfSignsIsOneStepSinceItIsNeverZero) {
  const auto folded = FoldNetwork(TestNetwork({3, 1, 1})
                                      .Step(kSign)
                                      .Dense(1, {1, 1, -1})
                                      .TernarySign()
                                      .Dense(2, {1, -1})
                                      .Sign()
                                      .Build(),
                                  {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_THAT(NamesOf(folded->network), ElementsAre("conv1", "conv3"));
  EXPECT_THAT(folded->network.layers[0].thresholds, ElementsAre(1));  // as a sign of two values
  // +-1: 2 n - 1 >= 0 where n >= 1, and 1 - 2 n >= 0 where -n >= 0.
  EXPECT_THAT(folded->network.layers[1].thresholds, ElementsAre(1, 0));
}

TEST(FoldLayerTest, SignOfAnEvenNumberOfSignsIsAStaircaseOfTwoNeurons) {
  const auto folded = FoldNetwork(TestNetwork({4, 1, 1})
                                      .Step(kSign)
                                      .Dense(1, {1, 1, 1, 1})
                                      .TernarySign()
                                      .Dense(2, {1, -1})
                                      .Sign()
                                      .Build(),
                                  {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_THAT(NamesOf(folded->network), ElementsAre("conv1", "conv1 level 2", "conv3"));
  EXPECT_THAT(folded->network.layers[0].thresholds, ElementsAre(2));  // 2 n - 4 >= 0
  EXPECT_THAT(folded->network.layers[1].thresholds, ElementsAre(3));  // 2 n - 4 > 0
  // -1 + s0 + s1 >= 0, and 1 - s0 - s1 >= 0.
  EXPECT_THAT(folded->network.layers[2].thresholds, ElementsAre(1, -1));
}

TEST(FoldLayerTest, SignOfSumsThatAreNeverNegativeIsTheStepAboveZero) {
  const auto folded = FoldNetwork(TestNetwork({3, 1, 1})
                                      .Step(kZeroOne)
                                      .Dense(1, {1, 1, 1})
                                      .Clip({.low = 0.0})
                                      .TernarySign()
                                      .Dense(2, {1, -1}, {-1, 0})
                                      .Sign()
                                      .Build(),
                                  {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_THAT(NamesOf(folded->network), ElementsAre("conv1 level 2", "conv4"));
  EXPECT_THAT(folded->network.layers[0].thresholds, ElementsAre(1));
  // 0 and 1: s - 1 >= 0, and -s >= 0.
  EXPECT_THAT(folded->network.layers[1].thresholds, ElementsAre(1, 0));
}

TEST(FoldLayerTest, StairThatNoSumReachesHasNoLayer) {
  // Of whole n, 1.5 and 1.75 are reached together: the value 2 is never taken.
  Network network = TestNetwork({3, 1, 1})
                        .Step(kZeroOne)
                        .Dense(1, {1, 1, 1})
                        .TernarySign()
                        .Dense(1, {1}, {-2})
                        .Sign()
                        .Build();
  network.nodes[2].operation =
      MultiThresholdNode{.levels = 3, .thresholds = {0.5, 1.5, 1.75}, .scale = 1.0, .offset = 0.0};
  const auto folded = FoldNetwork(network, {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_THAT(NamesOf(folded->network), ElementsAre("conv1", "conv1 level 2", "conv3"));
  EXPECT_THAT(folded->network.layers[0].thresholds, ElementsAre(1));
  EXPECT_THAT(folded->network.layers[1].thresholds, ElementsAre(2));
  // Values 0, 1, 3 less 2: s0 + 2 s1 >= 2.
  EXPECT_THAT(folded->network.layers[2].inputs[1].weights, ElementsAre(2));
  EXPECT_THAT(folded->network.layers[2].thresholds, ElementsAre(2));
}

TEST(FoldLayerTest, NegativeGammaNegatesTheWeights) {
  // -(n - 1) >= 0 where -n >= -1.
  const SpikingLayer layer = FirstLayer(
      TestNetwork({3, 1, 1})
          .Step(kZeroOne)
          .Dense(1, {1, 1, -1})
          .BatchNorm({.gamma = {-1}, .beta = {0}, .mean = {1}, .variance = {1}, .epsilon = 0})
          .Sign());
  EXPECT_THAT(layer.inputs[0].weights, ElementsAre(-1, -1, 1));
  EXPECT_THAT(layer.thresholds, ElementsAre(-1));
}

// Neurons of one channel have the same weights, those too that always or never fire.
TEST(FoldLayerTest, NegativeGammaNegatesTheWeightsOfAllStairs) {
  // floor(clip(2 - n / 2, 0, 3)) of n = 0..3 is 2, 1, 1, 0: never 3.
  const auto folded = FoldNetwork(
      TestNetwork({3, 1, 1})
          .Step(kZeroOne)
          .Dense(1, {1, 1, 1})
          .BatchNorm({.gamma = {-0.5F}, .beta = {2}, .mean = {0}, .variance = {1}, .epsilon = 0})
          .Clip({.low = 0.0, .high = 3.0})
          .Round({Rounding::kFloor})
          .Dense(1, {1})
          .Sign()
          .Build(),
      {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  const std::vector<std::int32_t> thresholds = {-2, 0, 1};  // n <= 2, n <= 0, never
  for (std::size_t level = 0; level < thresholds.size(); ++level) {
    EXPECT_THAT(folded->network.layers[level].inputs[0].weights, ElementsAre(-1, -1, -1));
    EXPECT_THAT(folded->network.layers[level].thresholds, ElementsAre(thresholds[level]));
  }
}

TEST(FoldLayerTest, ZeroGammaIsAConstantNeuronWithinTheReach) {
  const auto threshold = [](float beta) {
    return FirstLayer(
               TestNetwork({3, 1, 1})
                   .Step(kZeroOne)
                   .Dense(1, {1, 1, -1})
                   .BatchNorm(
                       {.gamma = {0}, .beta = {beta}, .mean = {2}, .variance = {1}, .epsilon = 0})
                   .Sign())
        .thresholds[0];
  };
  EXPECT_EQ(threshold(0.5F), -1);  // always: the least sum
  EXPECT_EQ(threshold(-0.5F), 3);  // never: one more than the greatest
}

TEST(FoldLayerTest, InvertedLinesNegateTheirWeights) {
  // Channel 1 falls with the byte: its lines are active where the step is low.
  const SpikingLayer layer = FirstLayer(TestNetwork({2, 1, 1})
                                            .Affine({1, -1}, {-0.5, 0.5})
                                            .Step({.threshold = 0.0})
                                            .Dense(1, {1, 1})
                                            .Step({.threshold = 2.0}));
  EXPECT_THAT(layer.inputs[0].weights, ElementsAre(1, -1));
  EXPECT_THAT(layer.thresholds, ElementsAre(1));  // s0 + (1 - s1) >= 2 where s0 - s1 >= 1
}

TEST(FoldLayerTest, SignWrittenAsTwiceMinusOneIsASign) {
  const TestNetwork head = TestNetwork({3, 1, 1}).Step(kZeroOne);
  const SpikingLayer layer =
      FirstLayer(TestNetwork(head).Affine(2.0, -1.0).Dense(1, {1, 1, -1}).Sign());
  EXPECT_THAT(layer.thresholds, ElementsAre(1));  // as in SignInputsMoveTheThreshold...
}

TEST(FoldLayerTest, SmallIntegerWeightsAreKept) {
  const SpikingLayer layer =
      FirstLayer(TestNetwork({3, 1, 1}).Step(kZeroOne).Dense(1, {0.5F, -1.5F, 127.5F}).Sign());
  EXPECT_THAT(layer.inputs[0].weights, ElementsAre(1, -3, 255));
}

TEST(FoldLayerTest, BatchNormPerNeuronBehindAFlattenIsFolded) {
  // One channel, two positions, means 1 and 2.
  const SpikingLayer layer = FirstLayer(
      TestNetwork({3, 1, 2})
          .Step(kZeroOne)
          .Convolution({}, 1, 1, {1, 1, 1})
          .Flatten()
          .BatchNorm(
              {.gamma = {1, 1}, .beta = {0, 0}, .mean = {1, 2}, .variance = {1, 1}, .epsilon = 0})
          .Sign());
  EXPECT_THAT(layer.thresholds, ElementsAre(1, 2));
}

// 0 mismatches over fan-ins of 8..128, scale 0.037, both signs of gamma, means on whole sums.
TEST(FoldLayerTest, RandomBatchNormsGiveTheBitsOfRunNetwork) {
  RandomSequence random(5, 0);
  std::int64_t ties = 0;
  for (int i = 0; i < 200; ++i) {
    const std::int32_t inputs = DrawBetween(random, 8, 128);
    constexpr std::int32_t kOutputs = 16;
    std::vector<float> weights;
    BatchNormNode norm;
    for (std::int32_t o = 0; o < kOutputs; ++o) {
      for (std::int32_t j = 0; j < inputs; ++j) {
        weights.push_back(0.037F * static_cast<float>(DrawBetween(random, -1, 1)));
      }
      norm.gamma.push_back(o % 2 == 0 ? 1.25F : -0.75F);
      norm.beta.push_back(0.0F);
      // As the sum is computed: 0.037 times a whole number.
      norm.mean.push_back(0.037F * static_cast<float>(DrawBetween(random, -4, 4)));
      norm.variance.push_back(static_cast<float>(0.1 + random.NextUnit()));
    }
    StepNode step = i % 3 == 0 ? kZeroOne : kSign;
    step.threshold = 0.0;
    const Network network = TestNetwork({inputs, 1, 1})
                                .Affine(1.0, -0.5)
                                .Step(i % 2 == 0 ? kSign : StepNode{})
                                .Dense(kOutputs, weights)
                                .BatchNorm(norm)
                                .Step(step)
                                .Build();
    const auto folded = FoldNetwork(network, {});
    ASSERT_TRUE(folded.ok()) << folded.status();
    NetworkRunner floats(network);
    SpikingRunner integers(folded->network);
    for (int image = 0; image < 20; ++image) {
      const auto bytes = DrawImage(random, inputs);
      const auto& values = floats.Run(Preprocess(folded->network.input, bytes));
      const auto& spikes = integers.Run(ActiveLines(folded->network.input, bytes));
      for (std::size_t o = 0; o < kOutputs; ++o) {
        ASSERT_EQ(spikes[0][o] == 1, values[4][o] == step.high) << "network " << i;
        ties += values[3][o] == 0.0 ? 1 : 0;
      }
    }
  }
  EXPECT_GT(ties, 1000);  // exactly on the threshold
}

TEST(FoldLayerTest, StaircaseIsOneLayerAStair) {
  // QCFS with 2 stairs as exporters write it: floor(2 clip(n / 2, 0, 1) + 1/2) / 2 of n = 0..3 is
  // 0, 1/2, 1, 1; the next layer weighs both stairs alike.
  const auto folded = FoldNetwork(TestNetwork({3, 1, 1})
                                      .Step(kZeroOne)
                                      .Dense(1, {1, 1, 1})
                                      .Affine(0.5, 0.0)
                                      .Clip({.low = 0.0, .high = 1.0})
                                      .Affine(2.0, 0.5)
                                      .Round({Rounding::kFloor})
                                      .Affine(0.5, 0.0)
                                      .Dense(1, {1}, {-0.75F})
                                      .Sign()
                                      .Build(),
                                  {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  const std::vector<SpikingLayer>& layers = folded->network.layers;
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_THAT(layers[0].thresholds, ElementsAre(1));
  EXPECT_THAT(layers[1].thresholds, ElementsAre(2));
  EXPECT_THAT(layers[1].name, HasSubstr("level 2"));
  ASSERT_EQ(layers[2].inputs.size(), 2u);
  EXPECT_THAT(layers[2].inputs[1].weights, ElementsAre(1));
  EXPECT_THAT(layers[2].thresholds, ElementsAre(2));  // (s0 + s1) / 2 - 3/4 >= 0
}

void ExpectRefused(const TestNetwork& builder, absl::StatusCode code,
                   const std::vector<std::string>& parts) {
  const absl::Status status = FoldNetwork(builder.Build(), {}).status();
  EXPECT_EQ(status.code(), code) << status;
  for (const std::string& part : parts) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

TEST(FoldLayerTest, WeightsThatAreNoMultiplesOfAScaleAreRefusedByLayerAndChannel) {
  ExpectRefused(TestNetwork({2, 1, 1}).Step(kZeroOne).Dense(2, {1, 1, 1, 3.14159F}).Sign(),
                absl::StatusCode::kUnimplemented, {"node \"conv1\"", "output channel 1"});
}

TEST(FoldLayerTest, WeightsThatAreNoMultiplesCarryTheRemedyToQuantiseThem) {
  const Network network =
      TestNetwork({2, 1, 1}).Step(kZeroOne).Dense(2, {1, 1, 1, 3.14159F}).Sign().Build();
  EXPECT_THAT(RemediesOf(FoldNetwork(network, {}).status()),
              ElementsAre(Remedy{RemedyKind::kQuantiseWeights}));
}

TEST(FoldLayerTest, NeuronsThatShareWeightsMustAgreeOnTheDirection) {
  ExpectRefused(TestNetwork({3, 1, 2})
                    .Step(kZeroOne)
                    .Convolution({}, 1, 1, {1, 1, 1})
                    .Flatten()
                    .Affine({1, -1}, {-1, 1})
                    .Sign(),
                absl::StatusCode::kUnimplemented, {"node \"conv1\"", "rises", "falls"});
}

TEST(FoldLayerTest, ScaledActivationsMoveTheThreshold) {
  // 0.7 n - 1 >= 0 where n >= 1.43.
  StepNode step = kZeroOne;
  step.high = 0.7;
  const SpikingLayer layer =
      FirstLayer(TestNetwork({3, 1, 1}).Step(step).Dense(1, {1, 1, 1}, {-1}).Sign());
  EXPECT_THAT(layer.inputs[0].weights, ElementsAre(1, 1, 1));
  EXPECT_THAT(layer.thresholds, ElementsAre(2));
}

TEST(FoldLayerTest, ChannelsOfDifferentSwingBecomeWeightsOfOneMeasure) {
  // s0 + 2 s1 - 2 >= 0.
  const SpikingLayer layer = FirstLayer(
      TestNetwork({2, 1, 1}).Step(kZeroOne).Affine({1, 2}, {0, 0}).Dense(1, {1, 1}, {-2}).Sign());
  EXPECT_THAT(layer.inputs[0].weights, ElementsAre(1, 2));
  EXPECT_THAT(layer.thresholds, ElementsAre(2));
}

// Of the channels that a neuron does not read nothing is asked.
TEST(FoldLayerTest, SwingOfAChannelWithoutWeightsDoesNotMatter) {
  const SpikingLayer layer = FirstLayer(TestNetwork({3, 1, 1})
                                            .Step(kZeroOne)
                                            .Affine({1, 0.8765, 2}, {0, 0, 0})
                                            .Dense(2, {1, 0, 1, 0, 0, 0}, {-2, 1})
                                            .Sign());
  EXPECT_THAT(layer.inputs[0].weights, ElementsAre(1, 0, 2, 0, 0, 0));
  EXPECT_THAT(layer.thresholds, ElementsAre(2, 0));
}

TEST(FoldLayerTest, SwingsWithoutACommonMeasureAreRefused) {
  const TestNetwork builder =
      TestNetwork({2, 1, 1}).Step(kZeroOne).Affine({1, 3.14159265}, {0, 0}).Dense(1, {1, 1}).Sign();
  ExpectRefused(builder, absl::StatusCode::kUnimplemented,
                {"node \"conv2\", output channel 0", "3.14159", "whole multiples"});
  EXPECT_THAT(RemediesOf(FoldNetwork(builder.Build(), {}).status()),
              ElementsAre(Remedy{RemedyKind::kQuantiseToTypes}));
}

TEST(FoldLayerTest, PixelsOfDifferentValuesInAChannelAreRefused) {
  ExpectRefused(TestNetwork({1, 1, 2})
                    .Step(kZeroOne)
                    .Flatten()
                    .Affine({1, 1}, {0, 1})
                    .Reshape({1, 1, 2})
                    .Convolution({}, 1, 1, {1})
                    .Sign(),
                absl::StatusCode::kUnimplemented, {"one pair of finite values per channel"});
}

TEST(FoldLayerTest, OverflowIsRefused) {
  ExpectRefused(TestNetwork({2, 1, 1})
                    .Step(kZeroOne)
                    .Dense(1, {1, 1})
                    .Affine(1e300, 0)
                    .Affine(1e300, 0)
                    .Sign(),
                absl::StatusCode::kInvalidArgument, {"node \"conv1\"", "overflows"});
}

TEST(FoldLayerTest, ThresholdsAreNotLimitedByTheChip) {
  // 400 inputs that must all spike: a threshold of 400, which no core holds but a .snn does.
  const SpikingLayer layer = FirstLayer(TestNetwork({400, 1, 1})
                                            .Step(kZeroOne)
                                            .Dense(1, std::vector<float>(400, 1.0F))
                                            .Step({.threshold = 400.0}));
  EXPECT_THAT(layer.thresholds, Each(400));
}

}  // namespace
}  // namespace spikemesh
