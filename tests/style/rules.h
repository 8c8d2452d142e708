// SPDX-License-Identifier: Apache-2.0
// The rules of the style guide that a machine can check, as pure functions from sources to
// violations: a line each, with where, found and allowed. style_test.cc holds the tree to them,
// rules_test.cc plants a violation of each.
#ifndef SPIKEMESH_TESTS_STYLE_RULES_H_
#define SPIKEMESH_TESTS_STYLE_RULES_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/style/source_scan.h"

namespace spikemesh {

using Findings = std::vector<std::string>;

// The libraries by folder, each with the folders of those that it names as DEPS. Read from the file
// that CMake writes: a line "NAME FOLDER DEP..." each.
using LibraryDag = std::map<std::string, std::set<std::string>>;
LibraryDag ParseLibraries(const std::string& text);
// The library that a path lies in: the longest folder that begins it; empty where there is none.
std::string LibraryOf(const LibraryDag& dag, const std::string& path);

// Includes of a library's headers by one that does not name it, and names without an include.
Findings IncludesOutsideDag(const LibraryDag& dag, const std::vector<SourceFile>& sources);
Findings DepsWithoutInclude(const LibraryDag& dag, const std::vector<SourceFile>& sources);

// A header (by how it begins) and the only paths (likewise) that may include it.
struct Fence {
  std::string_view header;
  std::vector<std::string_view> paths;
};
Findings IncludesOverFences(const std::vector<Fence>& fences,
                            const std::vector<SourceFile>& sources);

// What a precompiled header would hide: standard names whose header neither the file nor a header
// of ours that it includes, directly or not, includes.
Findings MissingIncludes(const std::vector<SourceFile>& sources);

// Names of types that two headers declare in one namespace.
Findings TypesDeclaredTwice(const std::vector<SourceFile>& sources);

// String literals that name a flag ("--images") or a command ("`spikemesh run`").
Findings FlagsNamed(const std::vector<SourceFile>& sources);

// Above `allowed`; above `enough` they are printed as warnings.
struct LineBounds {
  int enough = 0;
  int allowed = 0;
};
Findings LongFiles(const std::vector<SourceFile>& sources, LineBounds bounds);
Findings LongFunctions(const std::vector<SourceFile>& sources, LineBounds bounds);

struct BannedWord {
  std::string_view word;
  std::string_view except_path;  // where it is allowed, by how paths begin; empty: nowhere
  std::string_view instead;
};
Findings WordsBanned(const std::vector<BannedWord>& words, const std::vector<SourceFile>& sources);

// The licence line, and guards of headers.
Findings WrongBeginnings(const std::vector<SourceFile>& sources);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_STYLE_RULES_H_
