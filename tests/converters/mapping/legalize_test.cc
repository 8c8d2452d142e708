// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/legalize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// `inputs` lines into one neuron.
SpikingNetwork OneNeuron(std::int32_t inputs) {
  SpikingNetwork network = NetworkOfLines({inputs, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}});
  Finish(network);
  return network;
}

TEST(LegalizeTest, DividesWeightsAndThresholdByTheWeightOfTheChannelRoundingUp) {
  SpikingNetwork network = NetworkOfLines({4, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 3});
  layer.weights = {5, -5, 0, 5, 0, 0, 7, 7, 2, -2, -2, 2};
  // 5 k >= 6 from k = 2, 7 k >= -6 from k = 0 (rounded towards +), 2 k >= -2 from k = -1.
  layer.thresholds = {6, -6, -2};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  EXPECT_THAT(layers->front().signs, ElementsAre(1, -1, 0, 1, 0, 0, 1, 1, 1, -1, -1, 1));
  EXPECT_THAT(layers->front().thresholds, ElementsAre(2, 0, -1));
}

TEST(LegalizeTest, ClampsThresholdsToWhatTheSumCanReach) {
  SpikingNetwork network = NetworkOfLines({3, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  layer.weights = {1, 1, -1, 1, 1, -1};  // the sum is -1..2
  layer.thresholds = {2'000'000'000, -2'000'000'000};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  EXPECT_THAT(layers->front().thresholds, ElementsAre(3, -1));
}

TEST(LegalizeTest, AllZeroChannelKeepsItsConstantOutput) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  layer.weights = {0, 0, 0, 0};
  layer.thresholds = {0, 1};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  EXPECT_THAT(layers->front().thresholds, ElementsAre(0, 1));
}

TEST(LegalizeTest, SynapsesSkipPaddingAndZeroWeights) {
  SpikingNetwork network = NetworkOfLines({1, 3, 3});
  WindowGeometry window;
  window.kernel_y = window.kernel_x = 3;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = 1;
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .window = window});
  layer.weights = {1, 1, 1, 1, -1, 0, 1, 1, 1};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  // Neuron 0 is the upper left corner: it sees pixels 0, 1 (zero weight), 3 and 4.
  std::vector<std::pair<int, int>> synapses;
  ForEachSynapse(layers->front(), 0, [&](std::int32_t feature, std::int8_t sign) {
    synapses.push_back({feature, sign});
  });
  EXPECT_THAT(synapses, ElementsAre(Pair(0, -1), Pair(3, 1), Pair(4, 1)));
}

TEST(LegalizeTest, ThreeMagnitudesInAChannelAreUnimplementedAndCounted) {
  SpikingNetwork network = NetworkOfLines({4, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 2}).weights = {1, 1, 1,  1,
                                                                            0, 1, -2, 3};
  Finish(network);
  const absl::Status status = LegalizeNetwork(network).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(Message(status),
              HasSubstr("layer \"layer0\": output channel 1 has 4 distinct weights"));
}

TEST(LegalizeTest, FanIn256FitsAnd257DoesNot) {
  EXPECT_TRUE(LegalizeNetwork(OneNeuron(256)).ok());
  const absl::Status status = LegalizeNetwork(OneNeuron(257)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(
      Message(status),
      "layer \"layer0\": 257 inputs per neuron need 514 axons (+- pairs), a core has 256: 258 "
      "too many; groups of at most 128 inputs fit");
}

TEST(LegalizeTest, ZeroWeightsDoNotCountAsFanIn) {
  SpikingNetwork network = OneNeuron(300);
  for (int i = 0; i < 50; ++i) {
    network.layers[0].weights[i] = 0;
  }
  EXPECT_TRUE(LegalizeNetwork(network).ok());
}

TEST(LegalizeTest, Threshold255FitsTheLeakAnd256DoesNot) {
  SpikingNetwork network = OneNeuron(256);
  network.layers[0].thresholds = {255};
  EXPECT_TRUE(LegalizeNetwork(network).ok());
  network.layers[0].thresholds = {256};
  const absl::Status status = LegalizeNetwork(network).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(Message(status), HasSubstr("neuron 0 has threshold 256"));
  EXPECT_THAT(Message(status), HasSubstr("allowed -255..255"));
}

}  // namespace
}  // namespace spikemesh
