// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/random.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

// A network of one node over `input_shape`.
Network OneNode(FeatureShape input_shape, NodeOperation operation, FeatureShape output_shape) {
  Network network;
  network.input_shape = input_shape;
  network.nodes.push_back({"node", {kNetworkInput}, std::move(operation), output_shape});
  return network;
}

std::vector<double> RunOnce(const Network& network, std::vector<double> input) {
  NetworkRunner runner(network);
  return runner.Run(input).back();
}

TEST(FactorWeightsTest, BinaryWeightsFactorIntoSignsAndTheirMagnitude) {
  const float magnitude = 0.0371F;
  const auto factored = FactorWeights(std::vector<float>{magnitude, -magnitude, -magnitude});
  ASSERT_TRUE(factored.has_value());
  EXPECT_EQ(factored->scale, double{magnitude});
  EXPECT_THAT(factored->values, ElementsAre(1, -1, -1));
}

TEST(FactorWeightsTest, ZeroWeightsGiveScaleOne) {
  const auto factored = FactorWeights(std::vector<float>{0.0F, -0.0F});
  ASSERT_TRUE(factored.has_value());
  EXPECT_EQ(factored->scale, 1.0);
  EXPECT_THAT(factored->values, ElementsAre(0, 0));
}

TEST(FactorWeightsTest, NoWeightsFactor) {
  const auto factored = FactorWeights({});
  ASSERT_TRUE(factored.has_value());
  EXPECT_TRUE(factored->values.empty());
}

TEST(FactorWeightsTest, MultiplesAreCoprime) {
  const auto factored = FactorWeights(std::vector<float>{4.0F, -6.0F, 10.0F});
  ASSERT_TRUE(factored.has_value());
  EXPECT_EQ(factored->scale, 2.0);
  EXPECT_THAT(factored->values, ElementsAre(2, -3, 5));
}

TEST(FactorWeightsTest, Multiple255IsFoundAnd256Refused) {
  const auto factored = FactorWeights(std::vector<float>{1.0F, 255.0F});
  ASSERT_TRUE(factored.has_value());
  EXPECT_THAT(factored->values, ElementsAre(1, 255));
  EXPECT_FALSE(FactorWeights(std::vector<float>{1.0F, 256.0F}).has_value());
}

TEST(FactorWeightsTest, UnrelatedWeightsDoNotFactor) {
  EXPECT_FALSE(
      FactorWeights(std::vector<float>{1.0F, std::sqrt(2.0F), std::exp(1.0F)}).has_value());
}

TEST(FactorWeightsTest, OneFloatAwayFromAMultipleDoesNotFactor) {
  EXPECT_TRUE(FactorWeights(std::vector<float>{0.1F, 0.2F}).has_value());
  EXPECT_FALSE(FactorWeights(std::vector<float>{0.1F, std::nextafter(0.2F, 1.0F)}).has_value());
}

TEST(FactorWeightsTest, NonFiniteWeightsDoNotFactor) {
  EXPECT_FALSE(FactorWeights(std::vector<float>{std::nanf("")}).has_value());
  EXPECT_FALSE(
      FactorWeights(std::vector<float>{std::numeric_limits<float>::infinity()}).has_value());
}

TEST(FactorWeightsTest, SmallestAndLargestFloatsFactor) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  const auto small = FactorWeights(std::vector<float>{tiny, -3 * tiny});
  ASSERT_TRUE(small.has_value());
  EXPECT_THAT(small->values, ElementsAre(1, -3));
  const float huge = std::numeric_limits<float>::max();
  const auto large = FactorWeights(std::vector<float>{huge, -huge});
  ASSERT_TRUE(large.has_value());
  EXPECT_THAT(large->values, ElementsAre(1, -1));
}

// Property: whatever multiples a quantiser chose, rounded to floats, come back up to their greatest
// common divisor, and reproduce every weight.
TEST(FactorWeightsTest, EveryQuantisedChannelFactorsBackIntoItsMultiples) {
  RandomSequence random(7, 0);
  for (int round = 0; round < 500; ++round) {
    const auto scale = static_cast<float>(std::exp(8 * random.NextUnit() - 6));
    const std::uint32_t bound = 1 + random.NextBelow(255);
    std::vector<std::int32_t> multiples;
    std::vector<float> weights;
    std::int32_t divisor = 0;
    for (int i = 0; i < 40; ++i) {
      const std::int32_t multiple =
          static_cast<std::int32_t>(random.NextBelow(2 * bound + 1)) - std::int32_t(bound);
      multiples.push_back(multiple);
      weights.push_back(scale * static_cast<float>(multiple));
      divisor = std::gcd(divisor, multiple);
    }
    const auto factored = FactorWeights(weights);
    ASSERT_TRUE(factored.has_value()) << "round " << round;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      EXPECT_EQ(factored->values[i] * divisor, multiples[i]);
      EXPECT_EQ(static_cast<float>(factored->scale * factored->values[i]), weights[i]);
    }
  }
}

TEST(RunNetworkTest, BatchNormIsEvaluatedAsWritten) {
  const BatchNormNode node{{2.0F}, {0.5F}, {3.0F}, {4.0F}, 0.0};
  EXPECT_EQ(ApplyBatchNorm(node, 0, 7.0), 2.0 * (7.0 - 3.0) / 2.0 + 0.5);
}

TEST(RunNetworkTest, StepAtItsThresholdIsHighUnlessStrict) {
  EXPECT_TRUE(StepIsHigh({0.5, false, 0, 1}, 0.5));
  EXPECT_FALSE(StepIsHigh({0.5, true, 0, 1}, 0.5));
  EXPECT_TRUE(StepIsHigh({0.5, true, 0, 1}, std::nextafter(0.5, 1.0)));
  EXPECT_FALSE(StepIsHigh({0.5, false, 0, 1}, std::nextafter(0.5, 0.0)));
}

TEST(RunNetworkTest, StepTakesMinusZeroAsZero) { EXPECT_TRUE(StepIsHigh({}, -0.0)); }

TEST(RunNetworkTest, DenseLayerIsAMatrixProductPlusBias) {
  ConvolutionNode dense;
  dense.weights = {1, 2, 3, 4, 5, 6};  // two outputs, three inputs
  dense.bias = {10, 20};
  const Network network = OneNode({3}, dense, {2});
  EXPECT_THAT(RunOnce(network, {1, 10, 100}), ElementsAre(1 + 20 + 300 + 10, 4 + 50 + 600 + 20));
}

TEST(RunNetworkTest, TieAtAScaledSumIsExact) {
  // Three times float(0.1) minus float(0.3): zero only where multiples are summed.
  ConvolutionNode dense;
  dense.weights = {0.1F, 0.1F, 0.1F, -0.1F, -0.1F, -0.1F};
  dense.bias = {0};
  const Network network = OneNode({6}, dense, {1});
  EXPECT_THAT(RunOnce(network, {1, 1, 1, 1, 1, 1}), ElementsAre(0.0));
  EXPECT_THAT(RunOnce(network, {0.5, 1, 1, 0.25, 1, 1}), ElementsAre(double{0.1F} * 0.25));
}

TEST(RunNetworkTest, WeightsThatDoNotFactorAreSummedThemselves) {
  const float root = std::sqrt(2.0F);
  const float e = std::exp(1.0F);
  ConvolutionNode dense;
  dense.weights = {root, e, 1.0F};
  dense.bias = {0.25F};
  const Network network = OneNode({3}, dense, {1});
  EXPECT_THAT(RunOnce(network, {2, -1, 3}), ElementsAre(2.0 * root - e + 3.0 + 0.25));
}

// The textbook sum, with bounds checked at each input: what the runner must equal.
std::vector<double> ReferenceConvolution(const ConvolutionNode& node, FeatureShape in,
                                         FeatureShape out, const std::vector<double>& input) {
  const WindowGeometry& w = node.window;
  const int in_group = in.channels / node.groups;
  const int out_group = out.channels / node.groups;
  std::vector<double> result;
  for (int o = 0; o < out.channels; ++o) {
    for (int at = 0; at < out.height * out.width; ++at) {
      double sum = node.bias[o];
      for (int tap = 0; tap < in_group * w.kernel_y * w.kernel_x; ++tap) {
        const int i = tap / (w.kernel_y * w.kernel_x);
        const int ky = tap / w.kernel_x % w.kernel_y;
        const int kx = tap % w.kernel_x;
        const int iy = at / out.width * w.stride_y - w.pad_top + ky * w.dilation_y;
        const int ix = at % out.width * w.stride_x - w.pad_left + kx * w.dilation_x;
        if (iy >= 0 && iy < in.height && ix >= 0 && ix < in.width) {
          const int c = o / out_group * in_group + i;
          sum += double{node.weights[((o * in_group + i) * w.kernel_y + ky) * w.kernel_x + kx]} *
                 input[(c * in.height + iy) * in.width + ix];
        }
      }
      result.push_back(sum);
    }
  }
  return result;
}

struct ConvolutionCase {
  const char* name;
  WindowGeometry window;
  std::int32_t groups;
  FeatureShape out;
};

class RunConvolutionTest : public ::testing::TestWithParam<ConvolutionCase> {};

// Integer weights and inputs, so that every order of summation gives the same number.
TEST_P(RunConvolutionTest, EqualsTheTextbookSum) {
  const ConvolutionCase& c = GetParam();
  const FeatureShape in{4, 7, 6};
  RandomSequence random(11, 0);
  ConvolutionNode node{c.window, c.groups, {}, {}};
  const int count = c.out.channels * in.channels / c.groups * c.window.kernel_y * c.window.kernel_x;
  for (int i = 0; i < count; ++i) {
    node.weights.push_back(static_cast<float>(random.NextBelow(15)) - 7.0F);
  }
  for (int i = 0; i < c.out.channels; ++i) {
    node.bias.push_back(static_cast<float>(random.NextBelow(9)) - 4.0F);
  }
  std::vector<double> input;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    input.push_back(double(random.NextBelow(5)) - 2.0);
  }
  EXPECT_EQ(RunOnce(OneNode(in, node, c.out), input), ReferenceConvolution(node, in, c.out, input));
}

INSTANTIATE_TEST_SUITE_P(
    Geometries, RunConvolutionTest,
    ::testing::Values(ConvolutionCase{"Plain", {3, 2, 1, 1, 0, 0, 0, 0, 1, 1}, 1, {5, 5, 5}},
                      ConvolutionCase{"Padded", {3, 3, 1, 1, 1, 1, 1, 1, 1, 1}, 1, {3, 7, 6}},
                      ConvolutionCase{"UnevenPads", {3, 3, 2, 1, 0, 2, 1, 0, 1, 1}, 1, {2, 3, 6}},
                      ConvolutionCase{"Strided", {3, 3, 2, 3, 0, 0, 0, 0, 1, 1}, 1, {2, 3, 2}},
                      ConvolutionCase{"Dilated", {3, 2, 1, 1, 2, 0, 0, 3, 2, 3}, 1, {2, 5, 6}},
                      ConvolutionCase{"TwoGroups", {2, 2, 1, 1, 0, 0, 0, 0, 1, 1}, 2, {6, 6, 5}},
                      ConvolutionCase{"Depthwise", {3, 3, 1, 1, 1, 1, 1, 1, 1, 1}, 4, {4, 7, 6}},
                      ConvolutionCase{
                          "PadWiderThanWindow", {1, 1, 1, 1, 3, 3, 3, 3, 1, 1}, 1, {1, 13, 12}}),
    [](const auto& param) { return param.param.name; });

TEST(RunNetworkTest, AffineStepAndReshapeActPerChannel) {
  Network network;
  network.input_shape = {2, 1, 2};
  network.nodes.push_back(
      {"affine", {kNetworkInput}, AffineNode{{2, -1}, {0, 0.5}}, network.input_shape});
  network.nodes.push_back({"step", {0}, StepNode{1.0, false, -1, 1}, network.input_shape});
  network.nodes.push_back({"flat", {1}, ReshapeNode{}, {4}});
  NetworkRunner runner(network);
  const auto& outputs = runner.Run(std::vector<double>{0.5, 0.25, -0.5, 0.5});
  EXPECT_THAT(outputs[0], ElementsAre(1.0, 0.5, 1.0, 0.0));
  EXPECT_THAT(outputs[1], ElementsAre(1, -1, 1, -1));
  EXPECT_EQ(outputs[2], outputs[1]);
}

TEST(RunNetworkTest, TwoNodesMayReadOneSource) {
  Network network;
  network.input_shape = {1};
  network.nodes.push_back({"a", {kNetworkInput}, AffineNode{{1}, {1}}, {1}});
  network.nodes.push_back({"b", {kNetworkInput}, AffineNode{{3}, {0}}, {1}});
  network.nodes.push_back({"c", {0}, AffineNode{{10}, {0}}, {1}});
  NetworkRunner runner(network);
  const auto& outputs = runner.Run(std::vector<double>{2});
  EXPECT_EQ(outputs[1][0], 6);
  EXPECT_EQ(outputs[2][0], 30);
}

// a = x + 1, b = 3 x, c = 10 a, d = c + 2.
TEST(RunNetworkTest, RunAfterGoesOnFromOtherValuesOfANode) {
  Network network;
  network.input_shape = {1};
  network.nodes.push_back({"a", {kNetworkInput}, AffineNode{{1}, {1}}, {1}});
  network.nodes.push_back({"b", {kNetworkInput}, AffineNode{{3}, {0}}, {1}});
  network.nodes.push_back({"c", {0}, AffineNode{{10}, {0}}, {1}});
  network.nodes.push_back({"d", {2}, AffineNode{{1}, {2}}, {1}});
  NetworkRunner runner(network);
  runner.Run(std::vector<double>{2});
  const auto at = [](const std::vector<std::vector<double>>& outputs) {
    return std::vector<double>{outputs[0][0], outputs[1][0], outputs[2][0], outputs[3][0]};
  };
  EXPECT_THAT(at(runner.RunAfter(0, std::vector<double>{7})), ElementsAre(7, 6, 70, 72));
  EXPECT_THAT(at(runner.RunAfter(2, std::vector<double>{5})), ElementsAre(7, 6, 5, 7));
  EXPECT_THAT(at(runner.RunAfter(3, std::vector<double>{1})), ElementsAre(7, 6, 5, 1));
  EXPECT_THAT(at(runner.Run(std::vector<double>{2})), ElementsAre(3, 6, 30, 32));
}

TEST(RunNetworkTest, PredictedClassIsTheGreatestOutputAndTiesGoToTheLowest) {
  const Network network = OneNode({3}, ReshapeNode{}, {3});
  NetworkRunner runner(network);
  runner.Run(std::vector<double>{1, 5, 3});
  EXPECT_EQ(runner.predicted_class(), 1);
  runner.Run(std::vector<double>{4, 1, 4});
  EXPECT_EQ(runner.predicted_class(), 0);
}

}  // namespace
}  // namespace spikemesh
