// SPDX-License-Identifier: Apache-2.0
// The choice of the mode, and of each layer's weights; max pools as rate mode takes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "converters/spiking/average_pools.h"
#include "converters/spiking/choose_mode.h"
#include "converters/spiking/choose_weights.h"
#include "networks/ir/run_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ChooseModeTest, StepsArePipelinedAlsoBehindAClip) {
  const auto mode = ChooseMode(TestNetwork({2, 1, 1})
                                   .Step({.threshold = 0.5})
                                   .Dense(2, {1, 1, 1, -1})
                                   .Clip({.low = -1.0, .high = 1.0})
                                   .Sign()
                                   .Dense(2, {1, 0, 0, 1})
                                   .Build());
  ASSERT_TRUE(mode.ok()) << mode.status();
  EXPECT_EQ(mode->mode, PresentationMode::kPipelined);
}

// Of one bit, as quantised networks have it: clip, then round.
TEST(ChooseModeTest, RoundingToTwoValuesIsAStep) {
  const auto mode_of = [](double high) {
    return ChooseMode(TestNetwork({2, 1, 1})
                          .Step({.threshold = 0.5})
                          .Dense(2, {1, 1, 1, -1})
                          .Clip({.low = 0.0, .high = high})
                          .Round({Rounding::kFloor})
                          .Dense(2, {1, 0, 0, 1})
                          .Build());
  };
  EXPECT_EQ(mode_of(1.0)->mode, PresentationMode::kPipelined);
  EXPECT_EQ(mode_of(2.0)->mode, PresentationMode::kRate);
}

constexpr PoolNode kHalves = {
    .kind = PoolKind::kMax, .window = {.kernel_y = 2, .kernel_x = 2, .stride_y = 2, .stride_x = 2}};

TEST(ChooseModeTest, MaxPoolOfSumsAheadOfAStepIsPipelined) {
  const auto mode = ChooseMode(TestNetwork({1, 4, 4})
                                   .Sign()
                                   .Convolution({}, 1, 1, {1})
                                   .Pool(kHalves)
                                   .Affine(-2.0, 0.5)
                                   .Sign()
                                   .Flatten()
                                   .Dense(1, {1, 1, 1, 1})
                                   .Build());
  ASSERT_TRUE(mode.ok()) << mode.status();
  EXPECT_EQ(mode->mode, PresentationMode::kPipelined);
}

TEST(ChooseModeTest, ReluBehindAMaxPoolOfSumsNeedsRates) {
  const auto mode = ChooseMode(TestNetwork({1, 4, 4})
                                   .Convolution({}, 1, 1, {1})
                                   .Pool(kHalves)
                                   .Clip({.low = 0.0, .high = 1e30})
                                   .Flatten()
                                   .Dense(1, {1, 1, 1, 1})
                                   .Build());
  ASSERT_TRUE(mode.ok()) << mode.status();
  EXPECT_EQ(mode->mode, PresentationMode::kRate);
  EXPECT_THAT(mode->reason, HasSubstr("\"clip2\""));
}

TEST(AverageMaxPoolsTest, ActivationBehindAPoolOfSumsGoesAheadWithWhatIsBetween) {
  const Network network = TestNetwork({1, 4, 4})
                              .Convolution({}, 1, 1, {1})
                              .Pool(kHalves)
                              .Affine(2.0, -6.0)
                              .Clip({.low = 0.0, .high = 1e30})
                              .Flatten()
                              .Dense(1, {1, 1, 1, 1})
                              .Build();
  const AveragedPools averaged = AverageMaxPools(network);
  EXPECT_EQ(averaged.replaced, 1);
  std::vector<std::string> names;
  for (const NetworkNode& node : averaged.network.nodes) {
    names.push_back(node.name);
  }
  EXPECT_THAT(names, ElementsAre("conv0", "affine2", "clip3", "pool1", "reshape4", "conv5"));
  EXPECT_EQ(averaged.network.nodes[2].shape, (FeatureShape{1, 4, 4}));
  EXPECT_EQ(averaged.network.nodes[3].shape, (FeatureShape{1, 2, 2}));
  NetworkRunner runner(averaged.network);
  const std::vector<double> image = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  // Of ReLU(2 x - 6): means of (0, 0, 2, 4), of (0, 0, 6, 8), and 15 and 19.
  EXPECT_THAT(runner.Run(image)[3], ElementsAre(1.5, 3.5, 15, 19));
}

TEST(AverageMaxPoolsTest, PoolOfActivationsStaysWhereItIs) {
  const Network network = TestNetwork({1, 4, 4})
                              .Convolution({}, 1, 1, {1})
                              .Clip({.low = 0.0, .high = 1e30})
                              .Pool(kHalves)
                              .Clip({.low = 0.0, .high = 4.0})
                              .Build();
  const AveragedPools averaged = AverageMaxPools(network);
  EXPECT_EQ(averaged.replaced, 1);
  EXPECT_EQ(averaged.network.nodes[2].name, "pool2");
  EXPECT_EQ(std::get<PoolNode>(averaged.network.nodes[2].operation).kind, PoolKind::kAverage);
}

TEST(ChooseModeTest, AnyOtherActivationNeedsRatesAndIsNamed) {
  const auto mode = ChooseMode(TestNetwork({2, 1, 1})
                                   .Dense(2, {1, 1, 1, -1})
                                   .Clip({.low = 0.0, .high = 6.0})
                                   .Dense(2, {1, 0, 0, 1})
                                   .Build());
  ASSERT_TRUE(mode.ok()) << mode.status();
  EXPECT_EQ(mode->mode, PresentationMode::kRate);
  EXPECT_THAT(mode->reason, HasSubstr("\"clip1\""));
}

// Ternary weights cost layer 0 a hundredth and layer 1 a tenth; codebooks cost nothing.
absl::StatusOr<double> Accuracy(const std::vector<WeightKind>& kinds) {
  return 0.9 - (kinds[0] == WeightKind::kTernary ? 0.01 : 0.0) -
         (kinds[1] == WeightKind::kTernary ? 0.1 : 0.0);
}

TEST(ChooseWeightsTest, CheapestFormWithinTheBoundLargestLayerFirst) {
  const auto loose = ChooseWeights({100, 50, 0}, 0.02, Accuracy);
  ASSERT_TRUE(loose.ok());
  EXPECT_THAT(loose->kinds,
              ElementsAre(WeightKind::kTernary, WeightKind::kCodebook, WeightKind::kCodebook));
  EXPECT_DOUBLE_EQ(loose->accuracy, 0.89);
  EXPECT_DOUBLE_EQ(loose->best_accuracy, 0.9);
  const auto strict = ChooseWeights({100, 50, 0}, 0.005, Accuracy);
  ASSERT_TRUE(strict.ok());
  EXPECT_THAT(strict->kinds,
              ElementsAre(WeightKind::kCodebook, WeightKind::kCodebook, WeightKind::kCodebook));
}

TEST(ChooseWeightsTest, AnEvaluationThatFailsEndsTheChoice) {
  const auto fails = [](const std::vector<WeightKind>&) -> absl::StatusOr<double> {
    return absl::OutOfRangeError("no");
  };
  EXPECT_EQ(ChooseWeights({1}, 0.1, fails).status().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace spikemesh
