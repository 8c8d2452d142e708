// SPDX-License-Identifier: Apache-2.0
#include "networks/data/png_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/networks/data/picture_test_util.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

// 3 columns, 2 rows.
const Bytes kGrey = {0, 1, 127, 128, 254, 255};
const Bytes kColor = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
const Bytes kPlanes = {1, 4, 7, 10, 13, 16, 2, 5, 8, 11, 14, 17, 3, 6, 9, 12, 15, 18};

TEST(PngImageTest, GreyAndRgbAreThePixelsPlaneByPlane) {
  for (const bool interlaced : {false, true}) {
    const Picture grey = DecodePng(WritePng({8, 0, interlaced}, 2, 3, kGrey)).value();
    EXPECT_EQ(grey.shape, (PictureShape{1, 2, 3}));
    EXPECT_EQ(grey.pixels, kGrey);
    const Picture color = DecodePng(WritePng({8, 2, interlaced}, 2, 3, kColor)).value();
    EXPECT_EQ(color.shape, (PictureShape{3, 2, 3}));
    EXPECT_EQ(color.pixels, kPlanes);
  }
}

TEST(PngImageTest, FewerBitsBecomeTheWholeRange) {
  // One bit: 1 0 1; two bits: 0 1 2 3; four bits: 0 15.
  EXPECT_THAT(DecodePng(WritePng({1, 0, false}, 1, 3, {0xA0})).value().pixels,
              ElementsAre(255, 0, 255));
  EXPECT_THAT(DecodePng(WritePng({2, 0, false}, 1, 4, {0x1B})).value().pixels,
              ElementsAre(0, 85, 170, 255));
  EXPECT_THAT(DecodePng(WritePng({4, 0, false}, 1, 2, {0x0F})).value().pixels, ElementsAre(0, 255));
}

TEST(PngImageTest, PalettesAreTheColorsThatTheyStandFor) {
  const Picture picture = DecodePng(WritePng({2, 3, false}, 1, 3, {0b01'10'11'00})).value();
  EXPECT_EQ(picture.shape, (PictureShape{3, 1, 3}));
  EXPECT_THAT(picture.pixels, ElementsAre(1, 2, 3, 2, 4, 6, 3, 6, 9));
}

TEST(PngImageTest, AlphaIsTakenOffWhereAllIsOpaque) {
  EXPECT_THAT(DecodePng(WritePng({8, 4, false}, 1, 2, {9, 255, 8, 255})).value().pixels,
              ElementsAre(9, 8));
  EXPECT_THAT(DecodePng(WritePng({8, 6, false}, 1, 1, {9, 8, 7, 255})).value().pixels,
              ElementsAre(9, 8, 7));
  const absl::Status status = DecodePng(WritePng({8, 4, false}, 1, 2, {9, 255, 8, 254})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("transparent"));
}

TEST(PngImageTest, SixteenBitsAreUnimplemented) {
  const absl::Status status = DecodePng(WritePng({16, 0, false}, 1, 1, {1, 2})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(status.message(), "the picture has 16 bits a sample, allowed: 1 to 8");
}

TEST(PngImageTest, TheShapeIsReadFromTheHeaderAlone) {
  const std::string file = WritePng({8, 2, false}, 2, 3, kColor);
  EXPECT_EQ(ReadPngShape(file).value(), (PictureShape{3, 2, 3}));
  EXPECT_EQ(ReadPngShape(PngWithSides(4096, 4096)).value(), (PictureShape{1, 4096, 4096}));
}

TEST(PngImageTest, SidesThatNoPictureMayHaveAreOutOfRange) {
  for (const auto& [height, width] :
       std::vector<std::pair<std::uint32_t, std::uint32_t>>{{1, 4097}, {0x7FFF'FFFF, 1}}) {
    EXPECT_EQ(DecodePng(PngWithSides(height, width)).status().code(),
              absl::StatusCode::kOutOfRange);
  }
  // Beyond what PNG itself allows.
  for (const std::uint32_t side : {0U, 0x8000'0000U, 0xFFFF'FFFFU}) {
    EXPECT_EQ(DecodePng(PngWithSides(1, side)).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(PngImageTest, EveryPrefixIsDataLoss) {
  for (const bool interlaced : {false, true}) {
    const std::string file = WritePng({8, 2, interlaced}, 2, 3, kColor);
    for (std::size_t length = 0; length < file.size(); ++length) {
      EXPECT_EQ(DecodePng(file.substr(0, length)).status().code(), absl::StatusCode::kDataLoss)
          << length;
    }
  }
}

TEST(PngImageTest, FewerPixelsThanAnnouncedAreDataLoss) {
  EXPECT_EQ(DecodePng(PngWithSides(100, 100)).status().code(), absl::StatusCode::kDataLoss);
}

TEST(PngImageTest, AChangedPixelIsDataLoss) {
  std::string file = WritePng({}, 2, 3, kGrey);
  file[file.size() - 20] = static_cast<char>(file[file.size() - 20] ^ 1);
  EXPECT_EQ(DecodePng(file).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace spikemesh
