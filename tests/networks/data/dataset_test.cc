// SPDX-License-Identifier: Apache-2.0
#include "networks/data/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <random>
#include <string>

#include "core/base/atomic_file.h"
#include "core/base/remedy.h"
#include "networks/data/cifar.h"
#include "networks/data/digits.h"
#include "networks/data/idx.h"
#include "tests/networks/data/data_test_util.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// Points the environment at folders of the test and restores it.
class LoadDatasetTest : public ::testing::Test {
 protected:
  LoadDatasetTest() {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (const char* value = std::getenv(kNames[i]); value != nullptr) {
        saved_[i] = value;
      }
      unsetenv(kNames[i]);
    }
    setenv("SPIKEMESH_DATA", data_.path().c_str(), 1);
    setenv("XDG_CACHE_HOME", cache_.path().c_str(), 1);
  }
  ~LoadDatasetTest() override {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      saved_[i].has_value() ? setenv(kNames[i], saved_[i]->c_str(), 1) : unsetenv(kNames[i]);
    }
  }

  static void Write(const std::string& folder, const std::string& name, std::string_view bytes) {
    std::filesystem::create_directories(folder);
    ASSERT_TRUE(WriteFileAtomically(folder + "/" + name, bytes).ok());
  }

  // Images of one pixel, whose values and labels count up from 0.
  static void WriteTestSplit(const std::string& folder, int images) {
    Dataset set = {.name = "",
                   .channels = 1,
                   .height = 1,
                   .width = 1,
                   .class_names = {},
                   .pixels = std::vector<std::uint8_t>(images),
                   .labels = std::vector<std::uint8_t>(images)};
    std::iota(set.pixels.begin(), set.pixels.end(), std::uint8_t{0});
    std::iota(set.labels.begin(), set.labels.end(), std::uint8_t{0});
    ASSERT_TRUE(WriteIdxFiles(set, DatasetSplit::kTest, folder).ok());
  }

  static absl::StatusOr<Dataset> Load(std::string_view spec,
                                      std::optional<std::int64_t> images = std::nullopt,
                                      DatasetSplit split = DatasetSplit::kTest) {
    return LoadDataset(ParseDatasetSpec(spec).value(), split, images, 1);
  }

  static constexpr std::array kNames = {"SPIKEMESH_DATA", "XDG_CACHE_HOME", "HOME"};
  TemporaryFolder data_;
  TemporaryFolder cache_;
  std::array<std::optional<std::string>, 3> saved_;
};

TEST(ParseDatasetSpecTest, SplitsNameAndFolderAtTheFirstColon) {
  EXPECT_EQ(ParseDatasetSpec("mnist")->name, "mnist");
  EXPECT_EQ(ParseDatasetSpec("mnist")->path, std::nullopt);
  EXPECT_EQ(ParseDatasetSpec("cifar10:a:b")->name, "cifar10");
  EXPECT_EQ(ParseDatasetSpec("cifar10:a:b")->path, "a:b");
}

TEST(ParseDatasetSpecTest, UnknownNameListsTheKnownOnes) {
  for (const std::string_view text : {"", "imagenet", "MNIST", ":folder"}) {
    const absl::Status status = ParseDatasetSpec(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("digits, mnist, fashion-mnist, cifar10"));
  }
}

TEST(ParseDatasetSpecTest, EmptyFolderIsInvalid) {
  EXPECT_EQ(ParseDatasetSpec("mnist:").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(LoadDatasetTest, DigitsAreBuiltInAndFollowTheSeed) {
  EXPECT_EQ(Load("digits", 30).value(), MakeDigits(30, 1, DatasetSplit::kTest));
  EXPECT_EQ(Load("digits", 30, DatasetSplit::kTrain).value(),
            MakeDigits(30, 1, DatasetSplit::kTrain));
  EXPECT_EQ(LoadDataset({"digits", std::nullopt}, DatasetSplit::kTest, 30, 2).value(),
            MakeDigits(30, 2, DatasetSplit::kTest));
  EXPECT_EQ(Load("digits").value().size(), 10'000);
  EXPECT_EQ(Load("digits", 10'001).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Load("digits", 60'001, DatasetSplit::kTrain).status().code(),
            absl::StatusCode::kOutOfRange);
}

TEST_F(LoadDatasetTest, DigitsWithAFolderAreReadFromIt) {
  const Dataset made = MakeDigits(30, 7, DatasetSplit::kTest);
  ASSERT_TRUE(WriteIdxFiles(made, DatasetSplit::kTest, data_.path()).ok());
  EXPECT_EQ(Load("digits:" + data_.path()).value(), made);
}

TEST_F(LoadDatasetTest, MnistIsFoundUnderTheDataFolderBeforeTheCache) {
  WriteTestSplit(cache_.path() + "/spikemesh/mnist", 4);
  EXPECT_EQ(Load("mnist").value().size(), 4);
  WriteTestSplit(data_.path() + "/mnist", 3);
  EXPECT_EQ(Load("mnist").value().size(), 3);
  WriteTestSplit(data_.path() + "/elsewhere", 2);
  EXPECT_EQ(Load("mnist:" + data_.path() + "/elsewhere").value().size(), 2);
}

TEST_F(LoadDatasetTest, CacheIsBelowHomeWhereXdgCacheHomeIsNotSet) {
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(DatasetCacheFolder("mnist").value(), "/home/someone/.cache/spikemesh/mnist");
  unsetenv("HOME");
  EXPECT_EQ(DatasetCacheFolder("mnist").status().code(), absl::StatusCode::kFailedPrecondition);
  unsetenv("SPIKEMESH_DATA");
  EXPECT_EQ(Load("mnist").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(LoadDatasetTest, MissingFilesNameEveryPlaceAndTheRemedy) {
  const absl::Status status = Load("cifar10").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("test_batch.bin"));
  EXPECT_THAT(message, HasSubstr(data_.path() + "/cifar-10, "));
  EXPECT_THAT(message, HasSubstr(data_.path() + "/cifar10, "));
  EXPECT_THAT(message, EndsWith(cache_.path() + "/spikemesh/cifar10"));
  EXPECT_THAT(RemediesOf(status), ElementsAre(Remedy{RemedyKind::kFetchData, "cifar10"}));
}

TEST_F(LoadDatasetTest, ImagesWithoutLabelsAreNotFound) {
  const std::string folder = data_.path() + "/mnist";
  WriteTestSplit(folder, 3);
  std::filesystem::remove(folder + "/t10k-labels-idx1-ubyte");
  const absl::Status status = Load("mnist").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("t10k-labels-idx1-ubyte"));
}

TEST_F(LoadDatasetTest, GzipFilesAreReadWhereThePlainOnesAreMissing) {
  const std::string folder = data_.path() + "/fashion-mnist";
  Write(folder, "t10k-images-idx3-ubyte.gz", Gzip(Words({0x803, 2, 1, 1}) + "ab"));
  Write(folder, "t10k-labels-idx1-ubyte.gz", Gzip(Words({0x801, 2}) + "\x09\x05"));
  const Dataset set = Load("fashion-mnist").value();
  EXPECT_EQ(set.name, "fashion-mnist");
  EXPECT_THAT(set.pixels, ElementsAre('a', 'b'));
  EXPECT_EQ(set.class_names[set.labels[0]], "Ankle boot");
  EXPECT_EQ(set.class_names[set.labels[1]], "Sandal");
}

TEST_F(LoadDatasetTest, ErrorsNameTheFile) {
  const std::string folder = data_.path() + "/mnist";
  WriteTestSplit(folder, 3);
  Write(folder, "t10k-labels-idx1-ubyte", "\x1f\x8b");
  const absl::Status status = Load("mnist").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(folder + "/t10k-labels-idx1-ubyte: "));
}

TEST_F(LoadDatasetTest, MoreImagesThanThereAreOrNoneIsOutOfRange) {
  WriteTestSplit(data_.path() + "/mnist", 3);
  EXPECT_THAT(Load("mnist", 2).value().labels, ElementsAre(0, 1));
  EXPECT_EQ(Load("mnist", 3).value().size(), 3);
  EXPECT_EQ(Load("mnist", 4).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Load("mnist", 0).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Load("mnist", -1).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(LoadDatasetTest, AsManyLabelsAsImagesAreNeeded) {
  const std::string folder = data_.path() + "/mnist";
  WriteTestSplit(folder, 3);
  Write(folder, "t10k-labels-idx1-ubyte", Words({0x801, 2}) + std::string("\x01\x02"));
  EXPECT_EQ(Load("mnist").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Load("mnist", 1).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(LoadDatasetTest, LabelsAreCountedBeforeImagesAreUnpacked) {
  const std::string folder = data_.path() + "/mnist";
  WriteTestSplit(folder, 3);
  std::filesystem::remove(folder + "/t10k-images-idx3-ubyte");
  // 4,096 bytes that do not pack, so that 2,000 images of 1,024 bytes seem possible; they are not
  // there, which only unpacking them all would find out.
  std::string content = Words({0x803, 2000, 32, 32});
  std::mt19937 random(1);
  for (int i = 0; i < 4096; ++i) {
    content.push_back(static_cast<char>(random() & 0xFF));
  }
  Write(folder, "t10k-images-idx3-ubyte.gz", Gzip(content));
  const absl::Status status = Load("mnist").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("3 labels, the image file beside it has 2000 images"));
}

TEST_F(LoadDatasetTest, CifarTrainIsFiveBatchesInOrderAndReadsNoMoreThanNeeded) {
  const std::string folder = data_.path() + "/cifar-10";
  for (int batch = 1; batch <= 5; ++batch) {
    std::string record(kCifarRecordBytes, static_cast<char>(batch * 10));
    record[0] = static_cast<char>(batch);
    Write(folder, "data_batch_" + std::to_string(batch) + ".bin", record + record);
  }
  const Dataset set = Load("cifar10", std::nullopt, DatasetSplit::kTrain).value();
  EXPECT_THAT(set.labels, ElementsAre(1, 1, 2, 2, 3, 3, 4, 4, 5, 5));
  EXPECT_EQ(set.image_bytes(), 3072);
  EXPECT_EQ(set.image(9)[0], 50);
  EXPECT_EQ(set.class_names[1], "automobile");
  EXPECT_EQ(Load("cifar10", 11, DatasetSplit::kTrain).status().code(),
            absl::StatusCode::kOutOfRange);
  std::filesystem::remove(folder + "/data_batch_3.bin");
  EXPECT_EQ(Load("cifar10", 4, DatasetSplit::kTrain).value().size(), 4);
  EXPECT_EQ(Load("cifar10", 3, DatasetSplit::kTrain).value().size(), 3);
  EXPECT_EQ(Load("cifar10", 5, DatasetSplit::kTrain).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(LoadDatasetTest, CifarIsAlsoFoundUnderItsOwnName) {
  Write(data_.path() + "/cifar10", "test_batch.bin.gz",
        Gzip(std::string(kCifarRecordBytes, '\x07')));
  EXPECT_THAT(Load("cifar10").value().labels, ElementsAre(7));
}

}  // namespace
}  // namespace spikemesh
