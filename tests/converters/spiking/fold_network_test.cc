// SPDX-License-Identifier: Apache-2.0
// Chains that cannot be cut into layers, and networks that are malformed.
#include "converters/spiking/fold_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/base/remedy.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/random_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

// step0 {1,2,2} -> conv1 2x2 {2,1,1} -> bn2 -> affine3 -> step4
TestNetwork Small() {
  const WindowGeometry window = {.kernel_y = 2, .kernel_x = 2};
  return TestNetwork({1, 2, 2})
      .Step({.threshold = 0.5})
      .Convolution(window, 1, 2, {1, 1, 1, 1, -1, -1, 1, 1})
      .BatchNorm({.gamma = {1, 1}, .beta = {0, 0}, .mean = {0, 0}, .variance = {1, 1}})
      .Affine({1, 2}, {0, 1})
      .Sign();
}

void ExpectStatus(const Network& network, absl::StatusCode code,
                  const std::vector<std::string>& parts) {
  const absl::Status status = FoldNetwork(network, {}).status();
  EXPECT_EQ(status.code(), code) << status;
  for (const std::string& part : parts) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

TEST(FoldNetworkTest, SmallNetworkFoldsIntoAValidSpikingNetworkOfItsName) {
  const auto folded = FoldNetwork(Small().Build(), {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_TRUE(ValidateSpiking(folded->network).ok());
  EXPECT_EQ(folded->network.name, "test");
  EXPECT_EQ(folded->network.layers.size(), 1u);
}

TEST(FoldNetworkTest, TwoLayersWithoutAStepBetweenAreRefusedByName) {
  ExpectStatus(
      Small().Dense(2, {1, 1, 1, 1}).Dense(2, {1, 1, 1, 1}).Sign().Build(),
      absl::StatusCode::kUnimplemented,
      {"node \"conv6\"", "node \"conv5\"", "without an activation", "a ReLU for rate mode"});
}

// A mean of sums is a sum: over larger windows, at greater strides.
TEST(FoldNetworkTest, AveragePoolOfSumsIsPartOfTheirLayer) {
  const WindowGeometry window = {.kernel_y = 3,
                                 .kernel_x = 2,
                                 .stride_y = 2,
                                 .stride_x = 1,
                                 .pad_top = 1,
                                 .pad_left = 1,
                                 .pad_bottom = 1,
                                 .pad_right = 0,
                                 .dilation_y = 1,
                                 .dilation_x = 2};
  RandomSequence random(3, 0);
  std::vector<float> weights(2 * 3 * 2);
  for (float& weight : weights) {
    weight = random.NextBelow(2) == 1 ? 1.0F : -1.0F;
  }
  const Network network =
      TestNetwork({1, 12, 9})
          .Step({.threshold = 0.5})
          .Convolution(window, 1, 2, weights, {0.25F, -0.5F})
          .BatchNorm({.gamma = {0.5F, -2},
                      .beta = {0.125F, 0},
                      .mean = {0.25F, -0.25F},
                      .variance = {1, 1},
                      .epsilon = 0})
          .Pool({.kind = PoolKind::kAverage,
                 .window = {.kernel_y = 2, .kernel_x = 2, .stride_y = 2, .stride_x = 1}})
          .Affine({1, 2}, {0.03125, 0.0625})
          .Sign()
          .Build();
  const auto folded = FoldNetwork(network, {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  ASSERT_EQ(folded->network.layers.size(), 1u);
  NetworkRunner floats(network);
  SpikingRunner spikes(folded->network);
  int high = 0;
  for (int image = 0; image < 50; ++image) {
    std::vector<std::uint8_t> pixels(12 * 9);
    for (std::uint8_t& pixel : pixels) {
      pixel = random.NextBelow(2) == 1 ? 255 : 0;
    }
    const std::vector<double>& expected =
        floats.Run(Preprocess(folded->network.input, pixels)).back();
    const std::vector<std::uint8_t>& found =
        spikes.Run(ActiveLines(folded->network.input, pixels)).back();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i] == 1, expected[i] == 1.0) << "image " << image << " neuron " << i;
      high += found[i];
    }
  }
  EXPECT_GT(high, 100);
}

// A step, a mean whose last windows are cut, and a dense layer: not foldable until every window
// divides by the same number. What each message says, and what comes of doing it.
TEST(FoldNetworkTest, CutAveragePoolsAreRefusedAndTheirRemediesWork) {
  const auto with = [](const PoolNode& pool) {
    return TestNetwork({1, 5, 5})
        .Step({.threshold = 0.5})
        .Pool(pool)
        .Flatten()
        .Dense(2, std::vector<float>(18, 1))
        .Sign()
        .Build();
  };
  PoolNode ceil = {.kind = PoolKind::kAverage,
                   .window = {.kernel_y = 2,
                              .kernel_x = 2,
                              .stride_y = 2,
                              .stride_x = 2,
                              .pad_bottom = 1,
                              .pad_right = 1},
                   .count_padding = true,
                   .overhang_bottom = 1,
                   .overhang_right = 1};
  const auto without_ceil = [](PoolNode pool) {
    pool.window.pad_bottom = pool.window.pad_right = 0;
    pool.overhang_bottom = pool.overhang_right = 0;
    return pool;
  };
  ExpectStatus(with(ceil), absl::StatusCode::kUnimplemented,
               {"\"pool1\"", "ceil_mode", "use ceil_mode=False", "put a ReLU ahead"});
  const Network floored = TestNetwork({1, 5, 5})
                              .Step({.threshold = 0.5})
                              .Pool(without_ceil(ceil))
                              .Flatten()
                              .Dense(2, std::vector<float>(8, 1))
                              .Sign()
                              .Build();
  EXPECT_TRUE(FoldNetwork(floored, {}).ok());
  PoolNode left_out = ceil;
  left_out.overhang_bottom = left_out.overhang_right = 0;
  left_out.count_padding = false;
  ExpectStatus(with(left_out), absl::StatusCode::kUnimplemented,
               {"\"pool1\"", "use count_include_pad=True or no padding"});
  left_out.count_padding = true;
  EXPECT_TRUE(FoldNetwork(with(left_out), {}).ok());
}

TEST(FoldNetworkTest, PaddedAveragePoolOfSumsIsRefused) {
  ExpectStatus(TestNetwork({1, 4, 4})
                   .Sign()
                   .Convolution({}, 1, 1, {1})
                   .Pool({.kind = PoolKind::kAverage,
                          .window = {.kernel_y = 2, .kernel_x = 2, .pad_top = 1},
                          .count_padding = true})
                   .Sign()
                   .Build(),
               absl::StatusCode::kUnimplemented, {"\"pool2\"", "\"conv1\"", "padding"});
}

TEST(FoldNetworkTest, StepBehindAStepIsOneStep) {
  // sign(2 s - 1) of a step s is high just where s is.
  const auto one = FoldNetwork(Small().Build(), {});
  const auto two = FoldNetwork(Small().Affine(2, -1).Sign().Build(), {});
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(one->network.layers, two->network.layers);
}

TEST(FoldNetworkTest, NetworksWithoutStepsAreSentToRateMode) {
  const Network dense = TestNetwork({4, 1, 1}).Dense(2, std::vector<float>(8, 1)).Build();
  ExpectStatus(dense, absl::StatusCode::kUnimplemented, {"0 step activations"});
  EXPECT_THAT(RemediesOf(FoldNetwork(dense, {}).status()),
              ::testing::ElementsAre(Remedy{RemedyKind::kRateMode, "for other activations"}));
  ExpectStatus(TestNetwork({4, 1, 1}).Sign().Build(), absl::StatusCode::kUnimplemented,
               {"1 step activations"});
  ExpectStatus(TestNetwork({4, 1, 1}).Build(), absl::StatusCode::kUnimplemented,
               {"0 step activations"});
}

TEST(FoldNetworkTest, NodeBesideTheChainIsRefusedByName) {
  Network network = Small().Build();
  NetworkNode stray = network.nodes[0];
  stray.name = "stray";
  network.nodes.insert(network.nodes.begin() + 1, stray);  // nodes 2.. still refer to 0 and on
  for (std::size_t i = 2; i < network.nodes.size(); ++i) {
    network.nodes[i].sources[0] = i == 2 ? 0 : static_cast<std::int32_t>(i) - 1;
  }
  ExpectStatus(network, absl::StatusCode::kUnimplemented, {"node \"stray\"", "not on the way"});
}

struct Malformed {
  const char* name;
  std::function<void(Network&)> make;
  const char* node;
  const char* message;
};

class MalformedNetworkTest : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedNetworkTest, IsInvalidArgumentThatNamesTheNode) {
  Network network = Small().Build();
  GetParam().make(network);
  ExpectStatus(network, absl::StatusCode::kInvalidArgument, {GetParam().node, GetParam().message});
}

using N = Network;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ConvolutionNode& Convolution(N& n) { return std::get<ConvolutionNode>(n.nodes[1].operation); }
BatchNormNode& BatchNorm(N& n) { return std::get<BatchNormNode>(n.nodes[2].operation); }
AffineNode& Affine(N& n) { return std::get<AffineNode>(n.nodes[3].operation); }
StepNode& Step(N& n) { return std::get<StepNode>(n.nodes[4].operation); }

INSTANTIATE_TEST_SUITE_P(
    All, MalformedNetworkTest,
    ::testing::Values(
        Malformed{"Source", [](N& n) { n.nodes[2].sources[0] = 2; }, "\"bn2\"", "source 2"},
        Malformed{"SourceBelow", [](N& n) { n.nodes[2].sources[0] = -2; }, "\"bn2\"", "source -2"},
        Malformed{"InputShape", [](N& n) { n.input_shape.width = 0; }, "input", "{1, 2, 0}"},
        Malformed{"HugeShape", [](N& n) { n.nodes[0].shape.width = 1 << 30; }, "\"step0\"",
                  "extents of"},
        Malformed{"ShapeChanges", [](N& n) { n.nodes[2].shape.channels = 3; }, "\"bn2\"",
                  "output shape {3, 1, 1}"},
        Malformed{"Kernel", [](N& n) { Convolution(n).window.kernel_x = 0; }, "\"conv1\"",
                  "window of 2 x 0"},
        Malformed{"Window", [](N& n) { Convolution(n).window.kernel_x = 1; }, "\"conv1\"",
                  "gives 1 x 2"},
        Malformed{"Groups", [](N& n) { Convolution(n).groups = 2; }, "\"conv1\"", "2 groups"},
        Malformed{"ZeroGroups", [](N& n) { Convolution(n).groups = 0; }, "\"conv1\"", "0 groups"},
        Malformed{"Weights", [](N& n) { Convolution(n).weights.pop_back(); }, "\"conv1\"",
                  "7 weights, 8"},
        Malformed{"WeightNan", [](N& n) { Convolution(n).weights[0] = std::nanf(""); }, "\"conv1\"",
                  "not finite"},
        Malformed{"Bias", [](N& n) { Convolution(n).bias.clear(); }, "\"conv1\"",
                  "0 values of bias"},
        Malformed{"Gamma", [](N& n) { BatchNorm(n).gamma.clear(); }, "\"bn2\"",
                  "0 values of gamma"},
        Malformed{"Beta", [](N& n) { BatchNorm(n).beta.clear(); }, "\"bn2\"", "0 values of beta"},
        Malformed{"Mean", [](N& n) { BatchNorm(n).mean.clear(); }, "\"bn2\"", "0 values of mean"},
        Malformed{"VarianceSize", [](N& n) { BatchNorm(n).variance.clear(); }, "\"bn2\"",
                  "0 values of variance"},
        Malformed{"Variance", [](N& n) { BatchNorm(n).variance[1] = -1; }, "\"bn2\"",
                  "variance + epsilon"},
        Malformed{"Scale", [](N& n) { Affine(n).scale.pop_back(); }, "\"affine3\"",
                  "1 values of scale"},
        Malformed{"Offset", [](N& n) { Affine(n).offset[0] = kInfinity; }, "\"affine3\"",
                  "not finite"},
        Malformed{"StepThreshold", [](N& n) { Step(n).threshold = kInfinity; }, "\"step4\"",
                  "threshold inf"},
        Malformed{"StepValues", [](N& n) { Step(n).low = 1; }, "\"step4\"", "two different"},
        Malformed{"Reshape",
                  [](N& n) {
                    n.nodes[3].operation = ReshapeNode{};
                    n.nodes[3].shape = {3, 1, 1};
                    n.nodes[4].shape = {3, 1, 1};
                  },
                  "\"affine3\"", "equal sizes"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace spikemesh
