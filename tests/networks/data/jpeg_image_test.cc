// SPDX-License-Identifier: Apache-2.0
#include "networks/data/jpeg_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/networks/data/picture_test_util.h"

namespace spikemesh {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

// 16 x 24, brighter to the right and below.
Bytes Ramp(int channels) {
  Bytes samples;
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 24; ++x) {
      for (int channel = 0; channel < channels; ++channel) {
        samples.push_back(static_cast<std::uint8_t>(4 * x + 4 * y + 40 * channel));
      }
    }
  }
  return samples;
}

TEST(JpegImageTest, GreyIsWithinTwoLevelsOfWhatWasPacked) {
  for (const bool progressive : {false, true}) {
    const Bytes ramp = Ramp(1);
    const Picture picture = DecodeJpeg(WriteJpeg({1, progressive}, 16, 24, ramp)).value();
    ASSERT_EQ(picture.shape, (PictureShape{1, 16, 24}));
    for (std::size_t i = 0; i < ramp.size(); ++i) {
      EXPECT_LE(std::abs(int{picture.pixels[i]} - int{ramp[i]}), 2) << i;
    }
  }
}

TEST(JpegImageTest, ColorsComePlaneByPlane) {
  // One colour: what packing loses does not matter.
  Bytes red;
  for (int i = 0; i < 64; ++i) {
    red.insert(red.end(), {200, 100, 50});
  }
  const Picture picture = DecodeJpeg(WriteJpeg({3}, 8, 8, red)).value();
  ASSERT_EQ(picture.shape, (PictureShape{3, 8, 8}));
  const auto plane = [&](int channel) {
    return Bytes(picture.pixels.begin() + 64 * channel, picture.pixels.begin() + 64 * channel + 64);
  };
  EXPECT_THAT(plane(0), Each(::testing::AllOf(::testing::Ge(198), ::testing::Le(202))));
  EXPECT_THAT(plane(1), Each(::testing::AllOf(::testing::Ge(98), ::testing::Le(102))));
  EXPECT_THAT(plane(2), Each(::testing::AllOf(::testing::Ge(48), ::testing::Le(52))));
}

TEST(JpegImageTest, TheShapeIsReadFromTheHeaderAlone) {
  const std::string file = WriteJpeg({3}, 16, 24, Ramp(3));
  EXPECT_EQ(ReadJpegShape(file).value(), (PictureShape{3, 16, 24}));
  EXPECT_EQ(ReadJpegShape(file.substr(0, file.size() - 100)).value(), (PictureShape{3, 16, 24}));
}

TEST(JpegImageTest, CmykIsUnimplemented) {
  const absl::Status status = DecodeJpeg(WriteJpeg({4}, 16, 24, Ramp(4))).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("4 channels"));
}

TEST(JpegImageTest, EveryPrefixIsDataLoss) {
  for (const bool progressive : {false, true}) {
    const std::string file = WriteJpeg({3, progressive}, 16, 24, Ramp(3));
    for (std::size_t length = 0; length < file.size(); ++length) {
      EXPECT_EQ(DecodeJpeg(file.substr(0, length)).status().code(), absl::StatusCode::kDataLoss)
          << length;
    }
  }
}

// The marker of a baseline frame, then length, bits, height, width.
std::size_t FrameOf(const std::string& file) { return file.find("\xFF\xC0"); }

TEST(JpegImageTest, SidesBeyondTheLimitAreOutOfRangeBeforeDecoding) {
  std::string file = WriteJpeg({1}, 16, 24, Ramp(1));
  file.replace(FrameOf(file) + 7, 2, std::string("\xF0\x00", 2));  // width
  EXPECT_EQ(DecodeJpeg(file).status().code(), absl::StatusCode::kOutOfRange);
}

TEST(JpegImageTest, FewerPixelsThanAnnouncedAreDataLoss) {
  std::string file = WriteJpeg({1}, 16, 24, Ramp(1));
  file.replace(FrameOf(file) + 5, 2, std::string("\x10\x00", 2));  // 4096 rows
  EXPECT_EQ(DecodeJpeg(file).status().code(), absl::StatusCode::kDataLoss);
}

TEST(JpegImageTest, MoreScansThanAnyEncoderWritesAreDataLoss) {
  const std::string file = WriteJpeg({1, true}, 16, 24, Ramp(1));
  // The last scan again and again.
  const std::size_t scan = file.rfind("\xFF\xDA");
  const std::string last = file.substr(scan, file.size() - 2 - scan);
  std::string many = file.substr(0, file.size() - 2);
  for (int i = 0; i < 2 * kJpegScansMax; ++i) {
    many += last;
  }
  EXPECT_EQ(DecodeJpeg(many + "\xFF\xD9").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace spikemesh
