// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace spikemesh {
namespace {

// Three images of one pixel.
Dataset Images(std::vector<std::uint8_t> labels) {
  Dataset images;
  images.height = images.width = 1;
  images.pixels = {1, 2, 3};
  images.labels = std::move(labels);
  return images;
}

const std::vector<std::int32_t> kPredicted = {1, 4, 1};

TEST(AnswersTest, OfLabelledImagesAreTallied) {
  const Dataset images = Images({1, 0, 2});
  const Classification found = Classify(images, kPredicted);
  EXPECT_EQ(found.class_count(), 5);
  EXPECT_EQ(found.images(), 3);
  EXPECT_EQ(found.correct(), 1);
  EXPECT_DOUBLE_EQ(AccuracyOf(images, kPredicted), 1.0 / 3.0);
  EXPECT_EQ(FormatAnswers(images, kPredicted), "image,label,predicted\n0,1,1\n1,0,4\n2,2,1\n");
  const AnswerSummary summary = SummarizeAnswers(images, std::vector{1, 0, 1}, kPredicted);
  EXPECT_EQ(summary.differing, 1);
  EXPECT_DOUBLE_EQ(summary.float_accuracy.value(), 2.0 / 3.0);
}

TEST(AnswersTest, OfImagesWithoutLabelsAreNot) {
  const Dataset images = Images({});
  EXPECT_EQ(Classify(images, kPredicted).images(), 0);
  EXPECT_EQ(FormatAnswers(images, kPredicted), "image,label,predicted\n0,,1\n1,,4\n2,,1\n");
  const AnswerSummary summary = SummarizeAnswers(images, std::vector{1, 0, 1}, kPredicted);
  EXPECT_EQ(summary.images, 3);
  EXPECT_EQ(summary.differing, 1);
  EXPECT_EQ(summary.float_accuracy, std::nullopt);
}

}  // namespace
}  // namespace spikemesh
