// SPDX-License-Identifier: Apache-2.0
// What the documents at the top say of the tree is so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/style/rules.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string Document(const std::string& name) {
  return Text(std::string(SPIKEMESH_SOURCE_DIR) + "/" + name);
}

// What stands in brackets in each heading "## [...]", in order: "Unreleased" or a version.
std::vector<std::string> VersionsOf(std::string_view changelog) {
  constexpr std::string_view kHeading = "\n## [";
  std::vector<std::string> versions;
  for (std::size_t at = changelog.find(kHeading); at != std::string_view::npos;
       at = changelog.find(kHeading, at + 1)) {
    const std::size_t begin = at + kHeading.size();
    versions.emplace_back(changelog.substr(begin, changelog.find(']', begin) - begin));
  }
  return versions;
}

TEST(VersionsOfTest, AreFoundInOrder) {
  EXPECT_THAT(
      VersionsOf("# Changelog\n\n## [Unreleased]\n- a\n## [1.2.0] - 2026-01-02\n### Added\n"),
      ElementsAre("Unreleased", "1.2.0"));
}

TEST(DocumentsTest, ChangelogsTopVersionIsTheBuilds) {
  std::vector<std::string> versions = VersionsOf(Document("CHANGELOG.md"));
  ASSERT_FALSE(versions.empty());
  if (versions.front() == "Unreleased") {
    versions.erase(versions.begin());
  }
  ASSERT_FALSE(versions.empty());
  EXPECT_EQ(versions.front(), SPIKEMESH_VERSION);
}

TEST(DocumentsTest, ContributingNamesEveryLibraryInAtMost150Lines) {
  const std::string contributing = Document("CONTRIBUTING.md");
  EXPECT_LE(std::ranges::count(contributing, '\n'), 150);
  for (const auto& [folder, deps] : ParseLibraries(Text(SPIKEMESH_LIBRARIES))) {
    EXPECT_THAT(contributing, HasSubstr(folder));
  }
}

TEST(DocumentsTest, LicencesAreThere) {
  EXPECT_THAT(Document("LICENSE"), HasSubstr("Version 2.0, January 2004"));
  EXPECT_THAT(Document("NOTICE"), HasSubstr("Copyright (c) 2022 Leon Sorokin"));
  EXPECT_THAT(Document("NOTICE"), StartsWith("Spikemesh\n"));
}

}  // namespace
}  // namespace spikemesh
