// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/check_images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/base/remedy.h"
#include "tests/testing/row_chip.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

InputModel InputOf(std::array<std::int32_t, 3> shape) {
  InputModel input;
  input.shape = shape;
  return input;
}

Dataset Images(std::int32_t height, std::int32_t width) {
  Dataset images;
  images.height = height;
  images.width = width;
  return images;
}

TEST(CheckImageShapeTest, SmallerImagesAreToBePaddedInTheMiddle) {
  const auto remedies = [](const InputModel& input, const Dataset& images) {
    return RemediesOf(CheckImageShape(input, images));
  };
  EXPECT_THAT(remedies(InputOf({1, 32, 32}), Images(28, 28)),
              ElementsAre(Remedy{RemedyKind::kPadImages, "2,2,2,2"}));
  EXPECT_THAT(remedies(InputOf({1, 31, 28}), Images(28, 28)),
              ElementsAre(Remedy{RemedyKind::kPadImages, "1,2,0,0"}));
  EXPECT_THAT(remedies(InputOf({1, 24, 32}), Images(28, 28)), ElementsAre());
  EXPECT_THAT(remedies(InputOf({3, 32, 32}), Images(28, 28)), ElementsAre());
  // What is padded already, and too little, is told in full.
  InputModel padded = InputOf({1, 32, 32});
  padded.pad = {1, 1, 1, 1};
  EXPECT_THAT(remedies(padded, Images(30, 30)),
              ElementsAre(Remedy{RemedyKind::kPadImages, "2,2,2,2"}));
  padded.encoder = EncoderKind::kRate;  // a chip's, which is converted with its pads
  EXPECT_THAT(remedies(padded, Images(30, 30)),
              ElementsAre(Remedy{RemedyKind::kConvertPadded, "2,2,2,2"}));
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
  EXPECT_THAT(RemediesOf(status), ElementsAre(Remedy{RemedyKind::kFewerImages}));
}

TEST(CheckImageRunTest, WithoutAnEncoderInputSpikesAreTheRemedy) {
  EXPECT_THAT(RemediesOf(CheckAfter([](ChipModel& c) { c.input.encoder = EncoderKind::kNone; })),
              ElementsAre(Remedy{RemedyKind::kInputSpikes}));
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
