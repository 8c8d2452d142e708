// SPDX-License-Identifier: Apache-2.0
// Every rule finds the violation that is planted for it, and passes what is nearly one.
#include "tests/style/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(LibraryDagTest, IsReadFromNamesFoldersAndDeps) {
  const LibraryDag dag = ParseLibraries(
      "core_base core/base absl::status\n"
      "core_chip core/chip spikemesh::core_base CapnProto::capnp\n");
  EXPECT_THAT(
      dag, ElementsAre(Pair("core/base", IsEmpty()), Pair("core/chip", ElementsAre("core/base"))));
  EXPECT_EQ(LibraryOf(dag, "core/chip/a.cc"), "core/chip");
  EXPECT_EQ(LibraryOf(dag, "core/chips/a.cc"), "");
}

TEST(IncludesOutsideDagTest, UpwardIncludeIsFoundAndOneByTheDepsIsNot) {
  const LibraryDag dag = {{"core/base", {}}, {"core/chip", {"core/base"}}};
  EXPECT_THAT(IncludesOutsideDag(dag, {{"core/base/a.h", {"#include \"core/chip/b.h\""}}}),
              ElementsAre("core/base/a.h includes core/chip/b.h, which is not in the DEPS of "
                          "core/base"));
  EXPECT_THAT(IncludesOutsideDag(dag, {{"core/chip/b.h", {"#include \"core/base/a.h\""}}}),
              IsEmpty());
}

TEST(DepsWithoutIncludeTest, DepThatNothingIsIncludedOfIsFound) {
  const LibraryDag dag = {{"core/base", {}}, {"core/chip", {"core/base"}}};
  EXPECT_THAT(DepsWithoutInclude(dag, {{"core/chip/b.h", {"#include <vector>"}}}),
              ElementsAre("core/chip names core/base and includes nothing of it"));
  EXPECT_THAT(DepsWithoutInclude(dag, {{"core/chip/b.h", {"#include \"core/base/a.h\""}}}),
              IsEmpty());
}

TEST(IncludesOverFencesTest, HeaderIsAllowedWhereTheListSaysAndBoostNeverInHeaders) {
  const std::vector<Fence> fences = {{"CLI/", {"apps/flags.h"}}};
  EXPECT_THAT(IncludesOverFences(fences, {{"apps/flags.h", {"#include <CLI/CLI.hpp>"}},
                                          {"apps/run.cc", {"#include <CLI/CLI.hpp>"}},
                                          {"router/a.h", {"#include <boost/graph/x.hpp>"}}}),
              ElementsAre("apps/run.cc includes CLI/CLI.hpp",
                          "router/a.h includes boost/graph/x.hpp in a header"));
}

TEST(MissingIncludesTest, NameWithoutItsHeaderIsFoundAlsoThroughHeadersOfOurs) {
  const SourceFile header = {"core/a.h", {"#include <vector>", "std::vector<int> a;"}};
  EXPECT_THAT(MissingIncludes({header,
                               {"core/a.cc", {"#include \"core/a.h\"", "std::vector<int> b;"}},
                               {"core/b.cc", {"std::vector<int> c;  // std::array"}}}),
              ElementsAre("core/b.cc uses std::vector without vector"));
}

TEST(TypesDeclaredTwiceTest, SameNameInOneNamespaceIsFoundAndOthersAreNot) {
  const SourceFile one = {"a.h", {"namespace s {", "struct Options { int a; };", "}"}};
  EXPECT_THAT(
      TypesDeclaredTwice({one, {"b.h", {"namespace s {", "class Options final {", "};", "}"}}}),
      ElementsAre("b.h declares s::Options, as a.h does"));
  EXPECT_THAT(
      TypesDeclaredTwice({one,
                          {"c.h", {"namespace t {", "struct Options {};", "}"}},
                          {"d.h", {"namespace s {", "struct Options;", "}"}},
                          {"e.h", {"namespace s {", "struct E { struct Options {}; };", "}"}},
                          {"f.cc", {"namespace s {", "struct Options {};", "}"}}}),
      IsEmpty());
}

TEST(FlagsNamedTest, FlagInAStringIsFoundAndDashesElsewhereAreNot) {
  EXPECT_THAT(FlagsNamed({{"a.cc", {"int i;", "f(\"give --calibrate DATASET\");"}}}),
              ElementsAre("a.cc:2: \"give --calibrate DATASET\""));
  EXPECT_THAT(FlagsNamed({{"a.cc", {"f(\"see `spikemesh data fetch`\");"}}}),
              ElementsAre("a.cc:1: \"see `spikemesh data fetch`\""));
  EXPECT_THAT(FlagsNamed({{"a.cc", {"--i;  // like --images", "f(\"a -- b\", \"----\");"}}}),
              IsEmpty());
}

TEST(LongFilesTest, OneLineMoreThanAllowedIsFound) {
  const SourceFile file = {"a.cc", {"", "", ""}};
  EXPECT_THAT(LongFiles({file}, {.enough = 3, .allowed = 3}), IsEmpty());
  EXPECT_THAT(LongFiles({file}, {.enough = 2, .allowed = 2}), ElementsAre("a.cc: 3 lines"));
}

TEST(LongFunctionsTest, OneLineMoreThanAllowedIsFound) {
  const SourceFile file = {"a.cc", {"int f() {", "  return 1;", "}"}};
  EXPECT_THAT(LongFunctions({file}, {.enough = 3, .allowed = 3}), IsEmpty());
  EXPECT_THAT(LongFunctions({file}, {.enough = 2, .allowed = 2}), ElementsAre("a.cc:1: 3 lines"));
}

TEST(WordsBannedTest, WordInCodeIsFoundAndInCommentsOrItsPlaceIsNot) {
  const std::vector<BannedWord> words = {{"std::cout", "apps/", "return a string"}};
  EXPECT_THAT(WordsBanned(words, {{"core/a.cc", {"std::cout << 1;"}},
                                  {"core/b.cc", {"// std::cout"}},
                                  {"apps/c.cc", {"std::cout << 1;"}}}),
              ElementsAre("core/a.cc: \"std::cout\", allowed: return a string"));
}

TEST(WrongBeginningsTest, MissingLicenceAndGuardAreFound) {
  EXPECT_THAT(WrongBeginnings({{"a/b.h", {"int i;"}}}),
              ElementsAre("a/b.h: the first line is not // SPDX-License-Identifier: Apache-2.0",
                          "a/b.h: no line #ifndef SPIKEMESH_A_B_H_"));
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

TEST(SourceScanTest, FindsTypesOfEveryKindAtNamespaceScope) {
  const SourceFile file = {
      "a.h",
      {"namespace a::b {", "class alignas(64) One {", " struct In {}; };",
       "enum class Two : int { kA };", "template <typename T>", "struct Three {};",
       "using Four = int;", "inline Five F(struct Six x) { return {}; }", "struct Seven;", "}"}};
  EXPECT_THAT(FindTypes(CodeOnly(file)),
              ElementsAre("a::b::One", "a::b::Two", "a::b::Three", "a::b::Four"));
}

TEST(SourceScanTest, StringLiteralsAreFoundWithTheirLines) {
  const SourceFile file = {
      "a.cc",
      {"#include \"x.h\"", "f(\"one\", '\"', R\"(two)\");", "// \"none\"", "g(\"a\\\"b\");"}};
  std::vector<std::string> found;
  for (const StringLiteral& literal : StringLiterals(file)) {
    found.push_back(std::to_string(literal.line) + literal.text);
  }
  EXPECT_THAT(found, UnorderedElementsAre("2one", "2two", "4a\\\"b"));
}

}  // namespace
}  // namespace spikemesh
