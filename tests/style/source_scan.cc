// SPDX-License-Identifier: Apache-2.0
#include "tests/style/source_scan.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <utility>

namespace spikemesh {
namespace {

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

std::string TextOf(const SourceFile& file) {
  std::string text;
  for (const std::string& line : file.lines) {
    text += line + "\n";
  }
  return text;
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
  static const std::regex kAlignas(R"(alignas\([^)]*\))");
  head = std::regex_replace(head, kAlignas, "");
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

std::vector<SourceFile> LoadSources(const std::string& root,
                                    const std::vector<std::string>& folders) {
  std::vector<SourceFile> sources;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root + "/" + folder)) {
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
  std::string text = TextOf(file);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = SkipNonCode(text, at);
    for (std::size_t i = at; i < end; ++i) {
      text[i] = text[i] == '\n' ? '\n' : ' ';
    }
    at = std::max(end, at + 1);
  }
  return text;
}

std::vector<StringLiteral> StringLiterals(const SourceFile& file) {
  const std::string text = TextOf(file);
  std::vector<StringLiteral> literals;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = SkipNonCode(text, at);
    const std::string_view skipped = std::string_view(text).substr(at, end - at);
    const bool raw = skipped.starts_with("R\"");
    if (raw || skipped.starts_with('"')) {
      const std::size_t line_begin = text.rfind('\n', at) + 1;  // 0 on the first line
      const std::size_t open = raw ? skipped.find('(') : 0;
      const std::size_t close = raw ? skipped.rfind(')') : skipped.size() - 1;
      if (text.compare(line_begin, 8, "#include") != 0) {
        literals.push_back({static_cast<int>(std::count(text.begin(), text.begin() + at, '\n')) + 1,
                            std::string(skipped.substr(open + 1, close - open - 1))});
      }
    }
    at = std::max(end, at + 1);
  }
  return literals;
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

std::vector<std::string> FindTypes(std::string_view code) {
  static const std::regex kNamespace(R"(namespace\s+([\w:]+)\s*$)");
  static const std::regex kType(
      R"((?:struct|class|enum)\s+(?:(?:class|struct)\s+)?(?:alignas\([^)]*\)\s*)?(\w+)\b(?!.*\())");
  static const std::regex kAlias(R"(^\s*using\s+(\w+)\s*=)");
  std::vector<std::string> types;
  std::vector<std::string>
      scopes;        // of each open brace: a namespace's name with "::", or "" for another
  std::string head;  // what stands since the last brace or ';'
  for (const char c : code) {
    const bool in_namespace = std::ranges::find(scopes, "") == scopes.end();
    std::string where;
    for (const std::string& scope : scopes) {
      where += scope;
    }
    std::smatch match;
    if (c == '{') {
      const bool opens_namespace = std::regex_search(head, match, kNamespace);
      const bool unnamed = std::regex_search(head, std::regex(R"(namespace\s*$)"));
      const std::string name = opens_namespace ? match[1].str() + "::"
                               : unnamed       ? "(unnamed)::"
                                               : "";
      const bool function = OpensFunction(head + "{", head.size());
      if (in_namespace && name.empty() && !function && std::regex_search(head, match, kType)) {
        types.push_back(where + match[1].str());
      }
      scopes.push_back(name);
    } else if (c == '}' && !scopes.empty()) {
      scopes.pop_back();
    } else if (c == ';' && in_namespace && std::regex_search(head, match, kAlias)) {
      types.push_back(where + match[1].str());
    }
    if (c == '{' || c == '}' || c == ';') {
      head.clear();
    } else {
      head += c == '\n' ? ' ' : c;
    }
  }
  return types;
}

}  // namespace spikemesh
