// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/input_moments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::IsEmpty;

// A stage of one branch, kernel 1 x 2 over 1 x 3, two groups of one channel.
struct TwoGroups {
  Branch branch;
  Stage stage;
  std::vector<StageInput> inputs;

  TwoGroups() {
    branch.source = 0;
    branch.input = {2, 1, 3};
    branch.convolution.window.kernel_x = 2;
    branch.convolution.groups = 2;
    branch.convolution.weights.assign(4, 1.0F);
    branch.convolution.bias.assign(2, 0.0F);
    branch.output = {2, 1, 2};
    stage.shape = branch.output;
    inputs.resize(1);
    inputs[0].branch = &branch;
  }
};

TEST(InputMomentsTest, CovarianceIsThatOfTheRatesInAWindow) {
  TwoGroups layer;
  // Two images; values are 4 times the rate, in channel 1 above it.
  const SampledValues values = {{4, 0, 2, 0, 0, 0}, {0, 0, 4, 0, 0, 99}};
  const std::vector<SampledRates> rates = {{&values, std::vector<float>(6, 0.25F)}};
  InputMoments moments;
  // Channel 0 sees (1, 0), (0, 0.5), (0, 0), (0, 1): means 0.25 and 0.375.
  const double kept = 1.0 - 2.0 / 4.0;
  const auto first = moments.CovarianceOf(0, layer.stage, layer.inputs, rates, 0);
  EXPECT_THAT(std::vector<float>(first.begin(), first.end()),
              ElementsAre(FloatNear(0.25F - 0.0625F, 1e-6F),
                          FloatNear(static_cast<float>(kept * -0.09375), 1e-6F),
                          FloatNear(static_cast<float>(kept * -0.09375), 1e-6F),
                          FloatNear(0.3125F - 0.140625F, 1e-6F)));
  // Channel 1 sees 0 but for one place at the greatest rate, 1.
  const auto second = moments.CovarianceOf(0, layer.stage, layer.inputs, rates, 1);
  EXPECT_THAT(std::vector<float>(second.begin(), second.end()),
              ElementsAre(0, 0, 0, FloatNear(0.25F - 0.0625F, 1e-6F)));
  // The one that was asked for first is kept.
  EXPECT_EQ(moments.CovarianceOf(0, layer.stage, layer.inputs, rates, 0).data(), first.data());
}

TEST(InputMomentsTest, PaddingIsSilent) {
  TwoGroups layer;
  layer.branch.convolution.window.pad_left = 1;
  layer.branch.output = {2, 1, 3};
  layer.stage.shape = layer.branch.output;
  const SampledValues values = {{1, 1, 1, 1, 1, 1}};
  const std::vector<SampledRates> rates = {{&values, std::vector<float>(6, 1.0F)}};
  InputMoments moments;
  // (0, 1), (1, 1), (1, 1).
  const auto found = moments.CovarianceOf(0, layer.stage, layer.inputs, rates, 0);
  EXPECT_THAT(std::vector<float>(found.begin(), found.end()),
              ElementsAre(FloatNear(2.0F / 9, 1e-6F), 0, 0, FloatNear(0.0F, 1e-6F)));
}

TEST(InputMomentsTest, WithoutSamplesThereIsNone) {
  TwoGroups layer;
  const SampledValues none;
  InputMoments moments;
  EXPECT_THAT(moments.CovarianceOf(0, layer.stage, layer.inputs, {{&none, {}}}, 0), IsEmpty());
  EXPECT_THAT(moments.CovarianceOf(0, layer.stage, layer.inputs, {{nullptr, {}}}, 0), IsEmpty());
  const SampledValues one = {{1, 1, 1, 1, 1, 1}};  // two samples of two inputs
  EXPECT_THAT(
      moments.CovarianceOf(0, layer.stage, layer.inputs, {{&one, std::vector<float>(6, 1.0F)}}, 0),
      IsEmpty());
}

}  // namespace
}  // namespace spikemesh
