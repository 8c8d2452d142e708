// SPDX-License-Identifier: Apache-2.0
#include "tests/style/source_scan.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>

namespace spikemesh {
namespace {

constexpr std::array<std::string_view, 6> kSourceFolders = {"core",     "neurons", "router",
                                                            "networks", "apps",    "converters"};

std::vector<std::string> IncludesBetween(const SourceFile& file, char open, char close) {
  std::vector<std::string> found;
  const std::string start = std::string("#include ") + open;
  for (const std::string& line : file.lines) {
    if (line.starts_with(start)) {
      found.push_back(line.substr(start.size(), line.find(close, start.size()) - start.size()));
    }
  }
  return found;
}

// The end of the literal or comment that starts at `at`, or `at` itself where none does.
std::size_t SkipNonCode(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with("//")) {
    return std::min(text.find('\n', at), text.size());
  }
  if (text.substr(at).starts_with("/*")) {
    return std::min(text.find("*/", at) + 2, text.size());
  }
  if (text.substr(at).starts_with("R\"")) {
    const std::size_t open = text.find('(', at);
    const std::string end = ")" + std::string(text.substr(at + 2, open - at - 2)) + "\"";
    return std::min(text.find(end, at) + end.size(), text.size());
  }
  // An apostrophe inside a number (1'000) is no character literal.
  const bool digit_separator = text[at] == '\'' && at > 0 && std::isalnum(text[at - 1]) != 0;
  if ((text[at] != '"' && text[at] != '\'') || digit_separator) {
    return at;
  }
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != text[at]) {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(end + 1, text.size());
}

// Whether the code before an opening brace reads as the head of a function: since the last ';' or
// brace there is a parameter list and no type, namespace or control keyword in front of it.
bool OpensFunction(std::string_view code, std::size_t brace) {
  const std::size_t last = code.find_last_of(";{}", brace - 1);
  std::string head(code.substr(last == std::string_view::npos ? 0 : last + 1,
                               brace - (last == std::string_view::npos ? 0 : last + 1)));
  const std::size_t word = head.find_first_not_of(" \n\t");
  if (word == std::string::npos || head.find('(') == std::string::npos ||
      head.find(')') == std::string::npos) {
    return false;
  }
  for (const std::string_view keyword : {"namespace", "enum", "#define", "extern \""}) {
    if (head.compare(word, keyword.size(), keyword) == 0) {
      return false;
    }
  }
  return head.find(" = ") == std::string::npos || head.find("operator") != std::string::npos;
}

// From an opening brace to its closing one.
FunctionBody MeasureBody(std::string_view code, std::size_t brace, std::size_t& end) {
  FunctionBody body;
  body.first_line = static_cast<int>(std::ranges::count(code.substr(0, brace), '\n')) + 1;
  int depth = 0;
  for (end = brace; end < code.size(); ++end) {
    depth += code[end] == '{' ? 1 : 0;
    depth -= code[end] == '}' ? 1 : 0;
    body.nesting_max = std::max(body.nesting_max, depth - 1);
    if (depth == 0) {
      break;
    }
  }
  body.line_count = static_cast<int>(std::ranges::count(code.substr(brace, end - brace), '\n')) + 1;
  return body;
}

}  // namespace

std::vector<SourceFile> LoadSources(const std::string& root) {
  std::vector<SourceFile> sources;
  for (const std::string_view folder : kSourceFolders) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(root + "/" + std::string(folder))) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc") {
        continue;
      }
      SourceFile file;
      file.path = std::filesystem::relative(entry.path(), root).generic_string();
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        file.lines.push_back(line);
      }
      sources.push_back(std::move(file));
    }
  }
  std::ranges::sort(sources, {}, &SourceFile::path);
  return sources;
}

std::vector<std::string> QuotedIncludes(const SourceFile& file) {
  return IncludesBetween(file, '"', '"');
}

std::vector<std::string> BracketedIncludes(const SourceFile& file) {
  return IncludesBetween(file, '<', '>');
}

std::string CodeOnly(const SourceFile& file) {
  std::string text;
  for (const std::string& line : file.lines) {
    text += line + "\n";
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = SkipNonCode(text, at);
    for (std::size_t i = at; i < end; ++i) {
      text[i] = text[i] == '\n' ? '\n' : ' ';
    }
    at = std::max(end, at + 1);
  }
  return text;
}

std::vector<FunctionBody> FindFunctions(std::string_view code) {
  std::vector<FunctionBody> functions;
  for (std::size_t at = code.find('{'); at != std::string_view::npos; at = code.find('{', at + 1)) {
    if (at > 0 && OpensFunction(code, at)) {
      functions.push_back(MeasureBody(code, at, at));
    }
  }
  return functions;
}

}  // namespace spikemesh
