// SPDX-License-Identifier: Apache-2.0
// The choice of the mode, and of each layer's weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "converters/spiking/choose_mode.h"
#include "converters/spiking/choose_weights.h"
#include "tests/testing/network_builder.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ChooseModeTest, StepsArePipelinedAlsoBehindAClip) {
  const auto mode = ChooseMode(NetworkBuilder({2, 1, 1})
                                   .Step({.threshold = 0.5})
                                   .Dense(2, {1, 1, 1, -1})
                                   .Clip({.low = -1.0, .high = 1.0})
                                   .Sign()
                                   .Dense(2, {1, 0, 0, 1})
                                   .Build());
  ASSERT_TRUE(mode.ok()) << mode.status();
  EXPECT_EQ(mode->mode, PresentationMode::kPipelined);
}

TEST(ChooseModeTest, AnyOtherActivationNeedsRatesAndIsNamed) {
  const auto mode = ChooseMode(NetworkBuilder({2, 1, 1})
                                   .Dense(2, {1, 1, 1, -1})
                                   .Clip({.low = 0.0, .high = 6.0})
                                   .Dense(2, {1, 0, 0, 1})
                                   .Build());
  ASSERT_TRUE(mode.ok()) << mode.status();
  EXPECT_EQ(mode->mode, PresentationMode::kRate);
  EXPECT_THAT(mode->reason, HasSubstr("\"clip1\""));
}

// Ternary weights cost layer 0 a hundredth and layer 1 a tenth; int4 costs nothing.
absl::StatusOr<double> Accuracy(const std::vector<WeightKind>& kinds) {
  return 0.9 - (kinds[0] == WeightKind::kTernary ? 0.01 : 0.0) -
         (kinds[1] == WeightKind::kTernary ? 0.1 : 0.0);
}

TEST(ChooseWeightsTest, CheapestFormWithinTheBoundLargestLayerFirst) {
  const auto loose = ChooseWeights({100, 50, 0}, 0.02, Accuracy);
  ASSERT_TRUE(loose.ok());
  EXPECT_THAT(loose->kinds,
              ElementsAre(WeightKind::kTernary, WeightKind::kInt4, WeightKind::kCodebook));
  EXPECT_DOUBLE_EQ(loose->accuracy, 0.89);
  EXPECT_DOUBLE_EQ(loose->best_accuracy, 0.9);
  const auto strict = ChooseWeights({100, 50, 0}, 0.005, Accuracy);
  ASSERT_TRUE(strict.ok());
  EXPECT_THAT(strict->kinds,
              ElementsAre(WeightKind::kInt4, WeightKind::kInt4, WeightKind::kCodebook));
}

TEST(ChooseWeightsTest, AnEvaluationThatFailsEndsTheChoice) {
  const auto fails = [](const std::vector<WeightKind>&) -> absl::StatusOr<double> {
    return absl::OutOfRangeError("no");
  };
  EXPECT_EQ(ChooseWeights({1}, 0.1, fails).status().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace spikemesh
