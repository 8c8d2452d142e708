// SPDX-License-Identifier: Apache-2.0
// What folding advises in words is done here, and folds: each test sees a refusal, follows its
// message and has a spiking network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "converters/spiking/fold_rate.h"
#include "core/base/remedy.h"
#include "networks/ir/spiking_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr WindowGeometry kTwo = {.kernel_y = 2, .kernel_x = 2, .stride_y = 2, .stride_x = 2};
constexpr WindowGeometry kThreeByTwo = {.kernel_y = 3, .kernel_x = 3, .stride_y = 2, .stride_x = 2};

TestNetwork Relu(TestNetwork builder) { return builder.Clip({.low = 0.0}); }

PoolNode Mean(const WindowGeometry& window) {
  return {.kind = PoolKind::kAverage, .window = window};
}
PoolNode Greatest(const WindowGeometry& window) {
  return {.kind = PoolKind::kMax, .window = window};
}

// A convolution of weights 1 in `window` from and to `channels`.
TestNetwork Conv(TestNetwork builder, const WindowGeometry& window, std::int32_t channels = 1) {
  const std::int64_t weights =
      std::int64_t{channels} * builder.shape().channels * window.kernel_y * window.kernel_x;
  return builder.Convolution(window, 1, channels, std::vector<float>(weights, 1.0F));
}

// A dense layer of weights 1 over everything.
TestNetwork Dense(TestNetwork builder, std::int32_t outputs = 2) {
  builder.Flatten();
  return Conv(builder, {}, outputs);
}

absl::Status Steps(const Network& network) {
  const auto folded = FoldNetwork(network, {});
  return folded.ok() ? ValidateSpiking(folded->network) : folded.status();
}

absl::Status Rates(const Network& network) {
  CalibrationImages calibration;
  calibration.images = {std::vector<double>(network.input_shape.size(), 0.5)};
  calibration.labels = {0};
  RateFoldOptions options;
  options.ticks = 16;
  options.weights = WeightKind::kTernary;
  const auto folded = FoldRateNetwork(network, {}, calibration, options);
  return folded.ok() ? ValidateSpiking(folded->network) : folded.status();
}

absl::Status Steps(const TestNetwork& network) { return Steps(network.Build()); }
absl::Status Rates(const TestNetwork& network) { return Rates(network.Build()); }

void ExpectRefused(const absl::Status& status, const std::vector<std::string>& parts) {
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
  for (const std::string& part : parts) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

TestNetwork Bits(FeatureShape shape = {1, 4, 4}) {
  return TestNetwork(shape).Step({.threshold = 0.5});
}

TEST(FoldingRemedyTest, AnActivationBehindEveryLayer) {
  ExpectRefused(Steps(Dense(Conv(Bits(), kTwo)).Sign()), {"put one after every layer: a step"});
  EXPECT_TRUE(Steps(Dense(Conv(Bits(), kTwo).Sign()).Sign()).ok());
  const TestNetwork image({1, 4, 4});
  ExpectRefused(Rates(Dense(Conv(image, kTwo))), {"a ReLU for rate mode"});
  EXPECT_TRUE(Rates(Dense(Relu(Conv(image, kTwo)))).ok());
}

TEST(FoldingRemedyTest, NegativeValuesOfRatesAreClipped) {
  const TestNetwork sums = Conv(TestNetwork({1, 4, 4}), kTwo);
  ExpectRefused(Rates(Dense(TestNetwork(sums).Clip({.low = -1, .high = 1}))),
                {"from -1 to 1", "use ReLU, or clip at 0"});
  EXPECT_TRUE(Rates(Dense(Relu(sums))).ok());
  EXPECT_TRUE(Rates(Dense(TestNetwork(sums).Clip({.low = 0, .high = 1}))).ok());
}

TEST(FoldingRemedyTest, UnequalStairsGetEqualOrStandBehindAStep) {
  const auto stairs = [](const TestNetwork& sums, std::vector<double> thresholds) {
    Network network = sums.Build();
    MultiThresholdNode node{3, std::move(thresholds), 1.0, 0.0};
    network.nodes.push_back({"stairs", {network.output()}, std::move(node), sums.shape()});
    const FeatureShape flat = {static_cast<std::int32_t>(sums.shape().size()), 1, 1};
    network.nodes.push_back({"flat", {network.output()}, ReshapeNode{}, flat});
    ConvolutionNode dense{{}, 1, std::vector<float>(2 * flat.channels, 1.0F), {0, 0}};
    network.nodes.push_back({"dense", {network.output()}, std::move(dense), {2, 1, 1}});
    return network;
  };
  const TestNetwork image = Conv(TestNetwork({1, 4, 4}), kTwo);
  const absl::Status unequal = Rates(stairs(image, {0.5, 1, 3}));
  ExpectRefused(unequal, {"unequal distances", "train with a uniform quantizer"});
  EXPECT_THAT(RemediesOf(unequal),
              ElementsAre(Remedy{RemedyKind::kPipelinedMode, "where a step encodes the image"}));
  EXPECT_TRUE(Rates(stairs(image, {0.5, 1.5, 2.5})).ok());
  EXPECT_TRUE(Steps(stairs(Conv(Bits(), kTwo), {0.5, 1, 3})).ok());
}

TEST(FoldingRemedyTest, StepsAndReluDoNotMix) {
  const TestNetwork mixed = Dense(Relu(Conv(Bits(), kTwo)));
  ExpectRefused(Rates(mixed), {"is a step", "train with ReLU in its place"});
  EXPECT_TRUE(Rates(Dense(Relu(Conv(Relu(TestNetwork({1, 4, 4})), kTwo)))).ok());
  ExpectRefused(Steps(mixed), {"is not a step", "train with one in its place"});
  EXPECT_TRUE(Steps(Dense(Conv(Bits(), kTwo).Sign())).ok());
}

TEST(FoldingRemedyTest, RealImagesAreReadThroughASteppedConvolutionOrByRates) {
  const TestNetwork sums = Conv(TestNetwork({1, 4, 4}), kTwo);
  ExpectRefused(
      Steps(Dense(TestNetwork(sums).Sign()).Sign()),
      {"begins with a step on the image, or on a 1x1 convolution", "use ReLU in all layers"});
  EXPECT_TRUE(Steps(Dense(Conv(Bits(), kTwo).Sign()).Sign()).ok());
  const TestNetwork thermometer =
      TestNetwork({1, 4, 4}).Convolution({}, 1, 2, {1, 1}, {-0.25F, -0.75F}).Sign();
  EXPECT_TRUE(Steps(Dense(Conv(thermometer, kTwo).Sign()).Sign()).ok());
  EXPECT_TRUE(Rates(Dense(Relu(sums))).ok());
}

TEST(FoldingRemedyTest, PoolsOfTheImageStandOnAStepOrARelu) {
  const TestNetwork image({1, 4, 4});
  const auto behind = [](TestNetwork first) { return first.Pool(Greatest(kTwo)); };
  ExpectRefused(Rates(Dense(Relu(Conv(behind(image), {})))),
                {"pools the image itself", "a step on the image", "1x1 convolution with ReLU"});
  EXPECT_TRUE(Steps(Dense(Conv(behind(Bits()), {}).Sign())).ok());
  EXPECT_TRUE(Rates(Dense(Relu(Conv(behind(Relu(Conv(image, {}))), {})))).ok());
}

TEST(FoldingRemedyTest, PaddingBehindOverlappingMeansGoesOrReluComes) {
  WindowGeometry padded = kTwo;
  padded.pad_top = padded.pad_left = 1;
  const auto mean_then = [](TestNetwork first, const WindowGeometry& window) {
    return Conv(first.Pool(Mean(kThreeByTwo)), window);
  };
  ExpectRefused(Steps(Dense(mean_then(Bits({1, 9, 9}), padded).Sign())),
                {"remove the padding, or train with ReLU in all layers, for rate mode"});
  EXPECT_TRUE(Steps(Dense(mean_then(Bits({1, 9, 9}), kTwo).Sign())).ok());
  const TestNetwork relu = Relu(Conv(TestNetwork({1, 9, 9}), {}));
  EXPECT_TRUE(Rates(Dense(Relu(mean_then(relu, padded)))).ok());
}

TEST(FoldingRemedyTest, PaddedMeansOfSumsGetAnActivationBetween) {
  PoolNode padded = Mean(kTwo);
  padded.window.pad_top = padded.window.pad_bottom = 1;
  padded.count_padding = true;
  const TestNetwork sums = Conv(TestNetwork({1, 4, 4}), {});
  ExpectRefused(Rates(Dense(Relu(TestNetwork(sums).Pool(padded)))),
                {"remove the padding, or put an activation between"});
  EXPECT_TRUE(Rates(Dense(Relu(TestNetwork(sums).Pool(Mean(kTwo))))).ok());
  EXPECT_TRUE(Rates(Dense(Relu(sums).Pool(padded))).ok());
}

// A falling affine ahead of a max pool of activations, and behind it.
TEST(FoldingRemedyTest, FallingFunctionsGoBehindMaxPools) {
  ExpectRefused(Steps(Dense(Conv(Bits().Affine(-1, 1).Pool(Greatest(kTwo)), {}).Sign())),
                {"falls (a negative scale)", "put the pool ahead of it"});
  EXPECT_TRUE(Steps(Dense(Conv(Bits().Pool(Greatest(kTwo)).Affine(-1, 1), {}).Sign())).ok());
}

// Of a mean that folds into a layer the function must stand ahead; of one that is a layer, behind.
TEST(FoldingRemedyTest, FunctionsChangeSidesOfPaddedMeansOrThePaddingGoes) {
  PoolNode padded = Mean(kTwo);
  padded.window.pad_top = padded.window.pad_bottom = 1;
  padded.count_padding = true;
  const std::string advice = "remove the padding, or put the function on the other side";
  const auto steps = [](const TestNetwork& first) { return Steps(Dense(Conv(first, {}).Sign())); };
  ExpectRefused(steps(Bits().Pool(padded).Affine(2, 1)), {advice});
  EXPECT_TRUE(steps(Bits().Affine(2, 1).Pool(padded)).ok());
  EXPECT_TRUE(steps(Bits().Pool(Mean(kTwo)).Affine(2, 1)).ok());
  const auto rates = [](const TestNetwork& first) { return Rates(Dense(Relu(Conv(first, {})))); };
  const auto relu = [] { return Relu(Conv(TestNetwork({1, 4, 4}), {})); };
  ExpectRefused(rates(relu().Affine(2, 1).Pool(padded)), {advice});
  EXPECT_TRUE(rates(relu().Pool(padded).Affine(2, 1)).ok());
  EXPECT_TRUE(rates(relu().Affine(2, 1).Pool(Mean(kTwo))).ok());
}

// A mean of dilated windows folds in no layer; it does without dilation, and as a layer of rates.
TEST(FoldingRemedyTest, DilatedMeansLoseDilationOrStandBetweenRelus) {
  PoolNode dilated = Mean(kTwo);
  dilated.window.dilation_y = 2;
  ExpectRefused(Steps(Dense(Conv(Bits().Pool(dilated), {}).Sign())), {"use dilation 1"});
  EXPECT_TRUE(Steps(Dense(Conv(Bits().Pool(Mean(kTwo)), {}).Sign())).ok());
  EXPECT_TRUE(Rates(Dense(Relu(Conv(TestNetwork({1, 4, 4}), {})).Pool(dilated))).ok());
}

// conv + conv, scaled, added to the input: a function between two additions.
TEST(FoldingRemedyTest, FunctionsBetweenAdditionsGoAheadOfThem) {
  const auto network = [](bool ahead) {
    Network result = Conv(Bits(), {}).Build();  // 0 step, 1 conv
    const FeatureShape shape = result.nodes[1].shape;
    const auto add = [&](const char* name, std::vector<std::int32_t> sources,
                         NodeOperation operation) {
      result.nodes.push_back({name, std::move(sources), std::move(operation), shape});
      return static_cast<std::int32_t>(result.nodes.size()) - 1;
    };
    const AffineNode twice = {{2.0}, {0.0}};
    const std::int32_t left = ahead ? add("twice", {1}, twice) : 1;
    const std::int32_t right = ahead ? add("twice_too", {0}, twice) : 0;
    std::int32_t sum = add("sum", {left, right}, AddNode{});
    sum = ahead ? sum : add("twice", {sum}, twice);
    add("again", {sum, 0}, AddNode{});
    const StepNode sign = {.threshold = 0, .strict = false, .low = -1, .high = 1};
    add("sign", {result.output()}, sign);
    return result;
  };
  const auto fold = [&](bool ahead) { return FoldNetwork(network(ahead), {}).status(); };
  ExpectRefused(fold(false), {"\"twice\"", "the function ahead of the addition"});
  EXPECT_TRUE(fold(true).ok()) << fold(true);
}

}  // namespace
}  // namespace spikemesh
