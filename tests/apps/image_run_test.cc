// SPDX-License-Identifier: Apache-2.0
#include "apps/image_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "apps/pin_verifier.h"
#include "tests/apps/row_chip.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

// The class that wins where `pins` have fired.
std::int32_t Leader(const std::vector<std::int32_t>& pin_classes,
                    const std::vector<std::uint32_t>& pins) {
  PinVotes votes(pin_classes);
  for (const std::uint32_t pin : pins) {
    const PinIndex index(pin);
    votes.Add({&index, 1});
  }
  return votes.Leader();
}

TEST(PinVotesTest, MostSpikesWin) {
  // Pins 0 and 2 vote for class 1, pin 1 for class 0.
  EXPECT_EQ(Leader({1, 0, 1}, {0, 1, 2}), 1);
  EXPECT_EQ(Leader({1, 0, 1}, {1, 1, 0}), 0);
}

TEST(PinVotesTest, TiesGoToTheLowestClass) {
  EXPECT_EQ(Leader({2, 1, 0}, {1}), 1);
  EXPECT_EQ(Leader({2, 1, 0}, {0, 1}), 1);
  EXPECT_EQ(Leader({2, 1, 0}, {}), 0);
}

TEST(PinVotesTest, PinsWithoutClassDoNotVote) { EXPECT_EQ(Leader({-1, 1, -1}, {0, 0, 1, 2}), 1); }

TEST(PinVotesTest, ClearForgets) {
  const std::vector<std::int32_t> classes = {0, 1};
  const PinIndex one(1);
  PinVotes votes(classes);
  votes.Add({&one, 1});
  votes.Clear();
  EXPECT_EQ(votes.Leader(), 0);
}

absl::Status CheckAfter(void (*spoil)(ChipModel&)) {
  ChipModel chip = RowChip({.pixels = 2});
  spoil(chip);
  return CheckImageRun(chip, RowImages(4, {{0, {1, 2}}, {1, {0, 4}}}));
}

TEST(CheckImageRunTest, PresentationGoesWithTheEncoder) {
  EXPECT_TRUE(CheckAfter([](ChipModel&) {}).ok());
  EXPECT_EQ(CheckAfter([](ChipModel& c) { c.presentation.mode = PresentationMode::kPipelined; }),
            absl::UnimplementedError("presentation: a rate encoder in pipelined mode is not "
                                     "supported, threshold and thermometer are"));
  EXPECT_EQ(
      CheckAfter([](ChipModel& c) { c.input.encoder = EncoderKind::kThreshold; }),
      absl::UnimplementedError("presentation: rate mode without a rate encoder is not supported"));
  EXPECT_TRUE(CheckAfter([](ChipModel& c) {
                c.input.encoder = EncoderKind::kThreshold;
                c.presentation.mode = PresentationMode::kPipelined;
              }).ok());
}

TEST(CheckImageRunTest, WhatTheChipLacksIsAFailedPrecondition) {
  constexpr absl::StatusCode kFailed = absl::StatusCode::kFailedPrecondition;
  EXPECT_EQ(CheckAfter([](ChipModel& c) { c.input.encoder = EncoderKind::kNone; }).code(), kFailed);
  EXPECT_EQ(CheckAfter([](ChipModel& c) { c.presentation.mode = PresentationMode::kNone; }).code(),
            kFailed);
  EXPECT_EQ(CheckAfter([](ChipModel& c) { c.pin_classes.clear(); }).code(), kFailed);
  EXPECT_EQ(CheckAfter([](ChipModel& c) { c.pin_classes = {-1, -1}; }).code(), kFailed);
  EXPECT_EQ(CheckAfter([](ChipModel& c) {
              c.input.shape = {1, 1, 3};
            }).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(CheckImageRunTest, ABillionTicksAreAllowedAndNotOneImageMore) {
  ChipModel chip = RowChip({.pixels = 1});
  chip.presentation = {PresentationMode::kRate, 999'999, 1};
  Dataset images = RowImages(1, std::vector<RowImage>(1000, RowImage{0, {0}}));
  EXPECT_TRUE(CheckImageRun(chip, images).ok());
  images.labels.push_back(0);
  const absl::Status status = CheckImageRun(chip, images);
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(status.message()), HasSubstr("1001 images take 1001000000 ticks"));
}

TEST(TicksOfImagesTest, RateTakesLatencyForEachImagePipelinedOnce) {
  EXPECT_EQ(TicksOfImages({PresentationMode::kRate, 7, 3}, 5), 5 * (7 + 3));
  EXPECT_EQ(TicksOfImages({PresentationMode::kPipelined, 1, 3}, 5), 5 + 3);
}

TEST(SpikingNetworkOfTest, ChipWithoutANetworkHasNoReference) {
  EXPECT_EQ(SpikingNetworkOf(RowChip({}), "--verify").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(CheckImageShapeTest, ModelsOfVectorsTakeImagesFlattened) {
  Dataset images;
  images.name = "three";
  images.channels = 3;
  images.height = 4;
  images.width = 5;
  const auto takes = [&images](std::int32_t channels, std::int32_t height, std::int32_t width) {
    InputModel input;
    input.shape = {channels, height, width};
    return CheckImageShape(input, images).ok();
  };
  EXPECT_TRUE(takes(3, 4, 5));
  EXPECT_TRUE(takes(60, 1, 1));
  EXPECT_FALSE(takes(59, 1, 1));
  EXPECT_FALSE(takes(1, 60, 1));
  EXPECT_FALSE(takes(3, 5, 4));
}

}  // namespace
}  // namespace spikemesh
