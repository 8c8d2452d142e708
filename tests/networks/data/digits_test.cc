// SPDX-License-Identifier: Apache-2.0
#include "networks/data/digits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/base/sha256.h"
#include "networks/data/digit_styles.h"

namespace spikemesh {
namespace {

std::string_view AsText(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(DigitsTest, ShapeAndClassesAreThoseOfMnist) {
  const Dataset set = MakeDigits(20, 1, DatasetSplit::kTest);
  EXPECT_EQ(set.channels, 1);
  EXPECT_EQ(set.height, 28);
  EXPECT_EQ(set.width, 28);
  EXPECT_EQ(set.size(), 20);
  EXPECT_EQ(set.pixels.size(), 20u * 28u * 28u);
  EXPECT_EQ(set.class_names.size(), 10u);
  EXPECT_EQ(MakeDigits(0, 1, DatasetSplit::kTest).size(), 0);
}

// The golden bytes: a change of the drawing changes every result reported on `digits`.
TEST(DigitsTest, FirstHundredImagesAreTheSameBytesOnEveryMachine) {
  const Dataset set = MakeDigits(100, 1, DatasetSplit::kTest);
  EXPECT_EQ(Sha256Hex(AsText(set.pixels)),
            "a1adae6d45c25e3f922ec17754c8835815c6ce4c230ded80474f65a1953445b9");
  EXPECT_EQ(Sha256Hex(AsText(set.labels)),
            "d2b28121ea90c8cda077b5ef225247fd340a1b14bece243fb151742bc9d04b6a");
}

TEST(DigitsTest, ImageDoesNotDependOnHowManyAreAskedFor) {
  const Dataset few = MakeDigits(13, 1, DatasetSplit::kTrain);
  const Dataset many = MakeDigits(40, 1, DatasetSplit::kTrain);
  EXPECT_TRUE(std::equal(few.labels.begin(), few.labels.end(), many.labels.begin()));
  EXPECT_TRUE(std::equal(few.pixels.begin(), few.pixels.end(), many.pixels.begin()));
}

TEST(DigitsTest, SplitsAndSeedsGiveOtherImagesInOtherOrder) {
  const Dataset train = MakeDigits(50, 1, DatasetSplit::kTrain);
  const Dataset test = MakeDigits(50, 1, DatasetSplit::kTest);
  const Dataset seed2 = MakeDigits(50, 2, DatasetSplit::kTrain);
  EXPECT_NE(train.labels, test.labels);
  EXPECT_NE(train.labels, seed2.labels);
  for (std::int64_t i = 0; i < 50; ++i) {
    EXPECT_FALSE(std::ranges::equal(train.image(i), test.image(i))) << i;
    EXPECT_FALSE(std::ranges::equal(train.image(i), seed2.image(i))) << i;
  }
}

TEST(DigitsTest, EachTenHoldEveryLabelOnceInVaryingOrder) {
  const Dataset set = MakeDigits(100, 1, DatasetSplit::kTrain);
  for (auto ten = set.labels.begin(); ten != set.labels.end(); ten += 10) {
    EXPECT_TRUE(
        std::is_permutation(ten, ten + 10, std::array{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}.begin()));
  }
  EXPECT_FALSE(std::equal(set.labels.begin(), set.labels.begin() + 10, set.labels.begin() + 10));
}

TEST(DigitsTest, InkIsThinAndInTheMiddle) {
  constexpr int kInk = 64;
  const Dataset set = MakeDigits(1000, 1, DatasetSplit::kTest);
  for (std::int64_t i = 0; i < set.size(); ++i) {
    int inked = 0;
    int sum_x = 0;
    int sum_y = 0;
    for (int p = 0; p < set.image_bytes(); ++p) {
      if (set.image(i)[p] >= kInk) {
        ++inked;
        sum_x += p % kDigitsImageSize;
        sum_y += p / kDigitsImageSize;
      }
    }
    ASSERT_GE(inked, 20) << i;
    EXPECT_LT(inked, set.image_bytes() / 2) << i;
    // The centre of mass lies within 7 pixels of the image's middle, 13.5.
    EXPECT_LT(std::abs(2 * sum_x - 27 * inked), 2 * 7 * inked) << i;
    EXPECT_LT(std::abs(2 * sum_y - 27 * inked), 2 * 7 * inked) << i;
  }
}

// Classifies each test image by the nearest mean image of a class.
double NearestMeanAccuracy(const Dataset& train, const Dataset& test) {
  const std::int64_t pixels = train.image_bytes();
  std::vector<double> means(10 * pixels);
  for (std::int64_t i = 0; i < train.size(); ++i) {
    for (std::int64_t p = 0; p < pixels; ++p) {
      means[train.labels[i] * pixels + p] +=
          10.0 * train.image(i)[p] / static_cast<double>(train.size());
    }
  }
  int right = 0;
  for (std::int64_t i = 0; i < test.size(); ++i) {
    std::array<double, 10> distances = {};
    for (int label = 0; label < 10; ++label) {
      for (std::int64_t p = 0; p < pixels; ++p) {
        const double difference = test.image(i)[p] - means[label * pixels + p];
        distances[label] += difference * difference;
      }
    }
    const auto nearest = std::min_element(distances.begin(), distances.end());
    right += nearest - distances.begin() == test.labels[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(test.size());
}

TEST(DigitsTest, ClassesAreNeitherTrivialNorHopelessForMeanImages) {
  const double accuracy = NearestMeanAccuracy(MakeDigits(5000, 1, DatasetSplit::kTrain),
                                              MakeDigits(1000, 1, DatasetSplit::kTest));
  EXPECT_GT(accuracy, 0.60);
  EXPECT_LT(accuracy, 0.80);
}

TEST(DigitStylesTest, EveryDigitHasSeveralStylesWhoseStrokesNameTheirPoints) {
  for (int digit = 0; digit < 10; ++digit) {
    EXPECT_GE(StylesOfDigit(digit).size(), 3u) << digit;
    for (const DigitStyle& style : StylesOfDigit(digit)) {
      EXPECT_GT(style.weight, 0);
      std::vector<bool> used(style.points.size());
      for (const char letter : style.strokes) {
        if (letter != ' ') {
          ASSERT_LT(static_cast<std::size_t>(letter - 'a'), used.size()) << style.strokes;
          used[letter - 'a'] = true;
        }
      }
      EXPECT_EQ(std::count(used.begin(), used.end(), false), 0) << digit << " " << style.strokes;
    }
  }
}

}  // namespace
}  // namespace spikemesh
