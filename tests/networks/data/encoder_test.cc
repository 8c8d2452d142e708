// SPDX-License-Identifier: Apache-2.0
#include "networks/data/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/base/random.h"
#include "networks/data/preprocessing.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

InputModel Threshold(double level) {
  InputModel input;
  input.encoder = EncoderKind::kThreshold;
  input.shape = {1, 2, 2};
  input.mean = {0.0};
  input.scale = {1.0};
  input.levels = {level};
  input.level_channels = {0};
  return input;
}

std::vector<std::uint32_t> Encode(const InputModel& input, std::vector<std::uint8_t> image) {
  std::vector<std::uint32_t> lines;
  ImageEncoder::Create(input).value().Encode(image, lines);
  return lines;
}

// What the model says, evaluated pixel by pixel in double.
std::vector<std::uint32_t> EncodeByDefinition(const InputModel& input,
                                              const std::vector<std::uint8_t>& image) {
  const std::vector<double> x = PreprocessImage(input, image);
  const std::uint32_t plane = input.shape[1] * input.shape[2];
  std::vector<std::uint32_t> lines;
  for (std::uint32_t o = 0; o < input.levels.size(); ++o) {
    for (std::uint32_t i = 0; i < plane; ++i) {
      if (x[input.level_channels[o] * plane + i] >= input.levels[o]) {
        lines.push_back(o * plane + i);
      }
    }
  }
  return lines;
}

TEST(ImageEncoderTest, PixelAtTheLevelIsActiveAndOneBelowIsNot) {
  // 102 / 255 is 0.4 exactly as the preprocessing computes it.
  EXPECT_THAT(Encode(Threshold(1.0 * 102 / 255.0), {101, 102, 103, 0}), ElementsAre(1, 2));
}

TEST(ImageEncoderTest, LevelsBeyondTheRangeAreAlwaysOrNeverActive) {
  EXPECT_THAT(Encode(Threshold(0.0), {0, 0, 0, 0}), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Encode(Threshold(-kInfinity), {0, 0, 0, 0}), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Encode(Threshold(1.0), {254, 255, 0, 0}), ElementsAre(1));
  EXPECT_THAT(Encode(Threshold(1.0001), {255, 255, 255, 255}), IsEmpty());
  EXPECT_THAT(Encode(Threshold(kInfinity), {255, 255, 255, 255}), IsEmpty());
}

TEST(ImageEncoderTest, AppendsWithoutFirstLineAndKeepsWhatIsThere) {
  InputModel input = Threshold(0.5);
  input.first_line = 1000;
  std::vector<std::uint32_t> lines = {77};
  ImageEncoder::Create(input).value().Encode(std::vector<std::uint8_t>{0, 255, 0, 255}, lines);
  EXPECT_THAT(lines, ElementsAre(77, 1, 3));
}

TEST(ImageEncoderTest, ThermometerLinesAreOrderedByEncoderChannel) {
  InputModel input = Threshold(0.5);
  input.encoder = EncoderKind::kThermometer;
  input.levels = {0.2, 0.6};
  input.level_channels = {0, 0};
  EXPECT_THAT(Encode(input, {0, 60, 200, 255}), ElementsAre(1, 2, 3, 4 + 2, 4 + 3));
}

TEST(ImageEncoderTest, EqualsTheDefinitionOnRandomModelsAndImages) {
  RandomSequence random(1, 0);
  for (int round = 0; round < 200; ++round) {
    InputModel input;
    input.encoder = EncoderKind::kThermometer;
    input.shape = {3, 4, 5};
    input.range_max = round % 2 == 0 ? 1.0 : 255.0;
    for (int channel = 0; channel < 3; ++channel) {
      input.mean.push_back(input.range_max * random.NextUnit());
      input.scale.push_back(input.range_max * (0.1 + random.NextUnit()));
    }
    for (int level = 0; level < 7; ++level) {
      const auto channel = static_cast<std::int32_t>(random.NextBelow(3));
      const auto byte = static_cast<std::uint8_t>(random.NextBelow(256));
      // Half of the levels lie exactly on the value of a byte.
      const double x = PreprocessByte(input, channel, byte);
      input.levels.push_back(level % 2 == 0 ? x : x + 0.01 * random.NextUnit());
      input.level_channels.push_back(channel);
    }
    std::vector<std::uint8_t> image(60);
    for (std::uint8_t& pixel : image) {
      pixel = static_cast<std::uint8_t>(random.NextBelow(256));
    }
    ASSERT_EQ(Encode(input, image), EncodeByDefinition(input, image)) << round;
  }
}

TEST(ImageEncoderTest, NoEncoderIsAFailedPreconditionAndRateUnimplemented) {
  InputModel input = Threshold(0.5);
  input.encoder = EncoderKind::kNone;
  EXPECT_EQ(ImageEncoder::Create(input).status().code(), absl::StatusCode::kFailedPrecondition);
  input.encoder = EncoderKind::kRate;
  EXPECT_EQ(ImageEncoder::Create(input).status().code(), absl::StatusCode::kUnimplemented);
}

TEST(ImageEncoderTest, EachPartThatDoesNotFitIsInvalid) {
  const auto code_after = [](void (*spoil)(InputModel&)) {
    InputModel input = Threshold(0.5);
    spoil(input);
    return ImageEncoder::Create(input).status().code();
  };
  constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code_after([](InputModel&) {}), absl::StatusCode::kOk);
  EXPECT_EQ(code_after([](InputModel& m) { m.shape[0] = 0; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.shape[2] = -1; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.mean.clear(); }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.scale.push_back(1.0); }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.scale[0] = 0.0; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.scale[0] = -1.0; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.mean[0] = std::nan(""); }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.range_max = 0.0; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.levels[0] = std::nan(""); }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.levels.clear(); }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.level_channels[0] = 1; }), kInvalid);
  EXPECT_EQ(code_after([](InputModel& m) { m.level_channels[0] = -1; }), kInvalid);
}

}  // namespace
}  // namespace spikemesh
