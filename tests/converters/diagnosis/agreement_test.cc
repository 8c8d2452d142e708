// SPDX-License-Identifier: Apache-2.0
#include "converters/diagnosis/agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

TEST(AgreementTest, CorrelationOfBitsIsThatOfTheirFourCounts) {
  // Both 1 twice, only x twice, neither four times: covariance 2 - 4 * 2 / 8 = 1, variances
  // 4 - 4 * 4 / 8 = 2 and 2 - 2 * 2 / 8 = 1.5.
  Agreement agreement(1);
  agreement.Add(std::vector<double>{1, 1, 1, 1}, std::vector<double>{1, 1, 0, 0});
  agreement.Add(std::vector<double>{0, 0, 0, 0}, std::vector<double>{0, 0, 0, 0});
  EXPECT_DOUBLE_EQ(*agreement.Correlation(std::vector<double>{1}), 1.0 / std::sqrt(2.0 * 1.5));
}

TEST(AgreementTest, StraightLinesCorrelateWholly) {
  Agreement agreement(1);
  agreement.Add(std::vector<double>{1, 3, 5}, std::vector<double>{0, 1, 2});
  EXPECT_DOUBLE_EQ(*agreement.Correlation(std::vector<double>{1}), 1.0);
  EXPECT_DOUBLE_EQ(*agreement.Correlation(std::vector<double>{-2}), -1.0);
}

TEST(AgreementTest, FactorsAreLeastSquaresByChannel) {
  // Channel 0: (1 * 1 + 2 * 3) / (1 + 4); channel 1 is always 0 in the spiking network.
  Agreement agreement(2);
  agreement.Add(std::vector<double>{1, 3, 7, 9}, std::vector<double>{1, 2, 0, 0});
  EXPECT_THAT(agreement.Factors(), ElementsAre(7.0 / 5.0, 0.0));
}

TEST(AgreementTest, ChannelsOfOtherUnitsCorrelateThroughTheirFactors) {
  // x = 2 y in channel 0 and 100 y in channel 1.
  Agreement agreement(2);
  agreement.Add(std::vector<double>{2, 4, 0, 100}, std::vector<double>{1, 2, 0, 1});
  EXPECT_LT(*agreement.Correlation(std::vector<double>{1, 1}), 0.5);
  EXPECT_DOUBLE_EQ(*agreement.Correlation(agreement.Factors()), 1.0);
}

TEST(AgreementTest, WhatNeverChangesHasNoCorrelation) {
  Agreement none(1);
  EXPECT_EQ(none.Correlation(std::vector<double>{1}), std::nullopt);
  Agreement constant(1);
  constant.Add(std::vector<double>{0.1, 0.1, 0.1}, std::vector<double>{0, 1, 0});
  EXPECT_EQ(constant.Correlation(std::vector<double>{1}), std::nullopt);
  Agreement silent(1);
  silent.Add(std::vector<double>{1, 2}, std::vector<double>{0, 0});
  EXPECT_EQ(silent.Correlation(silent.Factors()), std::nullopt);
}

}  // namespace
}  // namespace spikemesh
