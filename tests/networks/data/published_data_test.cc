// SPDX-License-Identifier: Apache-2.0
// Facts about the published data sets, checked where SPIKEMESH_DATA names a folder that has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "networks/data/dataset.h"

namespace spikemesh {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

std::vector<int> LabelCounts(const Dataset& set) {
  std::vector<int> counts(set.class_names.size());
  for (const std::uint8_t label : set.labels) {
    ++counts[label];
  }
  return counts;
}

class PublishedDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("SPIKEMESH_DATA") == nullptr) {
      GTEST_SKIP() << "SPIKEMESH_DATA is not set";
    }
  }
  static Dataset Load(const std::string& name, DatasetSplit split) {
    absl::StatusOr<Dataset> set = LoadDataset({name, std::nullopt}, split, std::nullopt, 1);
    SPIKEMESH_CHECK(set.ok());
    return *std::move(set);
  }
};

TEST_F(PublishedDataTest, MnistHasItsKnownLabelCounts) {
  const Dataset train = Load("mnist", DatasetSplit::kTrain);
  EXPECT_EQ(train.image_bytes(), 784);
  EXPECT_THAT(LabelCounts(train),
              ElementsAre(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949));
  EXPECT_THAT(LabelCounts(Load("mnist", DatasetSplit::kTest)),
              ElementsAre(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009));
}

TEST_F(PublishedDataTest, MnistTestBeginsWithASevenOnBlack) {
  const Dataset test = Load("mnist", DatasetSplit::kTest);
  EXPECT_EQ(test.labels[0], 7);
  EXPECT_THAT(test.image(0).first(28), Each(0));
}

TEST_F(PublishedDataTest, FashionMnistIsBalanced) {
  EXPECT_THAT(LabelCounts(Load("fashion-mnist", DatasetSplit::kTrain)), Each(6000));
  EXPECT_THAT(LabelCounts(Load("fashion-mnist", DatasetSplit::kTest)), Each(1000));
}

TEST_F(PublishedDataTest, CifarIsBalancedAndBeginsAsPublished) {
  const Dataset train = Load("cifar10", DatasetSplit::kTrain);
  EXPECT_THAT(LabelCounts(train), Each(5000));
  EXPECT_THAT(std::vector(train.labels.begin(), train.labels.begin() + 10),
              ElementsAre(6, 9, 9, 4, 1, 1, 2, 7, 8, 3));
  const Dataset test = Load("cifar10", DatasetSplit::kTest);
  EXPECT_THAT(LabelCounts(test), Each(1000));
  EXPECT_THAT(std::vector(test.labels.begin(), test.labels.begin() + 10),
              ElementsAre(3, 8, 8, 0, 6, 6, 1, 6, 3, 1));
}

TEST_F(PublishedDataTest, TheSameFilesUnderTheirPathsAreTheSameImages) {
  const std::string root = std::getenv("SPIKEMESH_DATA");
  const auto load_own = [](const std::string& spec) {
    return LoadDataset(ParseDatasetSpec(spec).value(), DatasetSplit::kTest, std::nullopt, 1)
        .value();
  };
  const Dataset digits = load_own("idx:" + root + "/mnist/t10k");
  EXPECT_EQ(digits.pixels, Load("mnist", DatasetSplit::kTest).pixels);
  EXPECT_EQ(digits.labels, Load("mnist", DatasetSplit::kTest).labels);
  const Dataset pictures = load_own("cifar:" + root + "/cifar-10/test_batch.bin");
  EXPECT_EQ(pictures.pixels, Load("cifar10", DatasetSplit::kTest).pixels);
  EXPECT_EQ(pictures.class_names, Load("cifar10", DatasetSplit::kTest).class_names);
}

}  // namespace
}  // namespace spikemesh
