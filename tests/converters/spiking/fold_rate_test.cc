// SPDX-License-Identifier: Apache-2.0
// Rates of small networks whose counts can be told beforehand, and what rate mode refuses.
#include "converters/spiking/fold_rate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "converters/spiking/rate_layer.h"
#include "core/base/remedy.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_rate.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;

constexpr std::int32_t kTicks = 32;

TestNetwork Relu(TestNetwork builder, double high = 1e9) {
  return builder.Clip({.low = 0.0, .high = high});
}

CalibrationImages Images(std::vector<std::vector<double>> images) {
  CalibrationImages calibration;
  calibration.labels.assign(images.size(), 0);
  calibration.images = std::move(images);
  return calibration;
}

// How often each neuron of layer `layer` fires in an image's read-out ticks where all lines fire in
// every tick: in its ticks depth + 1 .. depth + T.
std::vector<int> CountSpikes(const SpikingNetwork& network, std::size_t layer, std::int32_t depth) {
  std::vector<std::uint32_t> lines(static_cast<std::size_t>(network.encoded_shape.size()));
  std::iota(lines.begin(), lines.end(), 0U);
  RateRunner runner(network);
  runner.Begin();
  std::vector<int> counts(network.layers[layer].thresholds.size());
  for (std::int32_t tick = 1; tick <= kTicks + network.presentation.latency_ticks; ++tick) {
    const std::vector<std::uint32_t> none;
    const auto& spikes = runner.Step(tick <= kTicks ? lines : none)[layer];
    for (std::size_t n = 0; n < counts.size(); ++n) {
      counts[n] += tick > depth && tick <= depth + kTicks ? spikes[n] : 0;
    }
  }
  return counts;
}

FoldedNetwork Fold(const TestNetwork& builder, const CalibrationImages& calibration,
                   WeightKind weights) {
  RateFoldOptions options;
  options.ticks = kTicks;
  options.weights = weights;
  auto folded = FoldRateNetwork(builder.Build(), {}, calibration, options);
  EXPECT_TRUE(folded.ok()) << folded.status();
  return folded.ok() ? *std::move(folded) : FoldedNetwork();
}

// Calibration sees 2, so lambda = 2 w + b; the image is 1 all the time: rate (w + b) / (2 w + b).
TEST(FoldRateTest, CountsAreTheRoundedRates) {
  // w 1, b 0: 1/2. w 1, b 1: 2/3. w 3, b -2: 1/4. w -1, b 2.1: 1.1 of lambda 0.1, so always.
  const TestNetwork network = Relu(TestNetwork({1, 1, 1}).Dense(4, {1, 1, 3, -1}, {0, 1, -2, 2.1F}))
                                  .Dense(2, {1, 0, 0, 0, 0, 1, 0, 0});
  for (const WeightKind kind : {WeightKind::kTernary, WeightKind::kInt4, WeightKind::kCodebook}) {
    const FoldedNetwork folded = Fold(network, Images({{2.0}}), kind);
    // 16; 21.33; 8; 32.
    EXPECT_THAT(CountSpikes(folded.network, 0, 0), ElementsAre(16, 21, 8, 32))
        << WeightKindName(kind);
    EXPECT_EQ(folded.network.presentation.latency_ticks, 1);
    EXPECT_EQ(folded.layer_nodes[0], 1);
  }
}

TEST(FoldRateTest, SecondLayerSeesTheRatesOfTheFirst) {
  // Layer 1: rate 1/2, value 1. Layer 2: 1 - 0.25 of lambda 2 - 0.25 = 1.75.
  const TestNetwork network =
      Relu(Relu(TestNetwork({1, 1, 1}).Dense(1, {1})).Dense(1, {1}, {-0.25F})).Dense(2, {1, -1});
  const FoldedNetwork folded = Fold(network, Images({{2.0}}), WeightKind::kCodebook);
  // 32 * 0.75 / 1.75 = 13.71.
  EXPECT_THAT(CountSpikes(folded.network, 1, 1), ElementsAre(14));
}

TEST(FoldRateTest, UpperEndOfAQuantisedActivationIsLambda) {
  // QCFS with lambda 2 and 4 stairs, whatever calibration sees.
  const TestNetwork network = TestNetwork({1, 1, 1})
                                  .Dense(1, {1})
                                  .Affine(2.0, 0.5)
                                  .Round({Rounding::kFloor})
                                  .Clip({.low = 0.0, .high = 4.0})
                                  .Affine(0.5, 0.0)
                                  .Dense(2, {1, -1});
  const FoldedNetwork folded = Fold(network, Images({{1.0}}), WeightKind::kCodebook);
  EXPECT_THAT(CountSpikes(folded.network, 0, 0), ElementsAre(16));  // 1 of 2
}

constexpr WindowGeometry kOne = {};

constexpr PoolNode kMeanOfTwoByTwo = {
    .kind = PoolKind::kAverage,
    .window = {.kernel_y = 2, .kernel_x = 2, .stride_y = 2, .stride_x = 2}};

TEST(FoldRateTest, AveragePoolFiresOnceForAWindowOfSpikes) {
  const TestNetwork network = Relu(TestNetwork({1, 2, 4}).Convolution({}, 1, 1, {1}))
                                  .Pool(kMeanOfTwoByTwo)
                                  .Flatten()
                                  .Dense(2, {1, -1, 1, 1});
  // Each place at rate 1/2.
  const FoldedNetwork folded =
      Fold(network, Images({std::vector<double>(8, 2.0)}), WeightKind::kTernary);
  EXPECT_THAT(folded.network.layers[1].thresholds, Each(128));
  EXPECT_THAT(folded.network.layers[1].inputs[0].weights, Each(32));
  EXPECT_THAT(CountSpikes(folded.network, 1, 1), ElementsAre(16, 16));
}

// Means are far below the greatest of what they are of: they have a scale of their own.
TEST(FoldRateTest, MeanHasTheScaleThatCalibrationShowsOfIt) {
  const TestNetwork network = Relu(TestNetwork({1, 2, 4}).Convolution({}, 1, 1, {0.25F}))
                                  .Pool(kMeanOfTwoByTwo)
                                  .Flatten()
                                  .Dense(2, {1, -1, 1, 1});
  // One place of four at 8 / 4; lines are 1, so that all are at an eighth of lambda, 2.
  const FoldedNetwork folded =
      Fold(network, Images({{8, 0, 0, 8, 0, 0, 0, 0}}), WeightKind::kTernary);
  EXPECT_THAT(folded.network.layers[1].thresholds, Each(32));
  EXPECT_THAT(CountSpikes(folded.network, 1, 1), ElementsAre(16, 16));  // 1/8 of 2, over 1/2
}

// The classes read what a last mean is of: one layer less, and finer steps than T.
TEST(FoldRateTest, ClassesReadThroughALastMean) {
  const TestNetwork network = Relu(TestNetwork({2, 2, 2}).Convolution(kOne, 2, 2, {1, 1}))
                                  .Pool(kMeanOfTwoByTwo)
                                  .Dense(2, {1, 0, 0, 1});
  const FoldedNetwork folded =
      Fold(network, Images({{1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5}}), WeightKind::kCodebook);
  ASSERT_EQ(folded.network.layers.size(), 2U);
  EXPECT_EQ(folded.network.layers[1].inputs[0].window.kernel_y, 2);
  EXPECT_EQ(folded.network.class_count, 2);
  EXPECT_THAT(folded.readout_rates, ElementsAre(ElementsAre(1.0, 0.0)));
}

// The class of most spikes where all lines fire in every tick.
std::int32_t PredictedOfFullLines(const SpikingNetwork& network) {
  std::vector<std::uint32_t> lines(static_cast<std::size_t>(network.encoded_shape.size()));
  std::iota(lines.begin(), lines.end(), 0U);
  RateRunner runner(network);
  runner.Begin();
  for (std::int32_t tick = 1; tick <= kTicks + network.presentation.latency_ticks; ++tick) {
    runner.Step(tick <= kTicks ? lines : std::vector<std::uint32_t>());
  }
  return runner.predicted_class();
}

// A last ReLU: the greatest sum above 0, else the lowest class.
TEST(FoldRateTest, LastReluIsReadByItsSumsAndTiesAtItsEnd) {
  for (const std::vector<float>& sums :
       {std::vector<float>{-0.5F, 0.03F, -0.2F}, std::vector<float>{-0.5F, -0.03F, -0.2F},
        std::vector<float>{-0.5F, -0.03F, 0.6F}, std::vector<float>{0.02F, -0.03F, -0.6F},
        std::vector<float>{0.02F, 0.05F, -0.6F}}) {
    const TestNetwork network = Relu(TestNetwork({1, 1, 1}).Dense(3, sums));
    const Network trained = network.Build();
    const FoldedNetwork folded =
        Fold(network, Images({{1.0}, {0.5}, {0.25}}), WeightKind::kCodebook);
    NetworkRunner runner(trained);
    runner.Run(std::vector<double>{1.0});
    EXPECT_EQ(PredictedOfFullLines(folded.network), runner.predicted_class())
        << sums[0] << " " << sums[1] << " " << sums[2];
  }
}

// The function of a network does not change where a channel is scaled up and what reads it down.
TEST(FoldRateTest, ScalesOfChannelsThatCancelChangeNoSpike) {
  const auto fold = [](float by) {
    const TestNetwork network =
        Relu(Relu(TestNetwork({1, 1, 1}).Dense(3, {1, 0.5F * by, -1}, {0, 0.1F * by, -0.5F})))
            .Dense(2, {0.5F, 1.0F / by, 1, -0.25F, 0.5F / by, 2});
    return Fold(network, Images({{1.0}, {0.5}}), WeightKind::kCodebook).network;
  };
  const SpikingNetwork plain = fold(1.0F);
  for (const float by : {1.0F / 4096, 1.0F / 16, 256.0F, 65536.0F}) {
    EXPECT_EQ(fold(by).layers, plain.layers) << by;
  }
}

// Whatever its weights and its bias are, a channel fires as its activation is.
TEST(FoldRateTest, ChannelsOfBiasAloneFireAsTheirBias) {
  const TestNetwork network =
      Relu(TestNetwork({1, 1, 1}).Dense(5, {0, 0, 1e-7F, 1e-7F, 0}, {0.5F, -0.5F, 2, -2, 0}))
          .Dense(2, {1, 1, 1, 1, 1, -1, 1, 1, 1, 1});
  for (const WeightKind kind : {WeightKind::kTernary, WeightKind::kInt4, WeightKind::kCodebook}) {
    const FoldedNetwork folded = Fold(network, Images({{1.0}}), kind);
    EXPECT_THAT(CountSpikes(folded.network, 0, 0), ElementsAre(32, 0, 32, 0, 0))
        << WeightKindName(kind);
    EXPECT_THAT(folded.network.layers[0].leaks, Each(AllOf(Ge(-512 * 1024), Le(4096))));
  }
}

constexpr PoolNode kMaxOfTwoByTwo = {
    .kind = PoolKind::kMax, .window = {.kernel_y = 2, .kernel_x = 2, .stride_y = 2, .stride_x = 2}};

// Depthwise weights give the four places of the window rates 1/8, 1/2, 1/4 and 3/8 of full lines.

// Means of two, and of one at the border, where the window hangs over or is cut by padding.
TEST(FoldRateTest, CutWindowsOfAnAveragePoolDivideByWhatTheyHold) {
  const WindowGeometry window = {
      .kernel_y = 1, .kernel_x = 2, .stride_y = 1, .stride_x = 2, .pad_right = 1};
  for (const bool counts : {true, false}) {
    const std::int32_t overhang = counts ? 1 : 0;
    const TestNetwork network = Relu(TestNetwork({1, 1, 3}).Convolution({}, 1, 1, {0.5F}, {0.5F}))
                                    .Pool({.kind = PoolKind::kAverage,
                                           .window = window,
                                           .count_padding = counts,
                                           .overhang_right = overhang})
                                    .Flatten()
                                    .Dense(2, {1, 0, 0, 1});
    const FoldedNetwork folded = Fold(network, Images({{1, 1, 1}}), WeightKind::kTernary);
    ASSERT_EQ(folded.network.layers.size(), 3u);
    const std::vector<std::int32_t>& thresholds = folded.network.layers[1].thresholds;
    ASSERT_EQ(thresholds.size(), 2u);
    EXPECT_EQ(thresholds[0], 2 * thresholds[1]);
    EXPECT_THAT(CountSpikes(folded.network, 1, 1), ElementsAre(kTicks, kTicks));
  }
}

// The other way out of a cut mean that does not fold: a ReLU ahead of the pool, in rate mode.
TEST(FoldRateTest, CutAveragePoolOfSumsFoldsBehindARelu) {
  const PoolNode pool = {.kind = PoolKind::kAverage,
                         .window = {.kernel_y = 1, .kernel_x = 2, .stride_x = 2, .pad_right = 1},
                         .count_padding = false};
  const auto sums = [] { return TestNetwork({1, 1, 3}).Convolution({}, 1, 1, {1}); };
  RateFoldOptions options;
  options.ticks = kTicks;
  options.weights = WeightKind::kTernary;
  const auto fold = [&](TestNetwork network) {
    const TestNetwork pooled = Relu(network.Pool(pool)).Flatten().Dense(2, {1, 0, 0, 1});
    return FoldRateNetwork(pooled.Build(), {}, Images({{1, 1, 1}}), options);
  };
  const absl::Status refused = fold(sums()).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("put a ReLU ahead of the pool"));
  EXPECT_TRUE(fold(Relu(sums())).ok()) << fold(Relu(sums())).status();
}

TEST(FoldRateTest, MaxPoolFiresAsOftenAsTheBusiestOfItsWindow) {
  const TestNetwork network =
      Relu(TestNetwork({4, 1, 1}).Convolution(kOne, 4, 4, {0.25F, 1.0F, 0.5F, 0.75F}))
          .Reshape({1, 2, 2})
          .Pool(kMaxOfTwoByTwo)
          .Dense(2, {1, -1});
  // One lambda for all: the greatest of the calibration is twice what full lines give.
  const FoldedNetwork folded =
      Fold(network, Images({{8.0, 2.0, 4.0, 8.0 / 3.0}}), WeightKind::kTernary);
  std::vector<std::string> names;
  for (const SpikingLayer& layer : folded.network.layers) {
    names.push_back(layer.name);
  }
  EXPECT_THAT(names, ElementsAre("conv0", "pool3 rails 1", "pool3 rails 2", "pool3", "conv4"));
  EXPECT_EQ(folded.network.presentation.latency_ticks, 4);
  const std::vector<int> sources = CountSpikes(folded.network, 0, 0);
  EXPECT_THAT(sources, ElementsAre(4, 16, 8, 12));
  const int greatest = CountSpikes(folded.network, 3, 3)[0];
  EXPECT_NEAR(greatest, 16, 1);
}

// Where the function behind the pool falls, the activations' least is the pool's value.
TEST(FoldRateTest, MaxPoolOfSumsAheadOfAFallingActivationFiresAsTheLeast) {
  // Four, two, two and one of the taps are inside: 1, 1/2, 1/2 and 1/4 with full lines.
  const WindowGeometry corner = {.kernel_y = 2, .kernel_x = 2, .pad_bottom = 1, .pad_right = 1};
  const TestNetwork network =
      TestNetwork({1, 2, 2})
          .Convolution(corner, 1, 1, std::vector<float>(4, 0.25F))
          .Pool(kMaxOfTwoByTwo)
          .BatchNorm({.gamma = {-1}, .beta = {1.5F}, .mean = {0}, .variance = {1}, .epsilon = 0})
          .Clip({.low = 0.0, .high = 2.0})
          .Dense(2, {1, -1});
  // The pool's value is 1.5 - 1 with full lines and 1.5 without: 1/3 of lambda.
  const FoldedNetwork folded = Fold(network, Images({{0, 0, 0, 0}}), WeightKind::kTernary);
  EXPECT_EQ(folded.network.layers[3].name, "pool1");
  EXPECT_NEAR(CountSpikes(folded.network, 3, 3)[0], kTicks / 3.0, 1.5);
}

TEST(FoldRateTest, NegativePixelsFireOnSecondLinesWithTheOppositeWeight) {
  RateFoldOptions options;
  options.ticks = kTicks;
  const Network network = Relu(TestNetwork({1, 1, 1}).Dense(1, {1})).Dense(2, {1, -1}).Build();
  const auto folded = FoldRateNetwork(network, {.range_max = 1.0, .mean = {0.5}, .scale = {}},
                                      Images({{0.5}}), options);
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_EQ(folded->network.encoded_shape, (FeatureShape{2, 1, 1}));
  const std::vector<std::int16_t>& weights = folded->network.layers[0].inputs[0].weights;
  ASSERT_EQ(weights.size(), 2u);
  EXPECT_GT(weights[0], 0);
  EXPECT_EQ(weights[1], -weights[0]);
}

TEST(FoldRateTest, WhatRateModeRefuses) {
  const auto status = [](const TestNetwork& builder, const CalibrationImages& calibration) {
    return FoldRateNetwork(builder.Build(), {}, calibration, {}).status();
  };
  const TestNetwork good = Relu(TestNetwork({1, 1, 1}).Dense(1, {1})).Dense(2, {1, -1});
  EXPECT_EQ(status(good, {}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(RemediesOf(status(good, {})), ElementsAre(Remedy{RemedyKind::kCalibrate}));
  const auto steps =
      status(TestNetwork({1, 1, 1}).Dense(1, {1}).Sign().Dense(2, {1, -1}), Images({{1.0}}));
  EXPECT_EQ(steps.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(RemediesOf(steps),
              ElementsAre(Remedy{RemedyKind::kPipelinedMode, "which networks of steps run in"}));
}

TEST(AlignRateLayerTest, LeakOfTheTicksBeforeTheInputIsTakenOffTheFirstPotential) {
  SpikingLayer layer;
  layer.inputs.resize(2);
  layer.thresholds = {100, 100, 100};
  layer.leaks = {7, -7, -40};
  layer.initial_potentials = {50, 50, 50};
  AlignRateLayer(3, {2, 0}, layer);
  EXPECT_EQ(layer.inputs[0].delay_ticks, 1);
  EXPECT_EQ(layer.inputs[1].delay_ticks, 3);
  // 50 - 3 * 7; 50 + 3 * 7; 50 + 120 would fire in the first tick, when 40 are off: at most 139.
  EXPECT_THAT(layer.initial_potentials, ElementsAre(29, 71, 139));
}

}  // namespace
}  // namespace spikemesh
