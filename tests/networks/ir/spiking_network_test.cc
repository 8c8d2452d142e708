// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/spiking_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

// Encoder {2, 4, 4} -> "conv" {4, 2, 2}, 3x3, stride 2, pad 1, 2 groups -> "dense" {3, 1, 1}.
SpikingNetwork TwoLayers() {
  SpikingNetwork network;
  network.input = {.encoder = EncoderKind::kThermometer,
                   .shape = {1, 4, 4},
                   .range_max = 1.0,
                   .mean = {0.0},
                   .scale = {1.0},
                   .levels = {0.25, 0.5},
                   .level_channels = {0, 0},
                   .first_line = 0};
  network.encoded_shape = {2, 4, 4};
  SpikingLayer conv;
  conv.name = "conv";
  LayerInput lines;
  lines.delay_ticks = 0;
  lines.shape = {2, 4, 4};
  lines.window = {.kernel_y = 3,
                  .kernel_x = 3,
                  .stride_y = 2,
                  .stride_x = 2,
                  .pad_top = 1,
                  .pad_left = 1,
                  .pad_bottom = 1,
                  .pad_right = 1,
                  .dilation_y = 1,
                  .dilation_x = 1};
  lines.groups = 2;
  lines.weights.assign(4 * 1 * 9, 1);
  conv.inputs = {lines};
  conv.output_shape = {4, 2, 2};
  conv.thresholds.assign(16, 3);
  SpikingLayer dense;
  dense.name = "dense";
  LayerInput spikes;
  spikes.source = 0;
  spikes.shape = {16, 1, 1};
  spikes.weights.assign(3 * 16, -1);
  dense.inputs = {spikes};
  dense.output_shape = {3, 1, 1};
  dense.thresholds.assign(3, -8);
  network.layers = {conv, dense};
  network.output_classes = {0, 1, 2};
  network.class_count = 3;
  network.presentation.mode = PresentationMode::kPipelined;
  return network;
}

TEST(ValidateSpikingTest, AcceptsAFlattenedDenseLayerBehindAGroupedConvolution) {
  const absl::Status status = ValidateSpiking(TwoLayers());
  EXPECT_TRUE(status.ok()) << status;
}

TEST(ValidateSpikingTest, AcceptsNetworksWithoutAnImage) {
  SpikingNetwork network = TwoLayers();
  network.input = {};
  EXPECT_TRUE(ValidateSpiking(network).ok());
}

TEST(ValidateSpikingTest, AcceptsSeveralInputsOfOwnShapes) {
  SpikingNetwork network = TwoLayers();
  LayerInput second;
  second.delay_ticks = 0;
  second.shape = {2, 4, 4};
  second.window.kernel_y = second.window.kernel_x = 4;
  second.weights.assign(3 * 2 * 16, 1);
  network.layers[1].inputs.push_back(second);
  EXPECT_TRUE(ValidateSpiking(network).ok()) << ValidateSpiking(network);
}

// The same with integrating neurons and a codebook.
SpikingNetwork RateLayers() {
  SpikingNetwork network = TwoLayers();
  network.presentation.mode = PresentationMode::kRate;
  network.layers[1].thresholds.assign(3, 5);
  network.layers[1].leaks.assign(3, -1000);
  network.layers[1].initial_potentials.assign(3, kPotentialMin);
  network.layers[1].axon_weights.assign(3, {4, -5, 0, 0});
  return network;
}

TEST(ValidateSpikingTest, AcceptsMemorylessLayersBesideIntegratingOnesInRatePresentation) {
  const absl::Status status = ValidateSpiking(RateLayers());
  EXPECT_TRUE(status.ok()) << status;
}

struct Violation {
  const char* name;
  std::function<void(SpikingNetwork&)> make;
  const char* message;  // a part of it
};

class ValidateSpikingViolationTest : public ::testing::TestWithParam<Violation> {};

TEST_P(ValidateSpikingViolationTest, IsInvalidArgumentThatSaysWhereAndWhat) {
  SpikingNetwork network = TwoLayers();
  GetParam().make(network);
  const absl::Status status = ValidateSpiking(network);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().message));
}

using N = SpikingNetwork;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

INSTANTIATE_TEST_SUITE_P(
    Input, ValidateSpikingViolationTest,
    ::testing::Values(
        Violation{"Kind", [](N& n) { n.input.encoder = static_cast<EncoderKind>(4); },
                  "encoder kind 4"},
        Violation{"Means", [](N& n) { n.input.mean.clear(); }, "0 means"},
        Violation{"Levels", [](N& n) { n.input.levels.pop_back(); }, "1 levels for 2"},
        Violation{"LevelCount",
                  [](N& n) {
                    n.input.levels.pop_back();
                    n.input.level_channels.pop_back();
                  },
                  "an encoder of {1, 4, 4}, encoded shape {2, 4, 4}"},
        Violation{"LevelChannel", [](N& n) { n.input.level_channels[1] = 1; }, "image channel 1"},
        Violation{"Pixels", [](N& n) { n.input.shape[1] = 5; },
                  "an encoder of {2, 5, 4}, encoded shape {2, 4, 4}"},
        Violation{"ZeroScale", [](N& n) { n.input.scale[0] = 0; }, "scales not 0"},
        Violation{"InfiniteLevel", [](N& n) { n.input.levels[0] = kInfinity; }, "finite"},
        Violation{"NanMean", [](N& n) { n.input.mean[0] = std::nan(""); }, "finite"},
        Violation{"NegativeImage", [](N& n) { n.input.shape[0] = -1; }, "images of -1 channels"},
        Violation{"EmptyEncoding", [](N& n) { n.encoded_shape.width = 0; }, "encoded shape"},
        Violation{"HugeEncoding",
                  [](N& n) {
                    n.encoded_shape = {1 << 30, 1 << 30, 1 << 30};
                  },
                  "encoded shape"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Layer, ValidateSpikingViolationTest,
    ::testing::Values(
        Violation{"None", [](N& n) { n.layers.clear(); }, "no layers"},
        Violation{"LaterSource", [](N& n) { n.layers[1].inputs[0].source = 1; },
                  "layer \"dense\": input 0: source 1"},
        Violation{"SourceBelowEncoder", [](N& n) { n.layers[1].inputs[0].source = -2; },
                  "source -2"},
        Violation{"NoInputs", [](N& n) { n.layers[1].inputs.clear(); }, "no inputs"},
        Violation{"DelayZeroFromALayer", [](N& n) { n.layers[1].inputs[0].delay_ticks = 0; },
                  "delay of 0"},
        Violation{"NegativeDelay", [](N& n) { n.layers[0].inputs[0].delay_ticks = -1; },
                  "delay of -1"},
        Violation{"InputSize", [](N& n) { n.layers[1].inputs[0].shape.channels = 15; },
                  "source of 16 values"},
        Violation{"KernelZero", [](N& n) { n.layers[0].inputs[0].window.kernel_x = 0; }, "window"},
        Violation{"StrideZero", [](N& n) { n.layers[0].inputs[0].window.stride_y = 0; }, "window"},
        Violation{"DilationZero", [](N& n) { n.layers[0].inputs[0].window.dilation_y = 0; },
                  "window"},
        Violation{"NegativePad", [](N& n) { n.layers[0].inputs[0].window.pad_left = -1; },
                  "window"},
        Violation{"HugeStride", [](N& n) { n.layers[0].inputs[0].window.stride_x = 1 << 16; },
                  "window"},
        Violation{"OutputExtent", [](N& n) { n.layers[0].output_shape.width = 3; },
                  "window gives 2 x 2"},
        Violation{"LongDelay",
                  [](N& n) { n.layers[1].inputs[0].delay_ticks = kSpikingDelayMax + 1; },
                  "delay of 257"},
        Violation{"WindowDoesNotFit", [](N& n) { n.layers[0].inputs[0].window.kernel_y = 9; },
                  "window gives 0 x 2"},
        Violation{"ZeroGroups", [](N& n) { n.layers[0].inputs[0].groups = 0; }, "0 groups"},
        Violation{"GroupsDoNotDivide", [](N& n) { n.layers[0].inputs[0].groups = 3; }, "3 groups"},
        Violation{"Weights", [](N& n) { n.layers[0].inputs[0].weights.pop_back(); }, "35 weights"},
        Violation{"NoWeights", [](N& n) { n.layers[0].inputs[0].weights.clear(); }, "0 weights"},
        Violation{"Thresholds", [](N& n) { n.layers[1].thresholds.push_back(0); },
                  "4 thresholds for 3"},
        Violation{"EmptyOutput", [](N& n) { n.layers[1].output_shape.channels = 0; },
                  "output shape {0, 1, 1}"}),
    [](const auto& test) { return test.param.name; });

// Of RateLayers.
class ValidateRateViolationTest : public ::testing::TestWithParam<Violation> {};

TEST_P(ValidateRateViolationTest, IsInvalidArgumentThatSaysWhereAndWhat) {
  SpikingNetwork network = RateLayers();
  GetParam().make(network);
  const absl::Status status = ValidateSpiking(network);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rate, ValidateRateViolationTest,
    ::testing::Values(
        Violation{"Pipelined", [](N& n) { n.presentation.mode = PresentationMode::kPipelined; },
                  "integrating neurons, allowed in rate"},
        Violation{"Leaks", [](N& n) { n.layers[1].leaks.pop_back(); }, "2 leaks and 3 initial"},
        Violation{"NoLeaks", [](N& n) { n.layers[1].leaks.clear(); }, "0 leaks and 3 initial"},
        Violation{"NoPotentials", [](N& n) { n.layers[1].initial_potentials.clear(); },
                  "3 leaks and 0 initial"},
        Violation{"ThresholdZero", [](N& n) { n.layers[1].thresholds[2] = 0; },
                  "neuron 2: threshold 0"},
        Violation{"HugeThreshold", [](N& n) { n.layers[1].thresholds[0] = kThresholdMax + 1; },
                  "threshold 262144"},
        Violation{"Potential", [](N& n) { n.layers[1].initial_potentials[1] = kPotentialMin - 1; },
                  "neuron 1: initial potential -524289"},
        Violation{"AxonWeightCount", [](N& n) { n.layers[1].axon_weights.pop_back(); },
                  "axon weights of 2 channels"},
        Violation{"HugeAxonWeight", [](N& n) { n.layers[1].axon_weights[1][3] = 256; },
                  "channel 1: axon weights -5..256"},
        Violation{"NoSumOfAxonWeights", [](N& n) { n.layers[1].axon_weights[2][0] = 3; },
                  "channel 2: weight -1 is no sum"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Output, ValidateSpikingViolationTest,
    ::testing::Values(
        Violation{"NoClass", [](N& n) { n.class_count = 0; }, "0 classes"},
        Violation{"TooManyClasses", [](N& n) { n.class_count = kSpikingClassesMax + 1; },
                  "65537 classes"},
        Violation{"Classes", [](N& n) { n.output_classes.pop_back(); }, "2 classes for 3"},
        Violation{"ClassBeyond", [](N& n) { n.output_classes[2] = 3; }, "classes 0..3"},
        Violation{"ClassBelowNone", [](N& n) { n.output_classes[2] = -2; }, "classes -2..1"},
        Violation{"Mode", [](N& n) { n.presentation.mode = static_cast<PresentationMode>(3); },
                  "mode 3"},
        Violation{"Ticks", [](N& n) { n.presentation.ticks_per_image = 0; }, "0 ticks"},
        Violation{"Latency", [](N& n) { n.presentation.latency_ticks = -1; }, "latency -1"}),
    [](const auto& test) { return test.param.name; });

TEST(ValidateSpikingTest, SumsThatDoNotFit32BitsAreRefused) {
  // 65,536 inputs of weight 32,767: 2,147,418,112 fits; one more of 65,534 in magnitude does not.
  SpikingNetwork network = TwoLayers();
  network.input = {};
  network.encoded_shape = {65536, 1, 1};
  SpikingLayer layer = network.layers[1];
  layer.inputs[0].source = kEncodedInput;
  layer.inputs[0].shape = network.encoded_shape;
  layer.inputs[0].weights.assign(65536, 32767);
  layer.output_shape = {1, 1, 1};
  layer.thresholds = {0};
  network.layers = {layer};
  network.output_classes = {0};
  EXPECT_TRUE(ValidateSpiking(network).ok()) << ValidateSpiking(network);
  network.layers[0].inputs[0].weights.assign(65536, -32768);  // 2^31
  const absl::Status status = ValidateSpiking(network);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("2147483648"));
}

}  // namespace
}  // namespace spikemesh
