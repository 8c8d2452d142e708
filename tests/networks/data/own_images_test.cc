// SPDX-License-Identifier: Apache-2.0
// Images of one's own by their specs: the same pictures in each form are the same data set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "networks/data/cifar.h"
#include "networks/data/dataset.h"
#include "networks/data/digits.h"
#include "networks/data/idx.h"
#include "tests/networks/data/data_test_util.h"
#include "tests/networks/data/npz_test_util.h"
#include "tests/networks/data/picture_test_util.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string AsText(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

class OwnImagesTest : public ::testing::Test {
 protected:
  // Ten digits, one of each class, in the order of their classes: so a folder lists them.
  OwnImagesTest() {
    const Dataset made = MakeDigits(10, 1, DatasetSplit::kTest);
    images_ = made;
    for (std::int64_t i = 0; i < made.size(); ++i) {
      const std::uint8_t label = made.labels[static_cast<std::size_t>(i)];
      std::ranges::copy(made.image(i), images_.pixels.begin() + label * made.image_bytes());
      images_.labels[label] = label;
    }
  }

  void Write(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path path = Path(name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  static absl::StatusOr<Dataset> Load(const std::string& spec,
                                      std::optional<std::int64_t> images = std::nullopt,
                                      DatasetSplit split = DatasetSplit::kTest) {
    return LoadDataset(ParseDatasetSpec(spec).value(), split, images, 1);
  }
  // Expects the pictures under `spec`, for either split.
  void ExpectImages(const std::string& spec) const {
    for (const DatasetSplit split : {DatasetSplit::kTest, DatasetSplit::kTrain}) {
      const absl::StatusOr<Dataset> set = Load(spec, std::nullopt, split);
      ASSERT_TRUE(set.ok()) << set.status();
      EXPECT_EQ(set->name, spec);
      EXPECT_EQ(set->pixels, images_.pixels);
      EXPECT_EQ(set->labels, images_.labels);
      EXPECT_EQ(set->height, 28);
      EXPECT_EQ(set->width, 28);
    }
  }

  Dataset images_;
  TemporaryFolder folder_;
};

TEST_F(OwnImagesTest, AreTheSameFromEveryForm) {
  Write("x.npz", Npz(Npy("|u1", "(10, 1, 28, 28)", AsText(images_.pixels)),
                     Npy("|u1", "(10,)", AsText(images_.labels))));
  ExpectImages("npz:" + Path("x.npz"));

  std::vector<float> floats;
  for (const std::uint8_t byte : images_.pixels) {
    floats.push_back(static_cast<float>(byte) / 255.0F);
  }
  Write("f.npz", Npz(Npy("<f4", "(10, 28, 28)", FloatBytes(floats)),
                     Npy("|u1", "(10,)", AsText(images_.labels))));
  ExpectImages("npz:" + Path("f.npz"));

  for (std::int64_t i = 0; i < images_.size(); ++i) {
    const auto image = images_.image(i);
    Write(Concat("png/", i, "/0.png"),
          WritePng({}, 28, 28, std::vector<std::uint8_t>(image.begin(), image.end())));
  }
  ExpectImages("images:" + Path("png"));

  ASSERT_TRUE(WriteIdxFiles(images_, DatasetSplit::kTest, Path("idx")).ok());
  ExpectImages("idx:" + Path("idx/t10k"));
}

TEST_F(OwnImagesTest, AnIdxPrefixMayBeAFolderWithSplits) {
  ASSERT_TRUE(WriteIdxFiles(images_, DatasetSplit::kTest, Path("idx")).ok());
  EXPECT_EQ(Load("idx:" + Path("idx")).value().pixels, images_.pixels);
  const absl::Status status =
      Load("idx:" + Path("idx"), std::nullopt, DatasetSplit::kTrain).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("neither " + Path("idx/train-images")));
}

TEST_F(OwnImagesTest, IdxFilesMayBePackedAndHaveAnyLabels) {
  Write("my-images-idx3-ubyte.gz", Gzip(Words({0x0803, 2, 1, 1}) + "ab"));
  Write("my-labels-idx1-ubyte", Words({0x0801, 2}) + std::string("\xFF\x0B"));
  const Dataset set = Load("idx:" + Path("my")).value();
  EXPECT_THAT(set.pixels, ElementsAre('a', 'b'));
  EXPECT_THAT(set.labels, ElementsAre(255, 11));
}

TEST_F(OwnImagesTest, CifarFilesFollowEachOther) {
  const auto record = [](char label, char pixel) {
    return std::string(1, label) + std::string(kCifarImageBytes, pixel);
  };
  Write("a.bin", record(3, 1) + record(4, 2));
  Write("b.bin.gz", Gzip(record(9, 3)));
  const Dataset set = Load("cifar:" + Path("a.bin") + "," + Path("b.bin")).value();
  EXPECT_THAT(set.labels, ElementsAre(3, 4, 9));
  EXPECT_EQ(set.channels, 3);
  EXPECT_EQ(set.class_names[9], "truck");
  EXPECT_EQ(Load("cifar:" + Path("a.bin") + "," + Path("none.bin"), 2).value().size(), 2);
  EXPECT_EQ(Load("cifar:" + Path("a.bin") + "," + Path("none.bin")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(Load("cifar:" + Path("a.bin") + ",").ok());
}

TEST_F(OwnImagesTest, MoreImagesThanThereAreAreOutOfRangeWhereAllAreNeeded) {
  Write("x.npz", Npz(Npy("|u1", "(2, 1, 1)", "ab"), Npy("|u1", "(2,)", "\x01\x02")));
  const std::string spec = "npz:" + Path("x.npz");
  const absl::Status status = Load(spec, 3).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(status.message(), "dataset \"" + spec + "\": 3 images asked for, it has 2");
  EXPECT_EQ(
      LoadImagesUpTo(ParseDatasetSpec(spec).value(), DatasetSplit::kTest, 3, 1).value().size(), 2);
}

TEST_F(OwnImagesTest, FilesThatAreNoArchiveAreRefusedByTheirFirstBytes) {
  Write("x.npz", std::string(100, 'x'));
  EXPECT_THAT(std::string(Load("npz:" + Path("x.npz")).status().message()),
              HasSubstr("x.npz: no zip archive; allowed: what numpy.savez"));
  EXPECT_EQ(Load("npz:" + Path("none.npz")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(OwnImagesTest, AnIdxBombIsResourceExhausted) {
  // 128 MB of zeros in 128 kB, with labels for it.
  const std::uint32_t images = 128;
  Write("big-images-idx3-ubyte.gz",
        Gzip(Words({0x0803, images, 1024, 1024}) + std::string(images << 20, '\0')));
  Write("big-labels-idx1-ubyte", Words({0x0801, images}) + std::string(images, '\0'));
  EXPECT_EQ(Load("idx:" + Path("big")).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(OwnImagesSpecTest, NeedsWhatStandsBehindTheColon) {
  for (const char* text : {"npz", "npz:", "images", "images:", "idx:", "cifar"}) {
    const absl::Status status = ParseDatasetSpec(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("npz:FILE, images:DIR, idx:PREFIX"));
  }
}

TEST(DatasetTest, TheFirstImagesKeepTheirLabelsIfAny) {
  Dataset set = {.name = "",
                 .channels = 1,
                 .height = 1,
                 .width = 2,
                 .class_names = {},
                 .pixels = {1, 2, 3, 4, 5, 6},
                 .labels = {7, 8, 9}};
  EXPECT_THAT(FirstImages(set, 2).pixels, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(FirstImages(set, 2).labels, ElementsAre(7, 8));
  EXPECT_EQ(FirstImages(set, 5), set);
  EXPECT_EQ(set.label(1), 8);
  set.labels.clear();
  EXPECT_EQ(set.size(), 3);
  EXPECT_EQ(set.label(1), -1);
  EXPECT_EQ(FirstImages(set, 2).size(), 2);
}

}  // namespace
}  // namespace spikemesh
