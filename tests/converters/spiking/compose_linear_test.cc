// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/compose_linear.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "converters/spiking/choose_mode.h"
#include "converters/spiking/fold_network.h"
#include "networks/ir/run_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

constexpr WindowGeometry kPadded3 = {
    .kernel_y = 3, .kernel_x = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};

std::vector<double> OutputOf(const Network& network, const std::vector<double>& image) {
  return NetworkRunner(network).Run(image).back();
}

std::vector<double> Ramp(const FeatureShape& shape) {
  std::vector<double> image;
  for (std::int64_t i = 0; i < shape.size(); ++i) {
    image.push_back(static_cast<double>(i % 7 - 3));
  }
  return image;
}

// The only convolution of a network, and how many nodes it has.
const ConvolutionNode& OnlyConvolution(const Network& network) {
  const ConvolutionNode* found = nullptr;
  for (const NetworkNode& node : network.nodes) {
    if (const auto* convolution = std::get_if<ConvolutionNode>(&node.operation)) {
      EXPECT_EQ(found, nullptr) << "a second one: " << node.name;
      found = convolution;
    }
  }
  return *found;
}

TEST(ComposeLinearTest, DepthwiseAndPointwiseBecomeOneConvolution) {
  // 2 channels of 3x3; depthwise of one column, then a sum with weights 2 and -1.
  const Network network = TestNetwork({2, 3, 3})
                              .Convolution({.kernel_y = 3, .kernel_x = 1}, 2, 2, {1, 2, 3, 4, 5, 6})
                              .Convolution({}, 1, 1, {2, -1})
                              .Clip({})
                              .Build();
  const absl::StatusOr<Network> composed = ComposeLinear(network);
  ASSERT_TRUE(composed.ok()) << composed.status();
  const ConvolutionNode& convolution = OnlyConvolution(*composed);
  EXPECT_EQ(convolution.groups, 1);
  EXPECT_EQ(convolution.weights, (std::vector<float>{2, 4, 6, -4, -5, -6}));
  EXPECT_TRUE(convolution.precise_weights.empty());
  const std::vector<double> image = Ramp(network.input_shape);
  EXPECT_EQ(OutputOf(*composed, image), OutputOf(network, image));
}

TEST(ComposeLinearTest, NetworksThatFoldAreLeftAsTheyAre) {
  const Network network = TestNetwork({1, 4, 4})
                              .Convolution(kPadded3, 1, 2, std::vector<float>(18, 1.0F))
                              .Affine(2.0, 1.0)
                              .Clip({})
                              .Flatten()
                              .Dense(1, std::vector<float>(32, 1.0F))
                              .Build();
  const absl::StatusOr<Network> composed = ComposeLinear(network);
  ASSERT_TRUE(composed.ok());
  ASSERT_EQ(composed->nodes.size(), network.nodes.size());
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    EXPECT_EQ(composed->nodes[i].name, network.nodes[i].name);
    EXPECT_EQ(composed->nodes[i].operation.index(), network.nodes[i].operation.index());
  }
}

TEST(ComposeLinearTest, BiasAheadOfPaddingCountsOnlyWhereThereIsAnImage) {
  const Network network = TestNetwork({1, 3, 3})
                              .Convolution({}, 1, 1, {1}, {10})
                              .Convolution(kPadded3, 1, 1, std::vector<float>(9, 1.0F))
                              .Build();
  const absl::StatusOr<Network> composed = ComposeLinear(network);
  ASSERT_TRUE(composed.ok()) << composed.status();
  OnlyConvolution(*composed);
  const std::vector<double> output = OutputOf(*composed, std::vector<double>(9, 0.0));
  // Four inputs in a corner's window, six at an edge, nine in the middle.
  EXPECT_EQ(output, (std::vector<double>{40, 60, 40, 60, 90, 60, 40, 60, 40}));
}

Network PaddedBehindPadded() {
  return TestNetwork({1, 3, 3})
      .Convolution(kPadded3, 1, 1, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {1})
      .Convolution(kPadded3, 1, 1, {1, 0, -1, 2, 0, -2, 1, 0, -1})
      .Clip({})
      .Build();
}

TEST(ComposeLinearTest, PaddingOfWhatIsComputedAtABorderIsRefused) {
  const absl::Status status = ComposeLinear(PaddedBehindPadded()).status();
  EXPECT_TRUE(absl::IsUnimplemented(status)) << status;
  EXPECT_NE(status.message().find("node \"conv1\" follows node \"conv0\" (convolution) without an "
                                  "activation between; put one there"),
            status.message().npos)
      << status;
  EXPECT_NE(status.message().find("at the border"), status.message().npos) << status;
}

TEST(ComposeLinearTest, RailsCarryWhatDoesNotCompose) {
  const Network network = PaddedBehindPadded();
  const absl::StatusOr<Network> railed = ComposeLinear(network, LinearCut::kRails);
  ASSERT_TRUE(railed.ok()) << railed.status();
  const std::vector<double> image = Ramp(network.input_shape);
  EXPECT_EQ(OutputOf(*railed, image), OutputOf(network, image));
  // Two halves a value, then the layer.
  ASSERT_GE(railed->nodes.size(), 3U);
  EXPECT_EQ(railed->nodes[railed->nodes.size() - 3].name, "conv0:rails");
  EXPECT_EQ(railed->nodes[railed->nodes.size() - 3].shape.channels, 2);
}

TEST(ComposeLinearTest, WeightsThatMultiplyAreRefused) {
  const Network network = TestNetwork({512, 1, 1})
                              .Dense(1, std::vector<float>(512, 1.0F))
                              .Dense(512, std::vector<float>(512, 1.0F))
                              .Clip({})
                              .Build();
  const absl::Status status = ComposeLinear(network).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  // 512 x 512; 2^16 and 16 times the 1,024 that there are.
  EXPECT_NE(status.message().find("262144 weights, 81920 allowed"), status.message().npos)
      << status;
  EXPECT_TRUE(ComposeLinear(network, LinearCut::kRails).ok());
}

// Membrane potentials of two unrolled ticks, leaking by half, with spikes taken off.
Network UnrolledTicks() {
  Network network = TestNetwork({2, 1, 1}).Step({.threshold = 0.5}).Dense(2, {1, 2, 3, 4}).Build();
  const FeatureShape shape = {2, 1, 1};
  const auto add = [&](const char* name, std::vector<std::int32_t> sources,
                       NodeOperation operation) {
    network.nodes.push_back({name, std::move(sources), std::move(operation), shape});
    return network.output();
  };
  const std::int32_t current = network.output();
  const std::int32_t spike = add("spike", {current}, StepNode{.threshold = 2.5});
  const std::int32_t taken = add("taken", {spike}, AffineNode{{-1, -1}, {0, 0}});
  const std::int32_t rest = add("rest", {current, taken}, AddNode{});
  const std::int32_t leaked = add("leaked", {rest}, AffineNode{{0.5, 0.5}, {0, 0}});
  const std::int32_t potential = add("potential", {leaked, current}, AddNode{});
  add("next", {potential}, StepNode{.threshold = 2.5});
  return network;
}

TEST(ComposeLinearTest, AffineBetweenAdditionsIsPushedThrough) {
  const Network network = UnrolledTicks();
  const absl::StatusOr<Network> composed = ComposeLinear(network);
  ASSERT_TRUE(composed.ok()) << composed.status();
  for (int bits = 0; bits < 4; ++bits) {
    const std::vector<double> image = {bits % 2 == 1 ? 1.0 : 0.0, bits >= 2 ? 1.0 : 0.0};
    EXPECT_EQ(OutputOf(*composed, image), OutputOf(network, image));
  }
  // The layer's weights once for both ticks: 1 + 1/2 of them, and half a spike off.
  const auto* potential = &composed->nodes[composed->nodes.size() - 2];
  EXPECT_EQ(potential->name, "potential");
  EXPECT_EQ(potential->sources.size(), 2U);
  EXPECT_EQ(ChooseMode(*composed)->mode, PresentationMode::kPipelined);
}

TEST(ComposeLinearTest, AMeanIsTakenAheadOfAPointwiseLayer) {
  PoolNode mean;
  mean.kind = PoolKind::kAverage;
  mean.window = {.kernel_y = 4, .kernel_x = 4};
  const Network network = TestNetwork({2, 4, 4})
                              .Clip({})
                              .Convolution({}, 1, 2, {0, 1, 1, 0})
                              .Pool(mean)
                              .Flatten()
                              .Dense(1, {1, -2})
                              .Build();
  const absl::StatusOr<Network> composed = ComposeLinear(network);
  ASSERT_TRUE(composed.ok()) << composed.status();
  const ConvolutionNode& convolution = OnlyConvolution(*composed);
  EXPECT_EQ(convolution.weights, (std::vector<float>{-2, 1}));
  const std::vector<double> image = Ramp(network.input_shape);
  EXPECT_EQ(OutputOf(*composed, image), OutputOf(network, image));
}

TEST(ComposeLinearTest, TernaryLayersComposeToWholeMultiples) {
  // Scales that are no powers of two, so that products are no floats.
  const Network network = TestNetwork({3, 1, 1})
                              .Dense(2, {0.1F, -0.1F, 0.1F, 0.1F, 0.1F, 0.0F})
                              .Dense(1, {0.3F, -0.3F})
                              .Clip({})
                              .Build();
  const absl::StatusOr<Network> composed = ComposeLinear(network);
  ASSERT_TRUE(composed.ok()) << composed.status();
  const auto factored = FactorChannel(OnlyConvolution(*composed), 0);
  ASSERT_TRUE(factored.has_value());
  EXPECT_EQ(factored->values, (std::vector<std::int32_t>{0, -2, 1}));
  EXPECT_DOUBLE_EQ(factored->scale, double{0.1F} * double{0.3F});
}

// Every sum of a long line goes back to its beginning: the work is bounded, whatever the bytes say.
TEST(ComposeLinearTest, LongLinesWithManyReadersAreRefusedInTime) {
  Network network = TestNetwork({1, 1, 1}).Clip({}).Build();
  const FeatureShape shape = {1, 1, 1};
  const auto add = [&](NodeOperation operation, std::vector<std::int32_t> sources) {
    network.nodes.push_back({"n", std::move(sources), std::move(operation), shape});
    return network.output();
  };
  std::int32_t line = 0;
  std::vector<std::int32_t> readers;
  for (int i = 0; i < 3000; ++i) {
    line = add(AddNode{}, {add(AffineNode{{0.5}, {1.0}}, {line}), 0});
    readers.push_back(add(ClipNode{}, {line}));
  }
  add(AddNode{}, readers);
  const absl::Status status = ComposeLinear(network).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
}

TEST(ComposeLinearTest, MalformedNetworksAreRefused) {
  Network network = PaddedBehindPadded();
  std::get<ConvolutionNode>(network.nodes[0].operation).weights.pop_back();
  EXPECT_TRUE(absl::IsInvalidArgument(ComposeLinear(network).status()));
}

}  // namespace
}  // namespace spikemesh
