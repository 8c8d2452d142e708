// SPDX-License-Identifier: Apache-2.0
// Holds the source tree to its rules (rules.h): who may include whom, how long files and functions
// may be, what is called how and what is never called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/style/rules.h"

namespace spikemesh {
namespace {

using ::testing::IsEmpty;

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The product's own sources, and those of its tests.
const std::vector<SourceFile>& Product() {
  static const std::vector<SourceFile> sources = LoadSources(
      SPIKEMESH_SOURCE_DIR, {"core", "neurons", "router", "networks", "converters", "apps"});
  return sources;
}
const std::vector<SourceFile>& Tests() {
  static const std::vector<SourceFile> sources = LoadSources(SPIKEMESH_SOURCE_DIR, {"tests"});
  return sources;
}
std::vector<SourceFile> All() {
  std::vector<SourceFile> all = Product();
  all.insert(all.end(), Tests().begin(), Tests().end());
  return all;
}

const LibraryDag& Libraries() {
  static const LibraryDag dag = ParseLibraries(ReadText(SPIKEMESH_LIBRARIES));
  return dag;
}

// A file that no target names is neither compiled nor run. Those of the exceptions are, by training
// scripts, a build of its own, or the presets of the sanitizers.
TEST(StyleTest, EverySourceFileIsCompiled) {
  const std::vector<std::string> elsewhere = {"networks/train/", "tests/install/consumer/",
                                              "tests/fuzz/fuzz_", "tests/sanitizers/"};
  std::istringstream lines(ReadText(SPIKEMESH_FILES));
  const std::set<std::string> compiled{std::istream_iterator<std::string>(lines), {}};
  ASSERT_GT(compiled.size(), 500u);
  for (const SourceFile& file : All()) {
    EXPECT_TRUE(compiled.contains(file.path) ||
                std::ranges::any_of(
                    elsewhere,
                    [&file](const std::string& folder) { return file.path.starts_with(folder); }))
        << file.path;
  }
}

TEST(StyleTest, EverySourceFileBelongsToALibrary) {
  ASSERT_GT(Product().size(), 300u);
  ASSERT_GT(Tests().size(), 100u);
  for (const SourceFile& file : Product()) {
    // Training scripts compile kernels of their own; no library of ours knows them.
    EXPECT_TRUE(!LibraryOf(Libraries(), file.path).empty() ||
                file.path.starts_with("networks/train/"))
        << file.path;
  }
}

TEST(StyleTest, LibrariesIncludeOnlyWhatTheirDepsName) {
  ASSERT_GT(Libraries().size(), 12u);
  EXPECT_THAT(IncludesOutsideDag(Libraries(), Product()), IsEmpty());
}

TEST(StyleTest, LibrariesNameOnlyDepsThatTheyInclude) {
  EXPECT_THAT(DepsWithoutInclude(Libraries(), Product()), IsEmpty());
}

TEST(StyleTest, TheBaseKnowsNothingAboveIt) {
  EXPECT_THAT(Libraries().at("core/base"), IsEmpty());
  for (const auto& [library, deps] : Libraries()) {
    EXPECT_FALSE(deps.contains("apps")) << library;
  }
}

TEST(StyleTest, ThirdPartyHeadersStayBehindTheirFence) {
  const std::vector<Fence> fences = {
      {"capnp/", {"core/chip/"}},
      {"kj/", {"core/chip/"}},
      {"google/protobuf", {"converters/onnx/"}},
      {"hwy/", {"neurons/", "core/machine/tick_kernel"}},
      {"CLI/", {"apps/"}},
      {"spdlog/", {"apps/"}},
      {"zlib.h", {"networks/data/"}},
      {"png.h", {"networks/data/png_image.cc"}},
      {"jpeglib.h", {"networks/data/jpeg_image.cc"}},
      {"boost/asio", {"networks/data/"}},
      {"boost/beast", {"networks/data/"}},
      {"boost/graph", {"converters/mapping/", "router/deadlock.cc"}},
      {"nlohmann/json.hpp", {"core/base/json.h"}},
      {"nlohmann/json_fwd.hpp", {"core/base/json_fwd.h"}},
  };
  EXPECT_THAT(IncludesOverFences(fences, Product()), IsEmpty());
}

// What includes either of these two takes seconds longer to compile.
TEST(StyleTest, JsonAndCommandLinesAreReadAndWrittenWhereTheListSays) {
  const std::vector<Fence> fences = {
      {"core/base/json.h",
       {"core/base/json.cc", "core/chip/chip_spec.cc", "core/profile/packet_trace.cc",
        "core/profile/profile_json.cc", "core/profile/profile_page.cc",
        "core/profile/trace_events.cc", "core/report/bench_json.cc", "core/report/convert_json.cc",
        "core/report/diagnose_json.cc", "core/report/energy_json.cc", "core/report/inspect_json.cc",
        "core/report/routing_json.cc", "core/report/run_json.cc", "converters/ranc/",
        "router/router_config.cc", "apps/deliver_report.cc"}},
      {"CLI/", {"apps/flags.h", "apps/main.cc"}},
  };
  EXPECT_THAT(IncludesOverFences(fences, Product()), IsEmpty());
}

TEST(StyleTest, FilesBuildWithoutPrecompiledHeaders) {
  EXPECT_THAT(MissingIncludes(All()), IsEmpty());
}

TEST(StyleTest, ATypeIsDeclaredOnceInANamespace) {
  EXPECT_THAT(TypesDeclaredTwice(All()), IsEmpty());
}

TEST(StyleTest, OnlyAppsKnowFlags) {
  std::vector<SourceFile> below;
  for (const SourceFile& file : Product()) {
    if (!file.path.starts_with("apps/")) {
      below.push_back(file);
    }
  }
  EXPECT_THAT(FlagsNamed(below), IsEmpty());
}

TEST(StyleTest, FilesAreAtMost700LinesAndWarnAbove500) {
  EXPECT_THAT(LongFiles(All(), {.enough = 500, .allowed = 700}), IsEmpty());
}

TEST(StyleTest, FunctionsAreAtMost100LinesAndWarnAbove70) {
  EXPECT_THAT(LongFunctions(All(), {.enough = 70, .allowed = 100}), IsEmpty());
}

TEST(StyleTest, NothingBannedIsCalled) {
  const std::vector<BannedWord> words = {
      {"throw ", "", "absl::Status"},
      {"shared_ptr", "", "one owner"},
      {"using namespace", "", "names one by one"},
      {"std::rand", "", "core/base/random.h"},
      {"std::mt19937", "", "core/base/random.h"},
      {"#pragma once", "", "include guards"},
      {"std::cout", "apps/", "return a string; only apps print"},
      {"std::cerr", "apps/", "return a status; only apps print"},
      {"printf(", "core/base/status.h", "return a string; only apps print"},
      {"exit(", "apps/", "return a status"},
      {"std::system", "", "no shell"},
      {"malloc(", "", "a container"},
      {"delete ", "", "a container or unique_ptr"},
  };
  EXPECT_THAT(WordsBanned(words, Product()), IsEmpty());
}

TEST(StyleTest, EveryFileBeginsWithItsLicenceAndHeadersHaveGuards) {
  EXPECT_THAT(WrongBeginnings(All()), IsEmpty());
}

TEST(StyleTest, EveryLibraryHasAReadmeOfAtMost60Lines) {
  for (const auto& [folder, deps] : Libraries()) {
    const std::string readme =
        ReadText(std::string(SPIKEMESH_SOURCE_DIR) + "/" + folder + "/README.md");
    const auto lines = std::ranges::count(readme, '\n');
    EXPECT_GT(lines, 5) << folder << "/README.md";
    EXPECT_LE(lines, 60) << folder << "/README.md";
  }
}

}  // namespace
}  // namespace spikemesh
