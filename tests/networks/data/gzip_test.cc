// SPDX-License-Identifier: Apache-2.0
#include "networks/data/gzip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "tests/networks/data/data_test_util.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

std::string RandomBytes(int count, std::uint64_t seed) {
  RandomSequence random(seed, 0);
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    bytes.push_back(static_cast<char>(random.NextBelow(256)));
  }
  return bytes;
}

// All of the content, asked for `step` bytes at a time.
absl::StatusOr<std::string> ReadAll(std::string_view file, std::size_t step) {
  ContentReader reader(file);
  std::string content;
  while (true) {
    std::string buffer(step, '\0');
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t count, reader.Read(buffer));
    content.append(buffer, 0, count);
    if (count < step) {
      return content;
    }
  }
}

TEST(ContentReaderTest, ReadsPlainAndGzipAlikeInStepsOfAnySize) {
  const std::string content = RandomBytes(1000, 1);
  const std::string packed = Gzip(content);
  for (const std::size_t step : {1u, 7u, 999u, 1000u, 1001u, 100'000u}) {
    EXPECT_EQ(ReadAll(content, step).value(), content) << step;
    EXPECT_EQ(ReadAll(packed, step).value(), content) << step;
  }
}

TEST(ContentReaderTest, EmptyFileAndEmptyGzipHaveEmptyContent) {
  EXPECT_EQ(ReadAll("", 10).value(), "");
  EXPECT_EQ(ReadAll(Gzip(""), 10).value(), "");
}

TEST(ContentReaderTest, ConcatenatedGzipMembersReadAsOneContent) {
  EXPECT_EQ(ReadAll(Gzip("abc") + Gzip("") + Gzip("de"), 2).value(), "abcde");
}

TEST(ContentReaderTest, BytesAfterTheGzipDataAreDataLoss) {
  const absl::Status status = ReadAll(Gzip("abc") + "xyz", 10).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("3 bytes after the end"));
}

TEST(ContentReaderTest, EveryProperPrefixOfAGzipFileIsDataLoss) {
  const std::string packed = Gzip(RandomBytes(300, 2));
  // Two bytes make the magic; with fewer the file is plain.
  for (std::size_t size = 2; size < packed.size(); ++size) {
    EXPECT_EQ(ReadAll(std::string_view(packed).substr(0, size), 64).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
}

// A few bits of a gzip file mean nothing: time, padding before a stored block.
TEST(ContentReaderTest, NoFlippedBitGivesOtherContent) {
  const std::string content = RandomBytes(100, 3) + std::string(100, 'a');
  const std::string packed = Gzip(content);
  constexpr std::size_t kMagicBits = 16;
  int refused = 0;
  for (std::size_t bit = kMagicBits; bit < packed.size() * 8; ++bit) {
    std::string flipped = packed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const absl::StatusOr<std::string> read = ReadAll(flipped, 64);
    if (read.ok()) {
      EXPECT_EQ(*read, content) << bit;
    } else {
      EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << bit;
      ++refused;
    }
  }
  EXPECT_GT(refused, 8 * 100);  // all of the content's own bits, at the least
}

TEST(ContentReaderTest, CheckEndTellsWhetherTheContentGoesOn) {
  for (const std::string& file : {std::string("abc"), Gzip("abc")}) {
    ContentReader reader(file);
    std::string buffer(2, '\0');
    ASSERT_EQ(reader.Read(buffer).value(), 2u);
    EXPECT_EQ(reader.CheckEnd().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(reader.CheckEnd().ok());  // the check took the last byte
  }
}

TEST(ContentReaderTest, PlainFileMustHoldExactlyTheBytesPromised) {
  const ContentReader reader("abc");
  EXPECT_EQ(reader.CheckRest(2).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(reader.CheckRest(3).ok());
  EXPECT_EQ(reader.CheckRest(4).code(), absl::StatusCode::kDataLoss);
}

TEST(ContentReaderTest, GzipFileMayPromiseWhatTheBestPackingHoldsAndNoMore) {
  // The strongest packing there is: a long run of one byte.
  const std::string content(10'000'000, 'a');  // NOLINT(bugprone-string-constructor)
  const std::string packed = Gzip(content);
  ASSERT_LT(content.size(), packed.size() * kDeflateRatioMax);
  const ContentReader reader(packed);
  EXPECT_TRUE(reader.CheckRest(content.size()).ok());
  EXPECT_EQ(reader.CheckRest(packed.size() * kDeflateRatioMax * 2).code(),
            absl::StatusCode::kDataLoss);
}

TEST(ContentReaderTest, RestOfAHalfReadBombIsStillWithinTheBound) {
  const std::string content(1'000'000, 'a');
  const std::string packed = Gzip(content);
  ContentReader reader(packed);
  std::string buffer(1, '\0');
  for (std::size_t read = 1; read <= 3000; ++read) {
    ASSERT_EQ(reader.Read(buffer).value(), 1u);
    ASSERT_TRUE(reader.CheckRest(content.size() - read).ok()) << read;
  }
}

}  // namespace
}  // namespace spikemesh
