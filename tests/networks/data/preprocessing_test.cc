// SPDX-License-Identifier: Apache-2.0
#include "networks/data/preprocessing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

InputModel TwoChannels() {
  InputModel input;
  input.shape = {2, 1, 2};
  input.range_max = 255.0;
  input.mean = {10.0, 20.0};
  input.scale = {1.0, 2.0};
  return input;
}

TEST(PreprocessImageTest, EachChannelHasItsOwnMeanAndScale) {
  EXPECT_THAT(PreprocessImage(TwoChannels(), std::vector<std::uint8_t>{10, 11, 20, 24}),
              ElementsAre(0.0, 1.0, 0.0, 2.0));
}

TEST(CheckPreprocessingTest, EachPartThatDoesNotFitIsInvalid) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto code_after = [](void (*spoil)(InputModel&)) {
    InputModel input = TwoChannels();
    spoil(input);
    return CheckPreprocessing(input).code();
  };
  constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code_after([](InputModel&) {}), absl::StatusCode::kOk);
  EXPECT_EQ(code_after([](InputModel& m) { m.scale[0] = -1.0; }), absl::StatusCode::kOk);
  EXPECT_EQ(code_after([](InputModel& m) { m.shape[0] = -1; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.shape[1] = 0; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.shape[0] = 3; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.mean.pop_back(); }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.scale.pop_back(); }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.scale[1] = 0.0; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.scale[1] = kInfinity; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.mean[1] = std::nan(""); }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.range_max = 0.0; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.range_max = kInfinity; }), kInvalid);
}

}  // namespace
}  // namespace spikemesh
