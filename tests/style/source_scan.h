// SPDX-License-Identifier: Apache-2.0
// Reads the project's own C++ as text, well enough to hold it to its style guide: includes,
// function bodies with their lengths, names of types, string literals, and code without comments
// and strings. Not a parser: a function body is a brace that follows a parameter list outside any
// other body.
#ifndef SPIKEMESH_TESTS_STYLE_SOURCE_SCAN_H_
#define SPIKEMESH_TESTS_STYLE_SOURCE_SCAN_H_

#include <string>
#include <string_view>
#include <vector>

namespace spikemesh {

struct SourceFile {
  std::string path;  // relative to the project root, with '/'
  std::vector<std::string> lines;
};

struct FunctionBody {
  int first_line = 0;   // of the opening brace, from 1
  int line_count = 0;   // opening to closing brace, both counted
  int nesting_max = 0;  // braces inside the body
};

// All .h and .cc files below `folders` of the project, sorted by path.
std::vector<SourceFile> LoadSources(const std::string& root,
                                    const std::vector<std::string>& folders);

// The quoted includes of a file ("core/base/ids.h"), or the bracketed ones (<vector>).
std::vector<std::string> QuotedIncludes(const SourceFile& file);
std::vector<std::string> BracketedIncludes(const SourceFile& file);

// The text with comments, strings and character literals blanked; line breaks stay.
std::string CodeOnly(const SourceFile& file);

// A string literal between its quotes, not unescaped; of a raw one, all between its parentheses.
struct StringLiteral {
  int line = 0;  // of its beginning, from 1
  std::string text;
};
// In the order of the file; those of #include lines are none.
std::vector<StringLiteral> StringLiterals(const SourceFile& file);

std::vector<FunctionBody> FindFunctions(std::string_view code);

// "spikemesh::Machine": the structs, classes, enums and aliases that code declares at namespace
// scope, with what they lie in; forward declarations and what is local or nested are left out.
std::vector<std::string> FindTypes(std::string_view code);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_STYLE_SOURCE_SCAN_H_
