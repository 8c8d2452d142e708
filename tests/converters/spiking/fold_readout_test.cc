// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_readout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "tests/testing/network_builder.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Four features of 0/1, or -1/+1.
NetworkBuilder Features(double low) {
  return NetworkBuilder({2, 1, 1})
      .Step({.threshold = 0.5})
      .Dense(4, {1, 0, 0, 1, 1, 1, 1, -1})
      .Step({.threshold = 0.5, .strict = false, .low = low, .high = 1.0});
}

SpikingNetwork Folded(const NetworkBuilder& builder) {
  const auto folded = FoldNetwork(builder.Build(), {});
  EXPECT_TRUE(folded.ok()) << folded.status();
  return folded.ok() ? *folded : SpikingNetwork{};
}

void ExpectRefused(const NetworkBuilder& builder, const std::vector<std::string>& parts) {
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
  const SpikingNetwork network = Folded(NetworkBuilder({1, 1, 2})
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

TEST(FoldReadoutTest, WeightsThatWeighAreRefused) {
  ExpectRefused(Features(0.0).Dense(2, {1, 0, 0, 0, 0, 2, 0, 0}),
                {"node \"conv3\"", "weight 2", "feature 1", "the host counts"});
  ExpectRefused(Features(0.0).Dense(2, {-1, 0, 0, 0, 0, -1, 0, 0}), {"weight -1", "positive"});
}

TEST(FoldReadoutTest, FeatureThatVotesTwiceIsRefused) {
  ExpectRefused(Features(0.0).Dense(2, {1, 0, 0, 0, 1, 0, 0, 0}),
                {"node \"conv3\"", "feature 0", "classes 0 and 1"});
}

TEST(FoldReadoutTest, UnequalBiasesAreRefused) {
  ExpectRefused(Features(0.0).Dense(2, {1, 0, 0, 0, 0, 1, 0, 0}, {0, 0.25F}),
                {"node \"conv3\"", "biases from 0 to 0.25"});
}

TEST(FoldReadoutTest, UnequalVotersAreRefusedOnlyWhereSilenceCounts) {
  const std::vector<float> weights = {1, 1, 1, 0, 0, 0, 0, 1};
  EXPECT_THAT(Folded(Features(0.0).Dense(2, weights)).output_classes, ElementsAre(0, 0, 0, 1));
  ExpectRefused(Features(-1.0).Dense(2, weights), {"node \"conv3\"", "1..3 features", "-1"});
}

TEST(FoldReadoutTest, FunctionsThatReorderClassesAreRefused) {
  const NetworkBuilder votes = Features(0.0).Dense(2, {1, 0, 0, 0, 0, 1, 0, 0});
  ExpectRefused(NetworkBuilder(votes).Affine({1, 2}, {0, 0}), {"node \"affine4\"", "reorders"});
  ExpectRefused(NetworkBuilder(votes).Affine({1, 1}, {0, 1}), {"node \"affine4\""});
  ExpectRefused(NetworkBuilder(votes).Affine(-1, 0), {"node \"affine4\""});
  ExpectRefused(
      NetworkBuilder(votes).BatchNorm(
          {.gamma = {1, 1}, .beta = {0, 0}, .mean = {0, 1}, .variance = {1, 1}, .epsilon = 0}),
      {"node \"bn4\""});
}

TEST(FoldReadoutTest, ConvolutionThatIsNotDenseIsRefused) {
  ExpectRefused(NetworkBuilder({1, 1, 2})
                    .Step({.threshold = 0.5})
                    .Convolution({}, 1, 2, {1, -1})
                    .Step({.threshold = 0.5})
                    .Convolution({}, 1, 2, {1, 0, 0, 1}),
                {"node \"conv3\"", "{2, 1, 2}", "only a dense layer"});
}

TEST(FoldReadoutTest, OutputsThatFallWithTheSpikeAreRefused) {
  ExpectRefused(Features(0.0).Affine(-1.0, 0.0), {"0 without and -1 with a spike"});
}

}  // namespace
}  // namespace spikemesh
