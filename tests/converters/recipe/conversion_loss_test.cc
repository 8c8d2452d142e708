// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/conversion_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "core/base/remedy.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kImages = 20;

// A network of four pixels and two classes, and calibration images that all are answered alike.
struct Judged {
  Network network = TestNetwork({4, 1, 1})
                        .Step({.threshold = 0.5})
                        .Dense(2, {1, 0, 1, 0, 0, 1, 0, 1})
                        .Step({.threshold = 0.5})
                        .Build();
  SpikingNetwork spiking;
  CalibrationAnswers answers;
  ConvertReport report;

  Judged() {
    spiking = FoldNetwork(network, {})->network;
    Dataset& images = answers.images;
    images.name = "four";
    images.channels = 4;
    images.height = images.width = 1;
    images.class_names = {"0", "1"};
    images.pixels.assign(4 * kImages, 255);
    images.labels.assign(kImages, 0);
    answers.trained.assign(kImages, 0);
    answers.spiking.predicted.assign(kImages, 0);
    report.calibration = SummarizeCalibration(answers);
  }
  // As MeasureSplit would, of the first `images`.
  void SetSplit(std::int64_t images, double accuracy) {
    report.calibration->split_images = images;
    report.calibration->split_accuracy = accuracy;
    report.calibration->loss = 1.0 - accuracy;
  }
  absl::Status Judge() { return JudgeLoss(network, spiking, answers, {}, report); }
};

TEST(ConversionLossTest, NothingIsToldWithoutALoss) {
  Judged judged;
  EXPECT_TRUE(judged.Judge().ok());
  EXPECT_FALSE(judged.report.loss.has_value());
}

TEST(ConversionLossTest, LossOfSplitsIsNamed) {
  Judged judged;
  judged.SetSplit(10, 0.95);
  ASSERT_TRUE(judged.Judge().ok());
  ASSERT_TRUE(judged.report.loss.has_value());
  EXPECT_THAT(judged.report.loss->text, HasSubstr("loses 5.00 points of 100.00 %"));
  EXPECT_THAT(judged.report.loss->text, HasSubstr("5.00 points by splitting layers"));
}

// The spiking network had lost it before any layer was split.
TEST(ConversionLossTest, LossAheadOfSplitsIsNotTheirs) {
  Judged judged;
  judged.answers.spiking.predicted[3] = 1;
  judged.report.calibration = SummarizeCalibration(judged.answers);
  judged.SetSplit(kImages, 0.95);
  ASSERT_TRUE(judged.Judge().ok());
  ASSERT_TRUE(judged.report.loss.has_value());
  EXPECT_THAT(judged.report.loss->text, Not(HasSubstr("splitting")));
}

TEST(ConversionLossTest, TooGreatALossIsAnErrorThatSaysWhatHelps) {
  Judged judged;
  judged.SetSplit(10, 0.6);
  const absl::Status status = judged.Judge();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("at most 10.00 points are allowed"));
  const std::vector<Remedy> remedies = RemediesOf(status);
  ASSERT_FALSE(remedies.empty());
  EXPECT_EQ(remedies.back().kind, RemedyKind::kMaxLoss);
}

}  // namespace
}  // namespace spikemesh
