// SPDX-License-Identifier: Apache-2.0
#include "networks/data/tar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/networks/data/data_test_util.h"
#include "tests/networks/data/tar_test_util.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Members = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<Members> Visit(std::string_view archive, std::vector<std::string> names,
                              const TarLimits& limits = {}) {
  Members members;
  SPIKEMESH_RETURN_IF_ERROR(VisitTarMembers(
      archive, names, limits, [&members](const std::string& name, std::string_view content) {
        members.emplace_back(name, content);
        return absl::OkStatus();
      }));
  return members;
}

TEST(TarTest, TakesTheNamedFilesInTheArchivesOrder) {
  const std::string tar = TarMember("top/", "", '5') + TarMember("top/a.bin", "first") +
                          TarMember("top/b.txt", std::string(1000, 'b')) +
                          TarMember("top/c.bin", "") + TarEnd();
  for (const std::string& archive : {tar, Gzip(tar)}) {
    EXPECT_THAT(Visit(archive, {"c.bin", "a.bin"}).value(),
                ElementsAre(Pair("a.bin", "first"), Pair("c.bin", "")));
  }
}

TEST(TarTest, ContentOfOneBlockOneMoreAndOneLess) {
  for (const std::size_t size : {511u, 512u, 513u}) {
    const std::string tar =
        TarMember("a", std::string(size, 'a')) + TarMember("b", "next") + TarEnd();
    EXPECT_THAT(Visit(tar, {"a", "b"}).value(),
                ElementsAre(Pair("a", std::string(size, 'a')), Pair("b", "next")));
  }
}

TEST(TarTest, OnlyTheLastPartOfAPathIsTakenSoNothingEscapes) {
  const std::string tar = TarMember("../../etc/a", "x") + TarEnd();
  EXPECT_THAT(Visit(tar, {"a"}).value(), ElementsAre(Pair("a", "x")));
}

TEST(TarTest, LinksAreNotFiles) {
  const std::string tar = TarMember("a", "", '2') + TarMember("a", "file") + TarEnd();
  EXPECT_THAT(Visit(tar, {"a"}).value(), ElementsAre(Pair("a", "file")));
}

TEST(TarTest, MissingNameIsDataLossAndNamed) {
  const absl::Status status = Visit(TarMember("a", "x") + TarEnd(), {"a", "b"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has no b"));
}

TEST(TarTest, EveryPrefixThatMissesAByteOfTheFilesIsDataLoss) {
  const std::string tar = TarMember("a", "content") + TarMember("b", "more");
  for (std::size_t size = 0; size < tar.size(); ++size) {
    EXPECT_EQ(Visit(tar.substr(0, size), {"a", "b"}).status().code(), absl::StatusCode::kDataLoss)
        << size;
  }
  EXPECT_TRUE(Visit(tar, {"a", "b"}).ok());
}

TEST(TarTest, AnyOtherByteInTheHeaderIsDataLoss) {
  const std::string tar = TarMember("a", "content");
  for (std::size_t i = 0; i < 148; ++i) {  // up to the checksum itself
    std::string spoilt = tar;
    spoilt[i] = static_cast<char>(spoilt[i] ^ 1);
    EXPECT_EQ(Visit(spoilt, {"a"}).status().code(), absl::StatusCode::kDataLoss) << i;
  }
}

TEST(TarTest, LimitsAreResourceExhausted) {
  const std::string tar = TarMember("a", std::string(600, 'a'));
  EXPECT_TRUE(Visit(tar, {"a"}, {.member_bytes_max = 600}).ok());
  EXPECT_EQ(Visit(tar, {"a"}, {.member_bytes_max = 599}).status().code(),
            absl::StatusCode::kResourceExhausted);
  // A header and two blocks of content.
  EXPECT_TRUE(Visit(tar, {"a"}, {.content_bytes_max = 3 * 512}).ok());
  EXPECT_EQ(Visit(tar, {"a"}, {.content_bytes_max = 3 * 512 - 1}).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(TarTest, HeaderThatPromisesGigabytesIsResourceExhausted) {
  const std::string huge = TarHeader("skipped", '0', (std::uint64_t{1} << 36) - 1);
  EXPECT_EQ(Visit(huge, {"a"}).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(TarTest, ErrorOfTheVisitorEndsTheVisit) {
  const std::vector<std::string> names = {"a"};
  const absl::Status status = VisitTarMembers(
      TarMember("a", "x"), names, {},
      [](const std::string&, std::string_view) { return absl::PermissionDeniedError("no"); });
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace spikemesh
