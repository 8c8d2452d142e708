// SPDX-License-Identifier: Apache-2.0
// The folded first layer, executed by the host's encoder, against RunNetwork: line by line.
#include "converters/spiking/fold_host_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "core/base/random.h"
#include "core/base/remedy.h"
#include "networks/data/host_encoder.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/random_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kNoNode = 0;

std::vector<float> RealWeights(RandomSequence& random, std::size_t count) {
  std::vector<float> weights(count);
  for (float& weight : weights) {
    weight = static_cast<float>(random.NextUnit()) - 0.5F;
  }
  return weights;
}

// A dense layer of +-1 that reads everything, to classes.
TestNetwork WithClasses(TestNetwork builder) {
  builder.Flatten();
  const auto inputs = static_cast<std::size_t>(builder.shape().size());
  std::vector<float> weights(3 * inputs);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = i * i % 5 < 2 ? 1.0F : -1.0F;
  }
  return builder.Dense(3, weights);
}

Preprocessing Host() {
  Preprocessing preprocessing;
  preprocessing.mean = {0.4};
  preprocessing.scale = {0.3};
  preprocessing.host_first_layer = true;
  return preprocessing;
}

// Folds, and compares every line with whether node `step` reaches its level there, and the classes.
void ExpectExact(const TestNetwork& builder, std::size_t step, const std::vector<double>& levels) {
  const Network network = WithClasses(builder).Build();
  const auto folded = FoldNetwork(network, Host());
  ASSERT_TRUE(folded.ok()) << folded.status();
  const InputModel& input = folded->network.input;
  ASSERT_EQ(input.encoder, EncoderKind::kHost);
  ASSERT_EQ(input.host_layer->levels, static_cast<std::int32_t>(levels.size()));
  auto encoder = HostEncoder::Create(input);
  ASSERT_TRUE(encoder.ok()) << encoder.status();
  const FeatureShape& shape = network.nodes[step].shape;
  const std::int64_t plane = std::int64_t{shape.height} * shape.width;
  NetworkRunner floats(network);
  SpikingRunner spikes(folded->network);
  RandomSequence random(5, 0);
  for (int i = 0; i < 40; ++i) {
    const std::vector<std::uint8_t> image = DrawImage(random, network.input_shape.size());
    const std::vector<double>& values = floats.Run(Preprocess(input, image))[step];
    std::vector<std::uint32_t> expected;
    for (std::int64_t c = 0; c < shape.channels; ++c) {
      for (std::size_t k = 0; k < levels.size(); ++k) {
        for (std::int64_t place = 0; place < plane; ++place) {
          if (values[c * plane + place] >= levels[k]) {
            expected.push_back(static_cast<std::uint32_t>(
                (c * static_cast<std::int64_t>(levels.size()) + static_cast<std::int64_t>(k)) *
                    plane +
                place));
          }
        }
      }
    }
    std::vector<std::uint32_t> found;
    encoder->Encode(image, found);
    ASSERT_EQ(found, expected) << "image " << i;
    spikes.Run(found);
    ASSERT_EQ(spikes.predicted_class(), floats.predicted_class()) << "image " << i;
  }
}

WindowGeometry Strided() {
  WindowGeometry window = {.kernel_y = 3, .kernel_x = 2, .stride_y = 2, .stride_x = 1};
  window.pad_top = window.pad_left = 1;
  window.pad_right = 2;
  window.dilation_x = 2;
  return window;
}

TEST(FoldHostLayerTest, RealWeightsBehindBatchNormAreExactRisingAndFalling) {
  RandomSequence random(1, 0);
  const TestNetwork builder =
      TestNetwork({2, 9, 8})
          .Convolution(Strided(), 1, 4, RealWeights(random, 4 * 2 * 6), {0.1F, -0.2F, 0.3F, 0.0F})
          .BatchNorm({.gamma = {1.5F, -0.75F, 0.1F, -2.0F},
                      .beta = {0.1F, 0.2F, -0.3F, 0.0F},
                      .mean = {0.05F, -0.4F, 0.1F, 0.2F},
                      .variance = {1.0F, 0.3F, 2.0F, 0.7F},
                      .epsilon = 1e-5})
          .Sign();
  ExpectExact(builder, 2, {1.0});
}

TEST(FoldHostLayerTest, GroupsAndStaircasesAreExact) {
  RandomSequence random(2, 0);
  const TestNetwork builder = TestNetwork({2, 7, 7})
                                  .Convolution({.kernel_y = 3, .kernel_x = 3}, 2, 4,
                                               RealWeights(random, 4 * 9), {0, 0, 0.5F, -1})
                                  .Affine({2.0, 1.5, -1.0, 0.5}, {1.0, 0.5, 1.0, 0.25})
                                  .Clip({.low = 0.0, .high = 3.0})
                                  .Round({.rounding = Rounding::kFloor});
  ExpectExact(builder, 3, {1.0, 2.0, 3.0});
}

// Weights of one magnitude: RunNetwork sums whole multiples, and so must the host, or ties differ.
TEST(FoldHostLayerTest, BinaryWeightsTieAsRunNetworkDoes) {
  std::vector<float> weights(4 * 9);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = i % 2 == 0 ? 0.3F : -0.3F;
  }
  const TestNetwork builder =
      TestNetwork({1, 6, 6}).Convolution({.kernel_y = 3, .kernel_x = 3}, 1, 4, weights).Sign();
  ExpectExact(builder, 1, {1.0});
}

TEST(FoldHostLayerTest, WhatIsAheadOfTheLayerIsInTheValuesOfBytes) {
  RandomSequence random(3, 0);
  const TestNetwork builder =
      TestNetwork({2, 5, 5})
          .Affine(2.0, -1.0)
          .Convolution({.kernel_y = 2, .kernel_x = 2}, 1, 3, RealWeights(random, 24))
          .Sign();
  ExpectExact(builder, 2, {1.0});
}

TEST(FoldHostLayerTest, ADenseLayerOfTheImageIsExact) {
  RandomSequence random(4, 0);
  const TestNetwork builder =
      TestNetwork({18, 1, 1}).Dense(5, RealWeights(random, 90), {1, 0, -1, 0.5F, 0.1F}).Sign();
  ExpectExact(builder, 1, {1.0});
  const TestNetwork flattened = TestNetwork({2, 3, 4})
                                    .Affine(2.0, -1.0)
                                    .Flatten()
                                    .Dense(5, RealWeights(random, 120), {1, 0, -1, 0.5F, 0.1F})
                                    .Sign();
  ExpectExact(flattened, 3, {1.0});
}

TEST(FoldHostLayerTest, MacsAreThoseOfEveryWeightAtEveryPlace) {
  RandomSequence random(6, 0);
  const TestNetwork builder = WithClasses(
      TestNetwork({2, 9, 8}).Convolution(Strided(), 1, 4, RealWeights(random, 48)).Sign());
  const auto folded = FoldNetwork(builder.Build(), Host());
  ASSERT_TRUE(folded.ok()) << folded.status();
  // 48 weights at 4 x 9 places.
  EXPECT_EQ(folded->network.input.host_layer->macs(), 48 * 4 * 9);
}

TEST(FoldHostLayerTest, IsOfferedWhereItWorksAndTakenWhereAskedFor) {
  RandomSequence random(7, 0);
  const TestNetwork real = TestNetwork({1, 6, 6}).Convolution({.kernel_y = 3, .kernel_x = 3}, 1, 2,
                                                              RealWeights(random, 18));
  Preprocessing cores = Host();
  cores.host_first_layer = false;
  const Network steps = WithClasses(TestNetwork(real).Sign()).Build();
  const absl::Status refused = FoldNetwork(steps, cores).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(RemediesOf(refused), std::vector<Remedy>{{RemedyKind::kHostFirstLayer}});
  EXPECT_TRUE(FoldNetwork(steps, Host()).ok());
  // A ReLU is no step: the host does not help.
  const Network relu = WithClasses(TestNetwork(real).Clip({.low = 0.0, .high = 1e30})).Build();
  for (const RemedyKind kind : {RemedyKind::kHostFirstLayer}) {
    for (const Remedy& remedy : RemediesOf(FoldNetwork(relu, cores).status())) {
      EXPECT_NE(remedy.kind, kind);
    }
  }
  // Levels of bytes need no host.
  const Network step = WithClasses(TestNetwork({1, 6, 6}).Step({.threshold = 0.5})).Build();
  const auto leveled = FoldNetwork(step, Host());
  ASSERT_TRUE(leveled.ok()) << leveled.status();
  EXPECT_FALSE(leveled->network.input.host_layer.has_value());
}

TEST(FoldHostLayerTest, TwoSumsOfTheImageAreRefused) {
  RandomSequence random(8, 0);
  Network network = TestNetwork({1, 6, 6})
                        .Convolution({.kernel_y = 3, .kernel_x = 3}, 1, 2, RealWeights(random, 18))
                        .Build();
  network.nodes.push_back({.name = "other",
                           .sources = {kNetworkInput},
                           .operation = network.nodes[kNoNode].operation,
                           .shape = network.nodes[kNoNode].shape});
  network.nodes.push_back({.name = "sum",
                           .sources = {0, 1},
                           .operation = AddNode{},
                           .shape = network.nodes[kNoNode].shape});
  network.nodes.push_back(
      {.name = "step",
       .sources = {2},
       .operation = StepNode{.threshold = 0, .strict = false, .low = -1, .high = 1},
       .shape = network.nodes[kNoNode].shape});
  network.nodes.push_back(
      {.name = "classes",
       .sources = {3},
       .operation =
           ConvolutionNode{
               {.kernel_y = 4, .kernel_x = 4}, 1, std::vector<float>(64, 1.0F), {0.0F, 1.0F}},
       .shape = {2, 1, 1}});
  const absl::Status status = FoldNetwork(network, Host()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is not one convolution or dense layer"));
}

}  // namespace
}  // namespace spikemesh
