// SPDX-License-Identifier: Apache-2.0
// Holds the source tree to its rules: who may include whom, how long files and functions may be,
// and what is never called. A rule that fails says where and what is allowed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/style/source_scan.h"

namespace spikemesh {
namespace {

using ::testing::IsEmpty;

// The folders of each library, and the folders it may include besides its own.
const std::map<std::string, std::set<std::string>>& AllowedIncludes() {
  static const std::map<std::string, std::set<std::string>> allowed = {
      {"core/base", {}},
      {"neurons", {"core/base"}},
      {"router", {"core/base"}},
      {"core/chip", {"core/base", "neurons", "router"}},
      {"core/events", {"core/base", "router"}},
      {"core/stats", {"core/base", "core/chip", "router"}},
      {"core/profile", {"core/base", "core/chip", "core/stats", "router"}},
      {"core/machine",
       {"core/base", "core/chip", "core/events", "core/stats", "neurons", "router"}},
      {"networks/ir", {"core/base", "core/chip", "neurons"}},
      {"networks/data", {"core/base", "core/chip"}},
      {"converters/onnx", {"core/base", "networks/ir"}},
      {"converters/spiking", {"core/base", "core/chip", "neurons", "networks/ir"}},
      {"converters/mapping",
       {"core/base", "core/chip", "core/stats", "neurons", "router", "networks/ir"}},
      {"converters/ranc", {"core/base", "core/chip", "core/events", "neurons", "router"}},
      {"apps",
       {"core/base", "core/chip", "core/events", "core/stats", "core/profile", "core/machine",
        "neurons", "router", "networks/ir", "networks/data", "converters/onnx",
        "converters/spiking", "converters/mapping", "converters/ranc"}},
  };
  return allowed;
}

// Third-party headers and the only places that may include them.
struct Fence {
  std::string_view header_prefix;
  std::string_view path_prefix;
  std::string_view other_path_prefix = "";  // empty: there is none
};
constexpr Fence kFences[] = {
    {"capnp/", "core/chip/"},
    {"kj/", "core/chip/"},
    {"google/protobuf", "converters/onnx/"},
    {"hwy/", "neurons/", "core/machine/tick_kernel"},
    {"CLI/", "apps/"},
    {"spdlog/", "apps/"},
    {"zlib.h", "networks/data/"},
    {"boost/asio", "networks/data/"},
    {"boost/graph", "converters/mapping/", "router/deadlock.cc"},
    {"nlohmann/", "core/base/json.h"},
};

struct BannedWord {
  std::string_view word;
  std::string_view except_prefix;  // where it is allowed; empty: nowhere
  std::string_view instead;
};
constexpr BannedWord kBanned[] = {
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

// The library folder that a path lies in: the longest key of AllowedIncludes that begins it.
std::string LibraryOf(const std::string& path) {
  std::string best;
  for (const auto& [library, allowed] : AllowedIncludes()) {
    if (path.starts_with(library + "/") && library.size() > best.size()) {
      best = library;
    }
  }
  return best;
}

class StyleTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { sources_ = new std::vector(LoadSources(SPIKEMESH_SOURCE_DIR)); }
  static void TearDownTestSuite() { delete sources_; }
  static const std::vector<SourceFile>& sources() { return *sources_; }

 private:
  static std::vector<SourceFile>* sources_;
};
std::vector<SourceFile>* StyleTest::sources_ = nullptr;

TEST_F(StyleTest, EverySourceFileBelongsToALibrary) {
  ASSERT_GT(sources().size(), 30u);
  for (const SourceFile& file : sources()) {
    // Training scripts compile kernels of their own; no library of ours knows them.
    EXPECT_TRUE(LibraryOf(file.path) != "" || file.path.starts_with("networks/train/"))
        << file.path;
  }
}

TEST_F(StyleTest, LibrariesIncludeOnlyWhatTheDagAllows) {
  std::vector<std::string> violations;
  for (const SourceFile& file : sources()) {
    const std::string library = LibraryOf(file.path);
    for (const std::string& include : QuotedIncludes(file)) {
      const std::string included = LibraryOf(include);
      const bool foreign = !included.empty() && included != library;
      if (foreign && !AllowedIncludes().at(library).contains(included)) {
        violations.push_back(file.path + " includes " + include);
      }
    }
  }
  EXPECT_THAT(violations, IsEmpty());
}

TEST_F(StyleTest, TheLibraryDagHasNoCycle) {
  std::set<std::string> placed;
  for (std::size_t round = 0; round < AllowedIncludes().size(); ++round) {
    for (const auto& [library, allowed] : AllowedIncludes()) {
      if (std::ranges::includes(placed, allowed)) {
        placed.insert(library);
      }
    }
  }
  EXPECT_EQ(placed.size(), AllowedIncludes().size());
}

TEST_F(StyleTest, ThirdPartyHeadersStayBehindTheirFence) {
  std::vector<std::string> violations;
  for (const SourceFile& file : sources()) {
    std::vector<std::string> includes = BracketedIncludes(file);
    std::ranges::copy(QuotedIncludes(file), std::back_inserter(includes));
    for (const std::string& include : includes) {
      for (const Fence& fence : kFences) {
        const bool allowed =
            file.path.starts_with(fence.path_prefix) ||
            (!fence.other_path_prefix.empty() && file.path.starts_with(fence.other_path_prefix));
        if (include.starts_with(fence.header_prefix) && !allowed) {
          violations.push_back(file.path + " includes " + include);
        }
      }
      if (include.starts_with("boost/") && file.path.ends_with(".h")) {
        violations.push_back(file.path + " includes " + include + " in a header");
      }
    }
  }
  EXPECT_THAT(violations, IsEmpty());
}

TEST_F(StyleTest, FilesAreAtMost700LinesAndWarnAbove500) {
  std::vector<std::string> violations;
  for (const SourceFile& file : sources()) {
    const std::string found = file.path + ": " + std::to_string(file.lines.size()) + " lines";
    if (file.lines.size() > 700) {
      violations.push_back(found);
    } else if (file.lines.size() > 500) {
      std::cout << "warning: " << found << ", 500 are enough for one idea\n";
    }
  }
  EXPECT_THAT(violations, IsEmpty());
}

TEST_F(StyleTest, FunctionsAreAtMost100LinesAndWarnAbove70) {
  std::vector<std::string> violations;
  int functions = 0;
  for (const SourceFile& file : sources()) {
    for (const FunctionBody& body : FindFunctions(CodeOnly(file))) {
      ++functions;
      const std::string found = file.path + ":" + std::to_string(body.first_line) + ": " +
                                std::to_string(body.line_count) + " lines";
      if (body.line_count > 100) {
        violations.push_back(found);
      } else if (body.line_count > 70) {
        std::cout << "warning: " << found << ", a function of 70 reads in one look\n";
      }
    }
  }
  EXPECT_GT(functions, 100);
  EXPECT_THAT(violations, IsEmpty());
}

TEST_F(StyleTest, NothingBannedIsCalled) {
  std::vector<std::string> violations;
  for (const SourceFile& file : sources()) {
    const std::string code = CodeOnly(file);
    for (const BannedWord& banned : kBanned) {
      const bool allowed =
          !banned.except_prefix.empty() && file.path.starts_with(banned.except_prefix);
      if (!allowed && code.find(banned.word) != std::string::npos) {
        violations.push_back(file.path + ": \"" + std::string(banned.word) +
                             "\", allowed: " + std::string(banned.instead));
      }
    }
  }
  EXPECT_THAT(violations, IsEmpty());
}

TEST_F(StyleTest, EveryFileBeginsWithItsLicenceAndHeadersHaveGuards) {
  for (const SourceFile& file : sources()) {
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_EQ(file.lines[0], "// SPDX-License-Identifier: Apache-2.0") << file.path;
    if (!file.path.ends_with(".h")) {
      continue;
    }
    std::string guard = "SPIKEMESH_" + file.path + "_";
    std::ranges::transform(guard, guard.begin(), [](char c) {
      return c == '/' || c == '.' ? '_' : static_cast<char>(std::toupper(c));
    });
    // Highway's per-target headers are read once per instruction set, so their guard toggles.
    const bool per_target = file.path.ends_with("_inl.h");
    EXPECT_THAT(file.lines, ::testing::Contains((per_target ? "#ifdef " : "#ifndef ") + guard))
        << file.path;
  }
}

TEST_F(StyleTest, EveryLibraryHasAReadmeOfAtMost60Lines) {
  std::set<std::string> folders;
  for (const auto& [library, allowed] : AllowedIncludes()) {
    folders.insert(library);
  }
  for (const std::string& folder : folders) {
    std::ifstream readme(std::string(SPIKEMESH_SOURCE_DIR) + "/" + folder + "/README.md");
    EXPECT_TRUE(readme) << folder << "/README.md is missing";
    const auto lines = std::count(std::istreambuf_iterator<char>(readme), {}, '\n');
    EXPECT_GT(lines, 5) << folder;
    EXPECT_LE(lines, 60) << folder;
  }
}

// The scanner itself, on text whose answer is known.
TEST(SourceScanTest, MeasuresAFunctionAndIgnoresClassesAndStrings) {
  const SourceFile file = {
      "a.cc",
      {"class A {", "  int f() const { return '{'; }", "};", "int g(int x) {  // {", "  if (x) {",
       "    return 1;", "  }", "  return \"}\"[0];", "}"}};
  const std::vector<FunctionBody> found = FindFunctions(CodeOnly(file));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].first_line, 2);
  EXPECT_EQ(found[0].line_count, 1);
  EXPECT_EQ(found[1].first_line, 4);
  EXPECT_EQ(found[1].line_count, 6);
  EXPECT_EQ(found[1].nesting_max, 1);
}

}  // namespace
}  // namespace spikemesh
