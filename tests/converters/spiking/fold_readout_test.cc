// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_readout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "converters/spiking/logit_levels.h"
#include "core/base/random.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/random_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Four features of 0/1, or -1/+1.
TestNetwork Features(double low) {
  return TestNetwork({2, 1, 1})
      .Step({.threshold = 0.5})
      .Dense(4, {1, 0, 0, 1, 1, 1, 1, -1})
      .Step({.threshold = 0.5, .strict = false, .low = low, .high = 1.0});
}

SpikingNetwork Folded(const TestNetwork& builder) {
  const auto folded = FoldNetwork(builder.Build(), {});
  EXPECT_TRUE(folded.ok()) << folded.status();
  return folded.ok() ? folded->network : SpikingNetwork{};
}

void ExpectRefused(const TestNetwork& builder, const std::vector<std::string>& parts) {
  const absl::Status status = FoldNetwork(builder.Build(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
  for (const std::string& part : parts) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

TEST(FoldReadoutTest, WithoutADenseLayerEveryNeuronIsItsOwnClass) {
  for (const double low : {0.0, -1.0}) {
    const SpikingNetwork network = Folded(Features(low));
    EXPECT_THAT(network.output_classes, ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(network.class_count, 4);
  }
}

TEST(FoldReadoutTest, DenseVotesBecomeClasses) {
  // Feature 2 votes for nothing.
  const SpikingNetwork network =
      Folded(Features(0.0).Dense(2, {0, 0.1F, 0, 0.1F, 0.1F, 0, 0, 0}, {0.5F, 0.5F}));
  EXPECT_THAT(network.output_classes, ElementsAre(1, 0, -1, 0));
  EXPECT_EQ(network.class_count, 2);
}

TEST(FoldReadoutTest, GroupedVotesAndACommonRisingFunctionAreAccepted) {
  const SpikingNetwork network = Folded(
      Features(-1.0)
          .Convolution({}, 2, 2, {1, 1, 1, 1})
          .Affine(0.1, -3.0)
          .BatchNorm(
              {.gamma = {2, 2}, .beta = {1, 1}, .mean = {3, 3}, .variance = {4, 4}, .epsilon = 0}));
  EXPECT_THAT(network.output_classes, ElementsAre(0, 0, 1, 1));
}

TEST(FoldReadoutTest, ConvolutionOverTheWholeMapIsADenseLayer) {
  const WindowGeometry whole = {.kernel_y = 1, .kernel_x = 2};
  const SpikingNetwork network = Folded(TestNetwork({1, 1, 2})
                                            .Step({.threshold = 0.5})
                                            .Convolution({}, 1, 2, {1, -1})
                                            .Step({.threshold = 0.5})
                                            .Convolution(whole, 1, 2, {1, 0, 0, 0, 0, 1, 0, 1}));
  EXPECT_THAT(network.output_classes, ElementsAre(0, 1, -1, 1));
}

TEST(FoldReadoutTest, PresentationIsPipelinedWithALatencyOfOneTickPerFurtherLayer) {
  const SpikingNetwork one = Folded(Features(0.0));
  EXPECT_EQ(one.presentation,
            (PresentationModel{
                .mode = PresentationMode::kPipelined, .ticks_per_image = 1, .latency_ticks = 0}));
  const SpikingNetwork two = Folded(Features(0.0).Dense(1, {1, 1, 1, 1}).Sign());
  EXPECT_EQ(two.presentation.latency_ticks, 1);
  ASSERT_EQ(two.layers[1].inputs.size(), 1u);
  EXPECT_EQ(two.layers[1].inputs[0].source, 0);
  EXPECT_EQ(two.layers[1].inputs[0].delay_ticks, 1);
}

// The read-out is a layer of `levels` neurons a class, and for every image of two bytes its votes
// name RunNetwork's class.
void ExpectLogits(const TestNetwork& builder, std::size_t levels) {
  const Network network = builder.Build();
  const auto folded = FoldNetwork(network, {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  ASSERT_EQ(folded->network.layers.size(), 2u);
  EXPECT_EQ(folded->network.layers[1].thresholds.size(), 2 * levels);
  EXPECT_TRUE(folded->warnings.empty());
  NetworkRunner floats(network);
  SpikingRunner integers(folded->network);
  constexpr std::uint8_t kBytes[] = {0, 255};
  for (const std::uint8_t left : kBytes) {
    for (const std::uint8_t right : kBytes) {
      const std::vector<std::uint8_t> image = {left, right};
      floats.Run(Preprocess(folded->network.input, image));
      integers.Run(ActiveLines(folded->network.input, image));
      EXPECT_EQ(integers.predicted_class(), floats.predicted_class());
    }
  }
}

TEST(FoldReadoutTest, WeightsThatWeighAreLogitsWithALevelForEachValue) {
  // Class 0: 0, 1. Class 1: 0, 2. All values: 0, 1, 2; the least needs no neuron.
  ExpectLogits(Features(0.0).Dense(2, {1, 0, 0, 0, 0, 2, 0, 0}), 2);
  ExpectLogits(Features(0.0).Dense(2, {-1, 0, 0, 0, 0, -1, 0, 0}), 1);
}

TEST(FoldReadoutTest, FeatureThatVotesTwiceIsPartOfTwoLogits) {
  ExpectLogits(Features(0.0).Dense(2, {1, 0, 0, 0, 1, 0, 0, 1}), 2);
}

TEST(FoldReadoutTest, UnequalBiasesShiftLogits) {
  // 0, 1 and 0.25, 1.25.
  ExpectLogits(Features(0.0).Dense(2, {1, 0, 0, 0, 0, 1, 0, 0}, {0, 0.25F}), 3);
}

TEST(FoldReadoutTest, UnequalVotersAreLogitsOnlyWhereSilenceCounts) {
  const std::vector<float> weights = {1, 1, 1, 0, 0, 0, 0, 1};
  EXPECT_THAT(Folded(Features(0.0).Dense(2, weights)).output_classes, ElementsAre(0, 0, 0, 1));
  // -3, -1, 1, 3 and -1, 1.
  ExpectLogits(Features(-1.0).Dense(2, weights), 3);
}

TEST(FoldReadoutTest, FunctionsThatReorderClassesAreLogits) {
  const TestNetwork votes = Features(0.0).Dense(2, {1, 0, 0, 0, 0, 1, 0, 0});
  ExpectLogits(TestNetwork(votes).Affine({1, 2}, {0, 0}), 2);  // 0, 1, 2
  ExpectLogits(TestNetwork(votes).Affine({1, 1}, {0, 1}), 2);  // 0, 1, 2
  ExpectLogits(TestNetwork(votes).Affine(-1, 0), 1);           // -1, 0
  ExpectLogits(
      TestNetwork(votes).BatchNorm(
          {.gamma = {1, 1}, .beta = {0, 0}, .mean = {0, 1}, .variance = {1, 1}, .epsilon = 0}),
      2);  // 0, 1 and -1, 0
}

// 1,100 features for each class, all of the same line: more values than the 1,024 of exact ones.
TestNetwork ManyFeatures() {
  return TestNetwork({1, 1, 1})
      .Step({.threshold = 0.5})
      .Dense(1100, std::vector<float>(1100, 1.0F))
      .Step({.threshold = 0.5})
      .Dense(2, std::vector<float>(2200, 1.0F), {0, 1});
}

TEST(FoldReadoutTest, ManyValuesOfOneRiseHaveALevelEach) {
  const auto folded = FoldNetwork(ManyFeatures().Build(), {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_EQ(folded->network.layers[1].thresholds.size(), 2u * 1101u);
  EXPECT_TRUE(folded->warnings.empty());
}

TEST(FoldReadoutTest, LogitsOfManyValuesAreSpreadOverLevelsWithAWarning) {
  const auto folded = FoldNetwork(ManyFeatures().Affine({1, 1.1}, {0, 0}).Build(), {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_EQ(folded->network.layers[1].thresholds.size(), 2u * kLogitLevelsMax);
  EXPECT_THAT(folded->warnings, ElementsAre(HasSubstr("1024 levels")));
}

// A random read-out of `classes`, of +-1 weights, biases and, where not empty, scales behind them:
// as exact as its warnings say, on random images.
std::int64_t CountWrongClasses(std::int32_t classes, const std::vector<double>& scales) {
  constexpr std::int32_t kFeatures = 200;
  RandomSequence random(17, 0);
  std::vector<float> weights;
  for (std::int32_t i = 0; i < classes * kFeatures; ++i) {
    weights.push_back(random.NextBelow(2) == 0 ? 1.0F : -1.0F);
  }
  std::vector<float> biases;
  for (std::int32_t c = 0; c < classes; ++c) {
    biases.push_back(static_cast<float>(4.0 * random.NextUnit() - 2.0));
  }
  TestNetwork builder = TestNetwork({1, 10, 20}).Step({.threshold = 0.5}).Flatten();
  builder.Dense(classes, weights, biases);
  if (!scales.empty()) {
    builder.Affine(scales, std::vector<double>(scales.size(), 0.125));
  }
  const Network network = builder.Build();
  const auto folded = FoldNetwork(network, {});
  EXPECT_TRUE(folded.ok()) << folded.status();
  EXPECT_TRUE(folded->warnings.empty());
  NetworkRunner floats(network);
  SpikingRunner integers(folded->network);
  std::int64_t wrong = 0;
  for (int image = 0; image < 400; ++image) {
    std::vector<std::uint8_t> bytes(kFeatures);
    for (std::uint8_t& byte : bytes) {
      byte = random.NextBelow(2) == 0 ? 0 : 255;
    }
    floats.Run(Preprocess(folded->network.input, bytes));
    integers.Run(ActiveLines(folded->network.input, bytes));
    wrong += integers.predicted_class() != floats.predicted_class() ? 1 : 0;
  }
  return wrong;
}

TEST(FoldReadoutTest, RealBiasesOrderClassesExactly) {
  EXPECT_EQ(CountWrongClasses(10, {}), 0);
  EXPECT_EQ(CountWrongClasses(3, {}), 0);
  EXPECT_EQ(CountWrongClasses(1, {}), 0);
  EXPECT_EQ(CountWrongClasses(6, {0.5, 0.5, 0.5, 0.5, 0.5, 0.5}), 0);
}

TEST(FoldReadoutTest, SoDoRealScalesOfClassesThatFitACore) {
  EXPECT_EQ(CountWrongClasses(5, {0.31, 0.47, 1.21, 0.9, 0.333}), 0);
}

// Biases that no lattice holds: there are more values than levels, but a level for each sum, so
// that wide layers are split exactly.
TEST(FoldReadoutTest, LogitsThatRiseAlikeHaveEquallyManyLevelsForEachSum) {
  constexpr std::int32_t kFeatures = 400;
  constexpr std::int32_t kClasses = 5;
  std::vector<float> weights;
  for (std::int32_t i = 0; i < kClasses * kFeatures; ++i) {
    weights.push_back(i * i % 7 < 3 + i / kFeatures % 2 ? 1.0F : -1.0F);
  }
  const TestNetwork builder = TestNetwork({1, 1, 1})
                                  .Step({.threshold = 0.5})
                                  .Dense(kFeatures, std::vector<float>(kFeatures, 1.0F))
                                  .Step({.threshold = 0.5})
                                  .Dense(kClasses, weights, {0.1F, 13.7F, -5.3F, 0.77F, -9.21F});
  const SpikingNetwork network = Folded(builder);
  const SpikingLayer& layer = network.layers[1];
  const std::size_t levels = layer.thresholds.size() / kClasses;
  for (std::size_t c = 0; c < kClasses; ++c) {
    const auto first = weights.begin() + static_cast<std::ptrdiff_t>(c * kFeatures);
    const auto least = -std::count(first, first + kFeatures, -1.0F);
    const auto of_class = std::span(layer.thresholds).subspan(c * levels, levels);
    const auto per_sum = std::ranges::count(of_class, least + 1);
    EXPECT_GT(per_sum, 0) << "class " << c;
    for (std::int64_t sum = least + 1; sum <= least + kFeatures; ++sum) {
      EXPECT_EQ(std::ranges::count(of_class, sum), per_sum) << "class " << c << ", sum " << sum;
    }
  }
}

TEST(FoldReadoutTest, OutputThatIsNotOneValueAClassIsRefused) {
  ExpectRefused(TestNetwork({1, 1, 2})
                    .Step({.threshold = 0.5})
                    .Convolution({}, 1, 2, {1, -1})
                    .Step({.threshold = 0.5})
                    .Convolution({}, 1, 2, {1, 0, 0, 1}),
                {"node \"conv3\"", "{2, 1, 2}", "one value a class"});
}

TEST(FoldReadoutTest, OutputsThatFallWithTheSpikeAreRefused) {
  ExpectRefused(Features(0.0).Affine(-1.0, 0.0), {"0 without and -1 with a spike"});
}

}  // namespace
}  // namespace spikemesh
