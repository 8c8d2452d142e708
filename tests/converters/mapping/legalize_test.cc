// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/legalize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/base/remedy.h"
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
  layer.inputs[0].weights = {5, -5, 0, 5, 0, 0, 7, 7, 2, -2, -2, 2};
  // 5 k >= 6 from k = 2, 7 k >= -6 from k = 0 (rounded towards +), 2 k >= -2 from k = -1.
  layer.thresholds = {6, -6, -2};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  EXPECT_THAT(layers->front().inputs[0].masks, ElementsAre(1, 2, 0, 1, 0, 0, 1, 1, 1, 2, 2, 1));
  EXPECT_THAT(layers->front().constants, ElementsAre(-2, 0, 1));
}

TEST(LegalizeTest, ClampsThresholdsToWhatTheSumCanReach) {
  SpikingNetwork network = NetworkOfLines({3, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  layer.inputs[0].weights = {1, 1, -1, 1, 1, -1};  // the sum is -1..2
  layer.thresholds = {2'000'000'000, -2'000'000'000};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  EXPECT_THAT(layers->front().constants, ElementsAre(-3, 1));
}

TEST(LegalizeTest, AllZeroChannelKeepsItsConstantOutput) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  layer.inputs[0].weights = {0, 0, 0, 0};
  layer.thresholds = {0, 1};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  EXPECT_THAT(layers->front().constants, ElementsAre(0, -1));
}

TEST(LegalizeTest, SynapsesSkipPaddingAndZeroWeights) {
  SpikingNetwork network = NetworkOfLines({1, 3, 3});
  WindowGeometry window;
  window.kernel_y = window.kernel_x = 3;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = 1;
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .window = window});
  layer.inputs[0].weights = {1, 1, 1, 1, 1, 0, 1, -1, 1};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  // Neuron 0 is the upper left corner: it sees pixels 0, 1 (zero weight), 3 and 4.
  std::vector<std::pair<int, int>> synapses;
  ForEachSynapse(layers->front(), 0, [&](std::int32_t feature, AxonTypeMask mask) {
    synapses.push_back({feature, mask});
  });
  EXPECT_THAT(synapses, ElementsAre(Pair(0, 1), Pair(3, 2), Pair(4, 1)));
}

TEST(LegalizeTest, SeveralInputsHaveFeaturesOneBehindTheOther) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 3});
  SpikingLayer& layer = AddLayer(network, {.sources = {0, kEncodedInput}});
  layer.inputs[0].weights = {1, 0, -1};
  layer.inputs[1].weights = {1, 1};
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  std::vector<std::pair<int, int>> synapses;
  ForEachSynapse(layers->back(), 0, [&](std::int32_t feature, AxonTypeMask mask) {
    synapses.push_back({feature, mask});
  });
  EXPECT_THAT(synapses, ElementsAre(Pair(0, 1), Pair(2, 2), Pair(3, 1), Pair(4, 1)));
  EXPECT_EQ(layers->back().features(), 5);
}

TEST(LegalizeTest, IntegratingWeightsAreNotDivided) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}});
  layer.inputs[0].weights = {6, -6};
  layer.thresholds = {9};
  layer.leaks = {-3};
  layer.initial_potentials = {4};
  network.presentation.mode = PresentationMode::kRate;
  Finish(network);
  const auto layers = LegalizeNetwork(network);
  ASSERT_TRUE(layers.ok()) << layers.status();
  EXPECT_EQ(layers->front().axon_weights[0], (AxonWeights{6, -6, 0, 0}));
  EXPECT_THAT(layers->front().constants, ElementsAre(-3));
  EXPECT_THAT(layers->front().thresholds, ElementsAre(9));
  EXPECT_FALSE(layers->front().may_saturate);
}

TEST(LegalizeTest, WeightsThatNoFourValuesSumToAreUnimplementedAndCounted) {
  SpikingNetwork network = NetworkOfLines({16, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  for (std::int16_t i = 0; i < 16; ++i) {
    layer.inputs[0].weights[16 + i] = static_cast<std::int16_t>(i + 1);  // 16 besides 0
  }
  Finish(network);
  const absl::Status status = LegalizeNetwork(network).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(Message(status), HasSubstr("layer \"layer0\": output channel 1 has 16 distinct "
                                         "weights"));
  EXPECT_THAT(RemediesOf(status), ElementsAre(Remedy{RemedyKind::kCodebookWeights}));
}

TEST(LegalizeTest, FanIn256FitsAnd257DoesNot) {
  EXPECT_TRUE(LegalizeNetwork(OneNeuron(256)).ok());
  const absl::Status status = LegalizeNetwork(OneNeuron(257)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Message(status),
            "layer \"layer0\": 257 inputs per neuron need 257 axons, a core has 256: 1 too many; "
            "groups of at most 256 inputs fit");
}

TEST(LegalizeTest, AWeightOfTwoTypesTakesTwoAxons) {
  // 1, 2 and 3 = 1 + 2: 128 inputs of 3 take 256 axons; with one more input, 257.
  SpikingNetwork network = OneNeuron(129);
  std::vector<std::int16_t>& weights = network.layers[0].inputs[0].weights;
  weights.assign(129, 3);
  weights[0] = 1;
  weights[1] = 2;  // 127 x 2 + 2 = 256
  EXPECT_TRUE(LegalizeNetwork(network).ok());
  EXPECT_EQ(LegalizeNetwork(network)->front().inputs[0].masks[2], 3);
}

TEST(LegalizeTest, ZeroWeightsDoNotCountAsFanIn) {
  SpikingNetwork network = OneNeuron(300);
  for (int i = 0; i < 50; ++i) {
    network.layers[0].inputs[0].weights[i] = 0;
  }
  EXPECT_TRUE(LegalizeNetwork(network).ok());
}

TEST(LegalizeTest, Threshold255FitsTheLeakAnd256NeedsABiasAxon) {
  SpikingNetwork network = OneNeuron(256);
  std::vector<std::int16_t>& weights = network.layers[0].inputs[0].weights;
  weights[255] = 0;
  weights[0] = 2;
  network.layers[0].thresholds = {255};
  EXPECT_EQ(LegalizeNetwork(network)->front().bias_axons_total(), 0);
  network.layers[0].thresholds = {256};
  EXPECT_EQ(LegalizeNetwork(network)->front().bias_axons_total(), 1);
}

TEST(LegalizeTest, BiasAxonsThatACoreHasNoRoomForAreOutOfRange) {
  SpikingNetwork network = OneNeuron(256);
  network.layers[0].thresholds = {256};
  const absl::Status status = LegalizeNetwork(network).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(Message(status), HasSubstr("thresholds of 256..256"));
  EXPECT_THAT(Message(status), HasSubstr("beyond -255..255, and a neuron of 256 axons leaves"));
}

}  // namespace
}  // namespace spikemesh
