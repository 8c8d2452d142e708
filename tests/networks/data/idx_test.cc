// SPDX-License-Identifier: Apache-2.0
#include "networks/data/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "tests/networks/data/data_test_util.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint32_t kImagesMagic = 0x0803;
constexpr std::uint32_t kLabelsMagic = 0x0801;

// Images of 2 rows and 3 columns whose pixels count up from 0.
std::string ImageFile(std::uint32_t images) {
  std::string file = Words({kImagesMagic, images, 2, 3});
  for (std::uint32_t pixel = 0; pixel < images * 6; ++pixel) {
    file.push_back(static_cast<char>(pixel));
  }
  return file;
}

std::string LabelFile(std::string_view labels) {
  return Words({kLabelsMagic, static_cast<std::uint32_t>(labels.size())}) + std::string(labels);
}

absl::StatusCode ImagesCode(std::string_view file) {
  return ParseIdxImages(file, std::nullopt).status().code();
}

absl::StatusCode LabelsCode(std::string_view file) {
  return ParseIdxLabels(file, std::nullopt, 10).status().code();
}

TEST(IdxTest, ReadsImagesPlainAndGzip) {
  std::vector<std::uint8_t> pixels(4 * 6);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  for (const std::string& file : {ImageFile(4), Gzip(ImageFile(4))}) {
    const IdxImages images = ParseIdxImages(file, std::nullopt).value();
    EXPECT_EQ(images.images_in_file, 4);
    EXPECT_EQ(images.height, 2);
    EXPECT_EQ(images.width, 3);
    EXPECT_EQ(images.pixels, pixels);
  }
}

TEST(IdxTest, ReadsLabelsPlainAndGzip) {
  for (const std::string& file : {LabelFile("\x09\x01\x05"), Gzip(LabelFile("\x09\x01\x05"))}) {
    const IdxLabels labels = ParseIdxLabels(file, std::nullopt, 10).value();
    EXPECT_EQ(labels.labels_in_file, 3);
    EXPECT_THAT(labels.labels, ElementsAre(9, 1, 5));
  }
}

TEST(IdxTest, ReadsOnlyTheImagesAskedForAndTellsHowManyThereAre) {
  const IdxImages images = ParseIdxImages(Gzip(ImageFile(4)), 2).value();
  EXPECT_EQ(images.images_in_file, 4);
  EXPECT_EQ(images.pixels.size(), 2u * 6u);
  const IdxLabels labels = ParseIdxLabels(LabelFile("\x01\x02\x03"), 2, 10).value();
  EXPECT_EQ(labels.labels_in_file, 3);
  EXPECT_THAT(labels.labels, ElementsAre(1, 2));
}

TEST(IdxTest, AskingForMoreImagesThanThereAreGivesAll) {
  EXPECT_EQ(ParseIdxImages(ImageFile(4), 100).value().pixels.size(), 4u * 6u);
}

TEST(IdxTest, EveryProperPrefixOfAnImageFileIsDataLoss) {
  const std::string plain = ImageFile(4);
  for (std::size_t size = 0; size < plain.size(); ++size) {
    EXPECT_EQ(ImagesCode(plain.substr(0, size)), absl::StatusCode::kDataLoss) << size;
  }
  const std::string packed = Gzip(plain);
  for (std::size_t size = 2; size < packed.size(); ++size) {
    EXPECT_EQ(ImagesCode(packed.substr(0, size)), absl::StatusCode::kDataLoss) << size;
  }
}

TEST(IdxTest, EveryProperPrefixOfALabelFileIsDataLoss) {
  const std::string plain = LabelFile("\x01\x02\x03");
  for (std::size_t size = 0; size < plain.size(); ++size) {
    EXPECT_EQ(LabelsCode(plain.substr(0, size)), absl::StatusCode::kDataLoss) << size;
  }
}

TEST(IdxTest, FileLongerThanItsHeaderSaysIsInvalid) {
  EXPECT_EQ(ImagesCode(ImageFile(4) + "x"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ImagesCode(Gzip(ImageFile(4) + "x")), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(LabelsCode(LabelFile("\x01\x02") + "x"), absl::StatusCode::kInvalidArgument);
}

TEST(IdxTest, OtherElementTypesAndDimensionsAreInvalid) {
  EXPECT_EQ(ImagesCode(LabelFile("\x01")), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(LabelsCode(ImageFile(1)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ImagesCode(Words({0x0D03, 1, 2, 3})), absl::StatusCode::kInvalidArgument);  // floats
  const absl::Status text = ParseIdxImages("this is no IDX file", std::nullopt).status();
  EXPECT_EQ(text.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(text.message()), HasSubstr("2051 (images, unsigned bytes) allowed"));
}

TEST(IdxTest, SizesOutsideTheLimitsAreOutOfRange) {
  EXPECT_EQ(ImagesCode(Words({kImagesMagic, 0, 2, 3})), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ImagesCode(Words({kImagesMagic, kImagesMax + 1, 1, 1})), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ImagesCode(Words({kImagesMagic, 1, 0, 3})), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ImagesCode(Words({kImagesMagic, 1, 2, kImageSideMax + 1})),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ImagesCode(Words({kImagesMagic, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF})),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(LabelsCode(Words({kLabelsMagic, 0})), absl::StatusCode::kOutOfRange);
}

TEST(IdxTest, SmallFileThatPromisesGigabytesIsRefusedBeforeMemoryIsTaken) {
  const std::string just_over_the_bound = Words({kImagesMagic, 65, 4096, 4096});
  EXPECT_EQ(ImagesCode(just_over_the_bound), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ImagesCode(Gzip(just_over_the_bound)), absl::StatusCode::kResourceExhausted);
  const std::string at_the_bound = Words({kImagesMagic, 64, 4096, 4096});
  EXPECT_EQ(ImagesCode(at_the_bound), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ImagesCode(Gzip(at_the_bound)), absl::StatusCode::kDataLoss);
}

TEST(IdxTest, LabelOfNoClassIsOutOfRangeAndNamesTheImage) {
  const absl::Status status = ParseIdxLabels(LabelFile("\x01\x0A\x02"), std::nullopt, 10).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(status.message(), "image 1 has label 10, allowed: 0..9");
}

TEST(IdxTest, WrittenFilesReadBackAndAreNamedAsMnistNamesThem) {
  const TemporaryFolder folder;
  const Dataset set = {.name = "made",
                       .channels = 1,
                       .height = 1,
                       .width = 2,
                       .class_names = {},
                       .pixels = {1, 2, 3, 4},
                       .labels = {7, 8}};
  const std::string inner = folder.path() + "/new/folder";
  ASSERT_TRUE(WriteIdxFiles(set, DatasetSplit::kTrain, inner).ok());
  ASSERT_TRUE(WriteIdxFiles(set, DatasetSplit::kTest, inner).ok());
  for (const std::string prefix : {"train", "t10k"}) {
    EXPECT_EQ(ReadFile(inner + "/" + prefix + "-images-idx3-ubyte", 100).value(),
              Words({kImagesMagic, 2, 1, 2}) + "\x01\x02\x03\x04");
    EXPECT_EQ(ReadFile(inner + "/" + prefix + "-labels-idx1-ubyte", 100).value(),
              Words({kLabelsMagic, 2}) + "\x07\x08");
  }
}

TEST(IdxTest, WritingColourImagesOrIntoNoFolderFails) {
  const TemporaryFolder folder;
  Dataset set;
  set.channels = 3;
  EXPECT_EQ(WriteIdxFiles(set, DatasetSplit::kTest, folder.path()).code(),
            absl::StatusCode::kInvalidArgument);
  set.channels = 1;
  EXPECT_EQ(WriteIdxFiles(set, DatasetSplit::kTest, "/dev/null/folder").code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spikemesh
