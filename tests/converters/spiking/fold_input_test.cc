// SPDX-License-Identifier: Apache-2.0
// The encoder that folding describes, against RunNetwork at all 256 bytes of every channel.
#include "converters/spiking/fold_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "core/base/random.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/random_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Appends a one-neuron layer, so that the network folds.
Network WithLayer(TestNetwork builder) {
  const auto inputs = static_cast<std::size_t>(builder.Flatten().shape().channels);
  return builder.Dense(1, std::vector<float>(inputs, 1.0F)).Sign().Build();
}

std::size_t FirstStep(const Network& network) {
  std::size_t i = 0;
  while (!std::holds_alternative<StepNode>(network.nodes[i].operation)) {
    ++i;
  }
  return i;
}

// At every byte, in all pixels at once: a line is active where the step is high; on an inverted
// channel, where it is low.
void ExpectSameAtAllBytes(const Network& network, const Preprocessing& preprocessing,
                          const std::vector<bool>& inverted) {
  const auto folded = FoldNetwork(network, preprocessing);
  ASSERT_TRUE(folded.ok()) << folded.status();
  ASSERT_EQ(folded->network.input.levels.size(), inverted.size());
  const std::size_t step = FirstStep(network);
  const double high = std::get<StepNode>(network.nodes[step].operation).high;
  const auto plane = static_cast<std::size_t>(network.input_shape.height) *
                     static_cast<std::size_t>(network.input_shape.width);
  NetworkRunner runner(network);
  for (int byte = 0; byte < 256; ++byte) {
    const std::vector<std::uint8_t> image(network.input_shape.size(),
                                          static_cast<std::uint8_t>(byte));
    const std::vector<double>& values = runner.Run(Preprocess(folded->network.input, image))[step];
    std::vector<bool> active(values.size());
    for (const std::uint32_t line : ActiveLines(folded->network.input, image)) {
      active[line] = true;
    }
    for (std::size_t line = 0; line < values.size(); ++line) {
      ASSERT_EQ(active[line], (values[line] == high) != inverted[line / plane])
          << "byte " << byte << " line " << line;
    }
  }
}

TEST(FoldInputTest, StepOnTheImageIsAThresholdEncoder) {
  const Network network = WithLayer(TestNetwork({2, 2, 3}).Step({.threshold = 0.5}));
  const Preprocessing preprocessing = {.range_max = 1.0, .mean = {}, .scale = {}};
  const auto folded = FoldNetwork(network, preprocessing);
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_EQ(folded->network.input.encoder, EncoderKind::kThreshold);
  EXPECT_THAT(folded->network.input.shape, ElementsAre(2, 2, 3));
  EXPECT_EQ(folded->network.encoded_shape, (FeatureShape{2, 2, 3}));
  EXPECT_THAT(folded->network.input.mean, ElementsAre(0.0, 0.0));
  EXPECT_THAT(folded->network.input.scale, ElementsAre(1.0, 1.0));
  EXPECT_THAT(folded->network.input.level_channels, ElementsAre(0, 1));
  // 127 / 255 < 0.5 <= 128 / 255.
  EXPECT_THAT(folded->network.input.levels, ElementsAre(128 / 255.0F, 128 / 255.0F));
  ExpectSameAtAllBytes(network, preprocessing, {false, false});
}

TEST(FoldInputTest, StrictStepExcludesTheByteOnTheThreshold) {
  const Preprocessing bytes = {.range_max = 255.0, .mean = {}, .scale = {}};
  const Network reached = WithLayer(TestNetwork({1, 1, 1}).Step({.threshold = 100}));
  const Network passed = WithLayer(TestNetwork({1, 1, 1}).Step({.threshold = 100, .strict = true}));
  EXPECT_THAT(FoldNetwork(reached, bytes)->network.input.levels, ElementsAre(100.0));
  EXPECT_THAT(FoldNetwork(passed, bytes)->network.input.levels, ElementsAre(101.0));
}

TEST(FoldInputTest, SignOfTheImageIsAStepAboveBlack) {
  const Network network = WithLayer(TestNetwork({1, 2, 2}).TernarySign());
  const auto folded = FoldNetwork(network, {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_EQ(folded->network.input.encoder, EncoderKind::kThreshold);
  EXPECT_THAT(folded->network.input.levels, ElementsAre(1 / 255.0F));
  // Values 0 and 1: every sum is at least 0.
  EXPECT_THAT(folded->network.layers[0].thresholds, ElementsAre(0));
}

// A sign about a grey takes three values: two lines a pixel.
TEST(FoldInputTest, SignOfAShiftedImageIsTwoLinesAPixel) {
  for (const double scale : {1.0, -1.0}) {
    const Network network =
        TestNetwork({2, 1, 2})
            .Affine({scale, 1.0}, {-scale * double{128 / 255.0F}, -double{64 / 255.0F}})
            .TernarySign()
            .Flatten()
            .Dense(2, {1, 1, 0, -1, 0, -1, 1, 1})
            .Sign()
            .Build();
    const auto folded = FoldNetwork(network, {});
    ASSERT_TRUE(folded.ok()) << folded.status();
    EXPECT_EQ(folded->network.encoded_shape, (FeatureShape{4, 1, 2}));
    EXPECT_THAT(folded->network.input.level_channels, ElementsAre(0, 0, 1, 1));
    NetworkRunner floats(network);
    SpikingRunner integers(folded->network);
    RandomSequence random(5, 0);
    for (int i = 0; i < 200; ++i) {
      std::vector<std::uint8_t> image;
      for (int pixel = 0; pixel < 4; ++pixel) {
        image.push_back(static_cast<std::uint8_t>(62 + random.NextBelow(4) +
                                                  (random.NextBelow(2) == 0 ? 64 : 0)));
      }
      const auto& values = floats.Run(Preprocess(folded->network.input, image)).back();
      const auto& spikes = integers.Run(ActiveLines(folded->network.input, image)).back();
      for (std::size_t o = 0; o < 2; ++o) {
        ASSERT_EQ(spikes[o] != 0, values[o] > 0) << i;
      }
    }
  }
}

TEST(FoldInputTest, ImageOfThreeValuesIsNotPooled) {
  const PoolNode pool = {.window = {.kernel_y = 2, .kernel_x = 2, .stride_y = 2, .stride_x = 2}};
  const Network network =
      WithLayer(TestNetwork({1, 2, 2}).Affine(1.0, -double{128 / 255.0F}).TernarySign().Pool(pool));
  const auto folded = FoldNetwork(network, {});
  EXPECT_EQ(folded.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(folded.status().message()), HasSubstr("3 values a pixel"));
}

TEST(FoldInputTest, MeanAndScaleOfEachChannelGoIntoTheLevels) {
  const Preprocessing preprocessing = {
      .range_max = 1.0, .mean = {0.4914, 0.4822, 0.4465}, .scale = {0.247, 0.243, 0.261}};
  const Network network = WithLayer(TestNetwork({3, 2, 2}).Sign());
  const auto folded = FoldNetwork(network, preprocessing);
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_EQ(folded->network.input.mean, preprocessing.mean);
  // The smallest byte with byte / 255 >= mean: ceil(255 mean).
  for (std::int32_t c = 0; c < 3; ++c) {
    const auto byte = static_cast<std::uint8_t>(std::ceil(255 * preprocessing.mean[c]));
    EXPECT_EQ(folded->network.input.levels[c], PreprocessByte(folded->network.input, c, byte));
  }
  ExpectSameAtAllBytes(network, preprocessing, {false, false, false});
}

TEST(FoldInputTest, ThermometerReadsOneImageChannelPerOutputChannel) {
  // Channel c gets three levels by depthwise weights 1 and biases.
  const std::vector<float> bias = {-0.2F, -0.5F, -0.9F, -0.1F, -0.4F, -0.8F};
  const Network network = WithLayer(
      TestNetwork({2, 2, 2}).Convolution({}, 2, 6, std::vector<float>(6, 1.0F), bias).Sign());
  const auto folded = FoldNetwork(network, {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_EQ(folded->network.input.encoder, EncoderKind::kThermometer);
  EXPECT_EQ(folded->network.encoded_shape, (FeatureShape{6, 2, 2}));
  EXPECT_THAT(folded->network.input.level_channels, ElementsAre(0, 0, 0, 1, 1, 1));
  ExpectSameAtAllBytes(network, {}, std::vector<bool>(6, false));
}

TEST(FoldInputTest, UngroupedThermometerWithBatchNormsAndAffinesBefore) {
  // Full 1x1 weights over 3 channels, one of them not 0: channels 2, 0, 1, 2.
  const std::vector<float> weights = {0, 0, 0.7F, 3.0F, 0, 0, 0, -1.5F, 0, 0, 0, 0.1F};
  TestNetwork builder({3, 2, 2});
  builder.Affine({2.0, -1.0, 0.5}, {0.1, 0.2, -0.3})
      .Convolution({}, 1, 4, weights, {-0.3F, 0.5F, -0.2F, 0.01F})
      .BatchNorm({.gamma = {1, -2, 0.5F, 1},
                  .beta = {0.1F, 0, 0, 0},
                  .mean = {0.3F, -1.0F, 0.4F, 0},
                  .variance = {1, 2, 3, 4},
                  .epsilon = 1e-5})
      .Step({.threshold = 0.0, .strict = true, .low = -1.0, .high = 1.0});
  const Network network = WithLayer(builder);
  const Preprocessing preprocessing = {.range_max = 1.0, .mean = {0.5}, .scale = {0.25}};
  const auto folded = FoldNetwork(network, preprocessing);
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_THAT(folded->network.input.level_channels, ElementsAre(2, 0, 1, 2));
  // Slopes: 0.5 * 0.7 > 0; 2 * 3 * -2 < 0; -1 * -1.5 * 0.5 > 0; 0.5 * 0.1 > 0.
  ExpectSameAtAllBytes(network, preprocessing, {false, true, false, false});
}

TEST(FoldInputTest, ThresholdsOnEveryByteAreFoundExactly) {
  for (int byte = 0; byte < 256; ++byte) {
    // In float, as an exporter would keep it; the step compares in double.
    const auto bias = static_cast<float>(-byte / 255.0);
    const Network network =
        WithLayer(TestNetwork({1, 1, 1}).Convolution({}, 1, 1, {1.0F}, {bias}).Sign());
    ExpectSameAtAllBytes(network, {}, {false});
    ASSERT_FALSE(HasFatalFailure());
  }
}

TEST(FoldInputTest, FallingChannelIsInvertedAtEveryByte) {
  for (int byte = 0; byte < 255; ++byte) {
    const Network network = WithLayer(TestNetwork({1, 1, 1}).Affine(-1.0, byte / 255.0).Sign());
    ExpectSameAtAllBytes(network, {}, {true});
    ASSERT_FALSE(HasFatalFailure());
  }
}

TEST(FoldInputTest, NeverHighIsAFiniteLevelThatNoByteReachesAndAlwaysHighIsTheLevelOfByte0) {
  const auto never = FoldNetwork(WithLayer(TestNetwork({1, 1, 1}).Step({.threshold = 2.0})), {});
  ASSERT_TRUE(never.ok()) << never.status();
  EXPECT_TRUE(std::isfinite(never->network.input.levels[0]));
  EXPECT_GT(never->network.input.levels[0], PreprocessByte(never->network.input, 0, 255));
  const auto always = FoldNetwork(WithLayer(TestNetwork({1, 1, 1}).Step({.threshold = -2.0})), {});
  ASSERT_TRUE(always.ok()) << always.status();
  EXPECT_EQ(always->network.input.levels[0], PreprocessByte(always->network.input, 0, 0));
}

TEST(FoldInputTest, FlattenBeforeTheStepKeepsThePixels) {
  const Network network = WithLayer(TestNetwork({1, 2, 2}).Affine(1.0, -0.5).Flatten().Sign());
  const auto folded = FoldNetwork(network, {});
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_EQ(folded->network.encoded_shape, (FeatureShape{1, 2, 2}));
}

void ExpectUnimplemented(const Network& network, const std::vector<std::string>& parts) {
  const absl::Status status = FoldNetwork(network, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
  for (const std::string& part : parts) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

TEST(FoldInputTest, WindowOnTheRealValuedImageIsRefusedByNameWithTheRemedy) {
  const WindowGeometry window = {.kernel_y = 3, .kernel_x = 3};
  ExpectUnimplemented(
      WithLayer(TestNetwork({1, 4, 4}).Convolution(window, 1, 2, std::vector<float>(18, 1)).Sign()),
      {"node \"conv0\"", "3 x 3", "thermometer", "rate mode"});
}

TEST(FoldInputTest, ConvolutionThatMixesChannelsIsRefused) {
  ExpectUnimplemented(WithLayer(TestNetwork({3, 2, 2}).Convolution({}, 1, 1, {1, 0, 1}).Sign()),
                      {"node \"conv0\"", "output channel 0 has 2 weights"});
  ExpectUnimplemented(WithLayer(TestNetwork({3, 2, 2}).Convolution({}, 1, 1, {0, 0, 0}).Sign()),
                      {"output channel 0 has 0 weights"});
}

TEST(FoldInputTest, DenseLayerOnTheRealValuedImageIsRefused) {
  ExpectUnimplemented(
      WithLayer(TestNetwork({1, 2, 2}).Flatten().Dense(2, std::vector<float>(8, 1)).Sign()),
      {"node \"conv1\"", "{4, 1, 1}", "rate mode"});
}

TEST(FoldInputTest, FunctionPerPixelIsRefused) {
  ExpectUnimplemented(
      WithLayer(
          TestNetwork({1, 2, 2}).Flatten().Affine({1, 1, 1, 1}, {-0.5, -0.5, -0.25, -0.5}).Sign()),
      {"node \"affine1\"", "{4, 1, 1}", "before the reshape"});
}

TEST(FoldInputTest, FunctionBehindAFlattenThatIsTheSameForAllPixelsIsAccepted) {
  ExpectSameAtAllBytes(WithLayer(TestNetwork({1, 2, 2}).Flatten().Affine(2.0, -0.5).Sign()), {},
                       {false});
}

// 51 / 255 is 0.2 as a 32-bit float, as in training, though not as a double.
TEST(FoldInputTest, ByteThatIsTheThresholdInFloatsIsActive) {
  for (const int tenths : {2, 4, 6, 8}) {
    const double threshold = static_cast<float>(tenths) / 10.0F;
    const auto folded =
        FoldNetwork(WithLayer(TestNetwork({1, 1, 1}).Step({.threshold = threshold})), {});
    ASSERT_TRUE(folded.ok()) << folded.status();
    const auto byte = static_cast<std::uint8_t>(255 * tenths / 10);
    EXPECT_THAT(ActiveLines(folded->network.input, {byte}), ElementsAre(0));
    EXPECT_THAT(ActiveLines(folded->network.input, {static_cast<std::uint8_t>(byte - 1)}),
                ElementsAre());
  }
}

TEST(FoldInputTest, PreprocessingIsChecked) {
  const Network network = WithLayer(TestNetwork({3, 1, 1}).Sign());
  const auto code = [&network](const Preprocessing& preprocessing) {
    return FoldNetwork(network, preprocessing).status().code();
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code({.range_max = 0.0, .mean = {}, .scale = {}}), kInvalid);
  EXPECT_EQ(code({.range_max = 1.0, .mean = {1, 2}, .scale = {}}), kInvalid);
  EXPECT_EQ(code({.range_max = 1.0, .mean = {}, .scale = {1, 2, 3, 4}}), kInvalid);
  EXPECT_EQ(code({.range_max = 1.0, .mean = {}, .scale = {0}}), kInvalid);
  EXPECT_EQ(code({.range_max = 1.0, .mean = {}, .scale = {1, -1, 1}}), kInvalid);
  EXPECT_EQ(code({.range_max = 1.0, .mean = {std::nan("")}, .scale = {}}), kInvalid);
  EXPECT_EQ(code({.range_max = 1.0, .mean = {1, 2, 3}, .scale = {2}}), absl::StatusCode::kOk);
}

}  // namespace
}  // namespace spikemesh
