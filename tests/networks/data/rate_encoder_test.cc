// SPDX-License-Identifier: Apache-2.0
#include "networks/data/rate_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "core/base/random.h"
#include "core/chip/validate.h"
#include "networks/data/preprocessing.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// x = byte: x_max is 255.
InputModel Bytes(std::int32_t channels, std::int32_t width) {
  InputModel input;
  input.encoder = EncoderKind::kRate;
  input.shape = {channels, 1, width};
  input.range_max = 255.0;
  input.mean.assign(static_cast<std::size_t>(channels), 0.0);
  input.scale.assign(static_cast<std::size_t>(channels), 1.0);
  return input;
}

using LinesByTick = std::vector<std::vector<std::uint32_t>>;

LinesByTick Encode(RateEncoder& encoder, const std::vector<std::uint8_t>& image, int ticks) {
  LinesByTick lines(static_cast<std::size_t>(ticks));
  encoder.Begin(image);
  for (std::vector<std::uint32_t>& tick : lines) {
    encoder.AppendTick(tick);
    std::ranges::sort(tick);
  }
  return lines;
}

LinesByTick Encode(const InputModel& input, const std::vector<std::uint8_t>& image, int ticks) {
  RateEncoder encoder = RateEncoder::Create(input, ticks).value();
  return Encode(encoder, image, ticks);
}

// The ticks, from 1, in which `line` fires.
std::vector<int> TicksOf(const LinesByTick& lines, std::uint32_t line) {
  std::vector<int> ticks;
  for (std::size_t tick = 0; tick < lines.size(); ++tick) {
    ticks.insert(ticks.end(), std::ranges::count(lines[tick], line), static_cast<int>(tick) + 1);
  }
  return ticks;
}

// What the header says, pixel by pixel and tick by tick.
LinesByTick EncodeByDefinition(const InputModel& input, const std::vector<std::uint8_t>& image,
                               int ticks) {
  const std::vector<double> x = PreprocessImage(input, image);
  LinesByTick lines(static_cast<std::size_t>(ticks));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto spikes = std::lround(ticks * (std::abs(x[i]) / LargestInputMagnitude(input)));
    const auto until = [&](std::int64_t tick) {
      return (2 * tick * spikes + ticks) / (2 * std::int64_t{ticks});
    };
    for (int tick = 1; tick <= ticks; ++tick) {
      if (until(tick) > until(tick - 1)) {
        lines[tick - 1].push_back(static_cast<std::uint32_t>(x[i] < 0 ? x.size() + i : i));
      }
    }
  }
  for (std::vector<std::uint32_t>& tick : lines) {
    std::ranges::sort(tick);
  }
  return lines;
}

TEST(RateEncoderTest, SpikesOfSmallTrains) {
  // n = round(4 byte / 255) = 0, 1, 2, 3, 4; spike i of n, from 1, is in tick ceil((2i-1) 4 / 2n).
  const LinesByTick lines = Encode(Bytes(1, 5), {31, 32, 128, 191, 255}, 4);
  EXPECT_THAT(TicksOf(lines, 0), IsEmpty());
  EXPECT_THAT(TicksOf(lines, 1), ElementsAre(2));
  EXPECT_THAT(TicksOf(lines, 2), ElementsAre(1, 3));
  EXPECT_THAT(TicksOf(lines, 3), ElementsAre(1, 2, 4));
  EXPECT_THAT(TicksOf(lines, 4), ElementsAre(1, 2, 3, 4));
}

TEST(RateEncoderTest, HalvesRoundAwayFromZero) {
  InputModel input = Bytes(1, 2);
  input.mean[0] = 4.0;
  // x: -4 to -2, so that T p = 1/2 at byte 255.
  input.range_max = 2.0;
  EXPECT_THAT(Encode(input, {0, 255}, 1)[0], ElementsAre(2 + 0, 2 + 1));
  // x: -4 to -1.875, T p = 0.46875.
  input.range_max = 2.125;
  EXPECT_THAT(Encode(input, {0, 255}, 1)[0], ElementsAre(2 + 0));
}

// Whatever T and n: n spikes, gaps of floor(T/n) or ceil(T/n) also from the last to the first of
// the image shown again, and never further than half a spike from k n / T.
TEST(RateEncoderTest, TrainsAreEvenForAllShortTimes) {
  for (int ticks = 1; ticks <= 70; ++ticks) {
    std::vector<std::uint8_t> image;
    for (int spikes = 0; spikes <= ticks; ++spikes) {
      // |ticks * byte / 255 - spikes| <= ticks / 510 < 1/2.
      image.push_back(static_cast<std::uint8_t>(std::lround(255.0 * spikes / ticks)));
    }
    const LinesByTick lines = Encode(Bytes(1, ticks + 1), image, ticks);
    for (int spikes = 0; spikes <= ticks; ++spikes) {
      const std::vector<int> at = TicksOf(lines, static_cast<std::uint32_t>(spikes));
      ASSERT_EQ(at.size(), static_cast<std::size_t>(spikes)) << ticks;
      for (int i = 0; i < spikes; ++i) {
        const int next = i + 1 < spikes ? at[i + 1] : ticks + at[0];
        ASSERT_GE(next - at[i], ticks / spikes) << ticks << " " << spikes;
        ASSERT_LE(next - at[i], (ticks + spikes - 1) / spikes) << ticks << " " << spikes;
      }
      for (int k = 1; k <= ticks; ++k) {
        const auto so_far = std::ranges::upper_bound(at, k) - at.begin();
        ASSERT_LE(std::abs(2 * (so_far * ticks - k * spikes)), ticks) << ticks << " " << spikes;
      }
    }
  }
}

TEST(RateEncoderTest, NegativeInputsFireOnTheSecondLines) {
  InputModel input = Bytes(2, 2);
  input.mean = {55.0, 0.0};  // channel 0: -55..200, channel 1: 0..255
  ASSERT_EQ(EncodedExtents(input)[0], 4);
  // x_max is 255, of channel 1, so that T = 255 gives n = |x|.
  const LinesByTick lines = Encode(input, {0, 255, 3, 0}, 255);
  EXPECT_EQ(TicksOf(lines, 0).size(), 0u);
  EXPECT_EQ(TicksOf(lines, 1).size(), 200u);
  EXPECT_EQ(TicksOf(lines, 2).size(), 3u);
  EXPECT_EQ(TicksOf(lines, 3).size(), 0u);
  EXPECT_EQ(TicksOf(lines, 4).size(), 55u);
  for (std::uint32_t line = 5; line < 8; ++line) {
    EXPECT_EQ(TicksOf(lines, line).size(), 0u) << line;
  }
}

TEST(RateEncoderTest, NegativeScaleTurnsTheSign) {
  InputModel input = Bytes(1, 1);
  input.scale = {-1.0};
  EXPECT_TRUE(CanBeNegative(input));
  EXPECT_EQ(LargestInputMagnitude(input), 255.0);
  EXPECT_EQ(TicksOf(Encode(input, {7}, 255), 1).size(), 7u);
}

TEST(RateEncoderTest, EqualsTheDefinitionOnRandomModelsAndImages) {
  RandomSequence random(1, 0);
  for (int round = 0; round < 60; ++round) {
    InputModel input = Bytes(3, 20);
    input.range_max = round % 2 == 0 ? 1.0 : 255.0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      input.mean[channel] = round % 3 == 0 ? 0.0 : input.range_max * random.NextUnit();
      input.scale[channel] = input.range_max * (0.1 + random.NextUnit());
    }
    const int ticks = 1 + static_cast<int>(random.NextBelow(100));
    RateEncoder encoder = RateEncoder::Create(input, ticks).value();
    // The second image finds nothing of the first.
    for (int repetition = 0; repetition < 2; ++repetition) {
      std::vector<std::uint8_t> image(60);
      for (std::uint8_t& pixel : image) {
        pixel = static_cast<std::uint8_t>(random.NextBelow(256));
      }
      ASSERT_EQ(Encode(encoder, image, ticks), EncodeByDefinition(input, image, ticks)) << round;
    }
  }
}

TEST(RateEncoderTest, BeginForgetsTheImageBefore) {
  RateEncoder encoder = RateEncoder::Create(Bytes(1, 2), 3).value();
  std::vector<std::uint32_t> lines;
  encoder.Begin(std::vector<std::uint8_t>{255, 255});
  encoder.AppendTick(lines);
  EXPECT_EQ(Encode(encoder, {0, 255}, 3), Encode(Bytes(1, 2), {0, 255}, 3));
}

TEST(RateEncoderTest, TheLongestTimeKeepsItsCount) {
  RateEncoder encoder = RateEncoder::Create(Bytes(1, 2), kPresentationTicksMax).value();
  encoder.Begin(std::vector<std::uint8_t>{255, 1});
  std::vector<std::uint32_t> lines;
  for (std::int32_t tick = 0; tick < kPresentationTicksMax; ++tick) {
    encoder.AppendTick(lines);
  }
  EXPECT_EQ(std::ranges::count(lines, 0u), kPresentationTicksMax);
  EXPECT_EQ(std::ranges::count(lines, 1u), std::lround(kPresentationTicksMax / 255.0));
}

TEST(RateEncoderTest, EachPartThatDoesNotFitIsAnError) {
  const auto code_after = [](void (*spoil)(InputModel&), std::int32_t ticks) {
    InputModel input = Bytes(1, 2);
    spoil(input);
    return RateEncoder::Create(input, ticks).status().code();
  };
  const auto nothing = [](InputModel&) {};
  EXPECT_EQ(code_after(nothing, 1), absl::StatusCode::kOk);
  EXPECT_EQ(code_after(nothing, kPresentationTicksMax), absl::StatusCode::kOk);
  EXPECT_EQ(code_after(nothing, 0), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(code_after(nothing, kPresentationTicksMax + 1), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(code_after([](InputModel& m) { m.encoder = EncoderKind::kThreshold; }, 1),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code_after([](InputModel& m) { m.mean.clear(); }, 1),
            absl::StatusCode::kInvalidArgument);
  // 1e300 / 1e-300 overflows, 1e-300 / 1e300 underflows.
  EXPECT_EQ(code_after(
                [](InputModel& m) {
                  m.range_max = 1e300;
                  m.scale[0] = 1e-300;
                },
                1),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_after(
                [](InputModel& m) {
                  m.range_max = 1e-300;
                  m.scale[0] = 1e300;
                },
                1),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spikemesh
