// SPDX-License-Identifier: Apache-2.0
#include "networks/data/cifar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/networks/data/data_test_util.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

// A record whose pixels are all `fill`.
std::string Record(char label, char fill) {
  return std::string(1, label) + std::string(kCifarImageBytes, fill);
}

TEST(CifarTest, ReadsRecordsPlainAndGzip) {
  const std::string plain = Record(3, 'a') + Record(9, 'b');
  for (const std::string& file : {plain, Gzip(plain)}) {
    const CifarBatch batch = ParseCifarBatch(file, std::nullopt).value();
    EXPECT_THAT(batch.labels, ElementsAre(3, 9));
    EXPECT_EQ(std::string(batch.pixels.begin(), batch.pixels.end()),
              std::string(3072, 'a') + std::string(3072, 'b'));
  }
}

TEST(CifarTest, ReadsOnlyTheImagesAskedFor) {
  const std::string file = Record(3, 'a') + Record(4, 'b') + "half a record";
  EXPECT_THAT(ParseCifarBatch(file, 2).value().labels, ElementsAre(3, 4));
}

TEST(CifarTest, EveryPrefixIsDataLossExceptAtARecordsEnd) {
  const std::string file = Record(3, 'a') + Record(4, 'b');
  for (std::size_t size = 1; size < file.size(); ++size) {
    const absl::Status status = ParseCifarBatch(file.substr(0, size), std::nullopt).status();
    EXPECT_EQ(status.code(),
              size % kCifarRecordBytes == 0 ? absl::StatusCode::kOk : absl::StatusCode::kDataLoss)
        << size;
  }
}

TEST(CifarTest, EmptyFileIsInvalid) {
  EXPECT_EQ(ParseCifarBatch("", std::nullopt).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(CifarTest, LabelTenIsOutOfRangeAndNamesTheRecord) {
  const absl::Status status = ParseCifarBatch(Record(9, 0) + Record(10, 0), std::nullopt).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(status.message(), "record 1 has label 10, allowed: 0..9");
}

TEST(CifarTest, GzipBombIsResourceExhaustedOnlyWhereItIsUnpacked) {
  // 61 MB of zeros in 60 kB, made of gzip members.
  constexpr std::int64_t kMemberRecords = 1000;
  const std::string member = Gzip(std::string(kCifarRecordBytes * kMemberRecords, '\0'));
  std::string bomb;
  for (int members = 0; members < 20; ++members) {
    bomb += member;
  }
  EXPECT_EQ(ParseCifarBatch(bomb, std::nullopt).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ParseCifarBatch(bomb, 5).value().labels.size(), 5u);
}

TEST(CifarTest, MoreRecordsThanAllowedAreResourceExhausted) {
  const std::string file(kCifarRecordBytes * kCifarRecordsMax, '\0');
  EXPECT_EQ(ParseCifarBatch(file, std::nullopt).value().labels.size(), kCifarRecordsMax);
  EXPECT_EQ(ParseCifarBatch(file + Record(0, 0), std::nullopt).status().code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace spikemesh
