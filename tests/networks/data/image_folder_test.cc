// SPDX-License-Identifier: Apache-2.0
#include "networks/data/image_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/networks/data/data_test_util.h"
#include "tests/networks/data/picture_test_util.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ImageFolderTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path path = std::filesystem::path(folder_.path()) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  // A picture of one grey pixel.
  void WritePixel(const std::string& name, std::uint8_t value) const {
    Write(name, WritePng({}, 1, 1, {value}));
  }
  absl::StatusOr<Dataset> Load(std::optional<std::int64_t> images_max = std::nullopt,
                               DatasetSplit split = DatasetSplit::kTest) const {
    return LoadImageFolder(folder_.path(), split, images_max);
  }
  std::string Message() const { return std::string(Load().status().message()); }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  TemporaryFolder folder_;
};

TEST_F(ImageFolderTest, ClassesAreSortedFoldersAndTakeTurns) {
  WritePixel("b/2.png", 4);
  WritePixel("b/1.png", 3);
  WritePixel("b/3.PNG", 5);
  WritePixel("a/9.png", 1);
  WritePixel("a/10.png", 0);
  const Dataset set = Load().value();
  EXPECT_THAT(set.class_names, ElementsAre("a", "b"));
  EXPECT_THAT(set.pixels, ElementsAre(0, 3, 1, 4, 5));
  EXPECT_THAT(set.labels, ElementsAre(0, 1, 0, 1, 1));
  EXPECT_THAT(Load(3).value().pixels, ElementsAre(0, 3, 1));
  EXPECT_EQ(Load(10).value().size(), 5);
  EXPECT_EQ(Load(std::nullopt, DatasetSplit::kTrain).value(), set);
}

TEST_F(ImageFolderTest, PngAndJpegLieSideBySide) {
  const std::vector<std::uint8_t> grey(64, 100);
  Write("a/1.png", WritePng({}, 8, 8, grey));
  Write("a/2.jpeg", WriteJpeg({}, 8, 8, grey));
  Write("b/1.JPG", WriteJpeg({}, 8, 8, grey));
  // The content says what it is, not the name.
  Write("b/2.png", WriteJpeg({}, 8, 8, grey));
  const Dataset set = Load().value();
  EXPECT_EQ(set.size(), 4);
  EXPECT_EQ(set.pixels, std::vector<std::uint8_t>(4 * 64, 100));
}

TEST_F(ImageFolderTest, TrainAndTestAreSplitsOfTheSameClasses) {
  WritePixel("train/a/1.png", 1);
  WritePixel("train/b/1.png", 2);
  WritePixel("test/a/1.png", 3);
  std::filesystem::create_directory(Path("test/b"));
  EXPECT_THAT(Load(std::nullopt, DatasetSplit::kTrain).value().pixels, ElementsAre(1, 2));
  EXPECT_THAT(Load().value().pixels, ElementsAre(3));
  EXPECT_THAT(Load().value().class_names, ElementsAre("a", "b"));
  std::filesystem::remove(Path("test/b"));
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(), HasSubstr("train and test have different class folders: b and none"));
}

TEST_F(ImageFolderTest, TrainAloneIsAClass) {
  WritePixel("train/1.png", 1);
  EXPECT_THAT(Load().value().class_names, ElementsAre("train"));
}

TEST_F(ImageFolderTest, HiddenFilesAndNotesBesideTheClassesDoNotMatter) {
  WritePixel("a/1.png", 1);
  Write("a/.DS_Store", "x");
  Write("README.txt", "x");
  Write(".git/config", "x");
  EXPECT_EQ(Load().value().size(), 1);
}

TEST_F(ImageFolderTest, AFileThatIsNoPictureIsInvalidAndNamed) {
  WritePixel("a/1.png", 1);
  Write("a/notes.txt", "x");
  EXPECT_EQ(Message(), Path("a/notes.txt") + ": allowed in a class folder: .png, .jpg and .jpeg");
  std::filesystem::remove(Path("a/notes.txt"));
  Write("a/2.png", "GIF89a");
  EXPECT_EQ(Message(), Path("a/2.png") + ": the content is neither PNG nor JPEG");
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ImageFolderTest, FoldersOfAnotherFormAreInvalid) {
  EXPECT_EQ(LoadImageFolder(Path("none"), DatasetSplit::kTest, std::nullopt).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(), HasSubstr("no class folders, allowed: "));
  std::filesystem::create_directory(Path("a"));
  EXPECT_THAT(Message(), HasSubstr("no picture in its class folders"));
  WritePixel("1.png", 1);
  EXPECT_THAT(Message(), HasSubstr("1.png: a picture outside of a class folder"));
  std::filesystem::remove(Path("1.png"));
  WritePixel("a/b/1.png", 1);
  EXPECT_THAT(Message(), HasSubstr("a/b: a folder in a class folder"));
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ImageFolderTest, APictureOfAnotherShapeIsInvalidAndNamed) {
  WritePixel("a/1.png", 1);
  Write("b/1.png", WritePng({}, 2, 1, {1, 2}));
  EXPECT_EQ(Message(), Path("b/1.png") + ": the picture is 1x2 grey, the first one, " +
                           Path("a/1.png") + ", is 1x1 grey; all must be alike");
  Write("b/1.png", WritePng({8, 2, false}, 1, 1, {1, 2, 3}));
  EXPECT_THAT(Message(), HasSubstr("the picture is 1x1 RGB"));
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ImageFolderTest, LinksStayInTheFolder) {
  TemporaryFolder elsewhere;
  std::ofstream(elsewhere.path() + "/1.png", std::ios::binary) << WritePng({}, 1, 1, {9});
  WritePixel("a/1.png", 1);
  std::filesystem::create_symlink("../a/1.png", Path("a/2.png"));
  std::filesystem::create_directory_symlink("a", Path("b"));
  EXPECT_THAT(Load().value().pixels, ElementsAre(1, 1, 1, 1));
  std::filesystem::create_symlink(elsewhere.path() + "/1.png", Path("a/3.png"));
  EXPECT_THAT(Message(), HasSubstr("a/3.png: a symbolic link that leaves "));
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kInvalidArgument);
  std::filesystem::remove(Path("a/3.png"));
  std::filesystem::create_directory_symlink(elsewhere.path(), Path("c"));
  EXPECT_THAT(Message(), HasSubstr("/c: a symbolic link that leaves "));
  std::filesystem::remove(Path("c"));
  std::filesystem::create_symlink("missing", Path("a/4.png"));
  EXPECT_THAT(Message(), HasSubstr("a/4.png: a symbolic link to nothing"));
}

TEST_F(ImageFolderTest, TheFolderItselfMayBeALink) {
  WritePixel("real/a/1.png", 1);
  std::filesystem::create_directory_symlink(Path("real"), Path("link"));
  EXPECT_EQ(LoadImageFolder(Path("link"), DatasetSplit::kTest, std::nullopt).value().size(), 1);
}

TEST_F(ImageFolderTest, PicturesThatUnpackToTooMuchAreResourceExhausted) {
  // 16 MB of black in 16 kB, three times.
  const std::string black = WritePng({}, 4096, 4096, std::vector<std::uint8_t>(4096 * 4096));
  for (const char* name : {"a/1.png", "a/2.png", "a/3.png"}) {
    Write(name, black);
  }
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(), HasSubstr("pictures like " + Path("a/1.png") + ": "));
  EXPECT_EQ(Load(1).value().size(), 1);
}

TEST_F(ImageFolderTest, MoreThan256ClassesAreOutOfRange) {
  for (int i = 0; i <= kLabelMax; ++i) {
    std::filesystem::create_directory(Path("class" + std::to_string(i)));
  }
  WritePixel("class7/1.png", 1);
  EXPECT_EQ(Load().value().class_names.size(), 256u);
  std::filesystem::create_directory(Path("one-more"));
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(ImageFolderTest, ErrorsOfPicturesNameTheFile) {
  Write("a/1.png", WritePng({16, 0, false}, 1, 1, {1, 2}));
  EXPECT_EQ(Message(), Path("a/1.png") + ": the picture has 16 bits a sample, allowed: 1 to 8");
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace spikemesh
