// SPDX-License-Identifier: Apache-2.0
#include "tests/style/rules.h"

#include <algorithm>
#include <cctype>
#include <iostream>
#include <regex>
#include <sstream>
#include <utility>

namespace spikemesh {
namespace {

// Whether a path begins with one of `prefixes`.
bool BeginsWithOne(std::string_view path, const std::vector<std::string_view>& prefixes) {
  return std::ranges::any_of(prefixes,
                             [path](std::string_view prefix) { return path.starts_with(prefix); });
}

std::vector<std::string> AllIncludes(const SourceFile& file) {
  std::vector<std::string> includes = BracketedIncludes(file);
  std::ranges::copy(QuotedIncludes(file), std::back_inserter(includes));
  return includes;
}

// Names, and the header that declares them.
struct NamesOfHeader {
  std::string_view header;
  std::vector<std::string_view> names;
};
const std::vector<NamesOfHeader>& NamesOfHeaders() {
  static const std::vector<NamesOfHeader> names = {
      {"vector", {"std::vector"}},
      {"string", {"std::string", "std::to_string"}},
      {"string_view", {"std::string_view"}},
      {"array", {"std::array"}},
      {"span", {"std::span"}},
      {"optional", {"std::optional", "std::nullopt"}},
      {"map", {"std::map"}},
      {"set", {"std::set"}},
      {"functional", {"std::function"}},
      {"memory", {"std::unique_ptr", "std::make_unique"}},
      {"variant", {"std::variant", "std::get_if", "std::visit", "std::holds_alternative"}},
      {"tuple", {"std::tuple", "std::tie"}},
      {"utility", {"std::pair", "std::move", "std::exchange", "std::swap", "std::forward"}},
      {"cstdint",
       {"std::int8_t", "std::int16_t", "std::int32_t", "std::int64_t", "std::uint8_t",
        "std::uint16_t", "std::uint32_t", "std::uint64_t"}},
      {"algorithm",
       {"std::ranges::sort", "std::ranges::find", "std::ranges::fill", "std::ranges::any_of",
        "std::ranges::all_of", "std::ranges::max_element", "std::min", "std::max", "std::clamp",
        "std::sort"}},
      {"limits", {"std::numeric_limits"}},
      {"numeric", {"std::accumulate", "std::iota", "std::gcd"}},
      {"bit", {"std::popcount", "std::bit_cast", "std::countr_zero", "std::bit_width"}},
      {"cmath", {"std::sqrt", "std::pow", "std::lround", "std::floor", "std::ceil"}},
      {"cstring", {"std::memcpy", "std::memset", "std::strerror"}},
      {"chrono", {"std::chrono::steady_clock", "std::chrono::milliseconds"}},
      {"sstream", {"std::ostringstream", "std::istringstream"}},
      {"charconv", {"std::from_chars", "std::to_chars"}},
      {"core/base/status.h", {"absl::Status", "absl::StatusOr", "absl::OkStatus"}},
      {"core/base/strings.h", {"Concat"}},
  };
  return names;
}

// Every qualified name in code, "std::ranges::sort".
std::set<std::string> QualifiedNames(std::string_view code) {
  const auto in_name = [](char c) { return std::isalnum(c) != 0 || c == '_' || c == ':'; };
  std::set<std::string> names;
  for (std::size_t at = 0; at < code.size();) {
    const auto begin = std::find_if(code.begin() + at, code.end(), in_name);
    const auto end = std::find_if_not(begin, code.end(), in_name);
    names.emplace(begin, end);
    at = static_cast<std::size_t>(end - code.begin()) + 1;
  }
  return names;
}

// Headers that a file includes, and those that headers of ours include for it.
class IncludeClosure {
 public:
  explicit IncludeClosure(const std::vector<SourceFile>& sources) {
    for (const SourceFile& file : sources) {
      files_[file.path] = &file;
    }
  }

  const std::set<std::string>& Of(const std::string& path) {
    const auto [found, inserted] = closures_.try_emplace(path);
    if (inserted) {
      for (const std::string& include : AllIncludes(*files_.at(path))) {
        found->second.insert(include);
        if (files_.contains(include)) {
          const std::set<std::string> inner = Of(include);
          closures_[path].insert(inner.begin(), inner.end());
        }
      }
    }
    return closures_[path];
  }

 private:
  std::map<std::string, const SourceFile*> files_;
  std::map<std::string, std::set<std::string>> closures_;
};

std::string GuardOf(const std::string& path) {
  std::string guard = "SPIKEMESH_" + path + "_";
  std::ranges::transform(guard, guard.begin(), [](char c) {
    return c == '/' || c == '.' ? '_' : static_cast<char>(std::toupper(c));
  });
  return guard;
}

}  // namespace

LibraryDag ParseLibraries(const std::string& text) {
  std::map<std::string, std::string> folders;  // by name
  std::map<std::string, std::vector<std::string>> deps;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::string folder;
    if (!(words >> name >> folder)) {
      continue;
    }
    folders[name] = folder;
    for (std::string dep; words >> dep;) {
      deps[name].push_back(dep.starts_with("spikemesh::") ? dep.substr(11) : dep);
    }
  }
  LibraryDag dag;
  for (const auto& [name, folder] : folders) {
    std::set<std::string>& allowed = dag[folder];
    for (const std::string& dep : deps[name]) {
      if (folders.contains(dep)) {
        allowed.insert(folders[dep]);
      }
    }
  }
  return dag;
}

std::string LibraryOf(const LibraryDag& dag, const std::string& path) {
  std::string best;
  for (const auto& [folder, allowed] : dag) {
    if (path.starts_with(folder + "/") && folder.size() > best.size()) {
      best = folder;
    }
  }
  return best;
}

Findings IncludesOutsideDag(const LibraryDag& dag, const std::vector<SourceFile>& sources) {
  Findings violations;
  for (const SourceFile& file : sources) {
    const std::string library = LibraryOf(dag, file.path);
    for (const std::string& include : QuotedIncludes(file)) {
      const std::string included = LibraryOf(dag, include);
      if (!library.empty() && !included.empty() && included != library &&
          !dag.at(library).contains(included)) {
        violations.push_back(file.path + " includes " + include + ", which is not in the DEPS of " +
                             library);
      }
    }
  }
  return violations;
}

Findings DepsWithoutInclude(const LibraryDag& dag, const std::vector<SourceFile>& sources) {
  std::map<std::string, std::set<std::string>> used;
  for (const SourceFile& file : sources) {
    for (const std::string& include : QuotedIncludes(file)) {
      used[LibraryOf(dag, file.path)].insert(LibraryOf(dag, include));
    }
  }
  Findings violations;
  for (const auto& [library, deps] : dag) {
    for (const std::string& dep : deps) {
      if (!used[library].contains(dep)) {
        violations.push_back(library + " names " + dep + " and includes nothing of it");
      }
    }
  }
  return violations;
}

Findings IncludesOverFences(const std::vector<Fence>& fences,
                            const std::vector<SourceFile>& sources) {
  Findings violations;
  for (const SourceFile& file : sources) {
    for (const std::string& include : AllIncludes(file)) {
      for (const Fence& fence : fences) {
        if (include.starts_with(fence.header) && !BeginsWithOne(file.path, fence.paths)) {
          violations.push_back(file.path + " includes " + include);
        }
      }
      if (include.starts_with("boost/") && file.path.ends_with(".h") &&
          !file.path.starts_with("tests/")) {
        violations.push_back(file.path + " includes " + include + " in a header");
      }
    }
  }
  return violations;
}

Findings MissingIncludes(const std::vector<SourceFile>& sources) {
  IncludeClosure closure(sources);
  Findings violations;
  for (const SourceFile& file : sources) {
    const std::set<std::string> used = QualifiedNames(CodeOnly(file));
    for (const NamesOfHeader& of_header : NamesOfHeaders()) {
      const std::string header(of_header.header);
      if (file.path == header || closure.Of(file.path).contains(header)) {
        continue;
      }
      for (const std::string_view name : of_header.names) {
        if (used.contains(std::string(name))) {
          violations.push_back(file.path + " uses " + std::string(name) + " without " + header);
        }
      }
    }
  }
  return violations;
}

Findings TypesDeclaredTwice(const std::vector<SourceFile>& sources) {
  std::map<std::string, std::string> declared;  // type, by whom
  Findings violations;
  for (const SourceFile& file : sources) {
    if (!file.path.ends_with(".h")) {
      continue;
    }
    for (const std::string& type : FindTypes(CodeOnly(file))) {
      const auto [at, inserted] = declared.emplace(type, file.path);
      if (!inserted && at->second != file.path) {
        violations.push_back(file.path + " declares " + type + ", as " + at->second + " does");
      }
    }
  }
  return violations;
}

Findings FlagsNamed(const std::vector<SourceFile>& sources) {
  static const std::regex kFlag(R"((^|[^-\w])--[a-z]|`spikemesh )");
  Findings violations;
  for (const SourceFile& file : sources) {
    for (const StringLiteral& literal : StringLiterals(file)) {
      if (std::regex_search(literal.text, kFlag)) {
        violations.push_back(file.path + ":" + std::to_string(literal.line) + ": \"" +
                             literal.text + "\"");
      }
    }
  }
  return violations;
}

Findings LongFiles(const std::vector<SourceFile>& sources, LineBounds bounds) {
  Findings violations;
  for (const SourceFile& file : sources) {
    const int lines = static_cast<int>(file.lines.size());
    const std::string found = file.path + ": " + std::to_string(lines) + " lines";
    if (lines > bounds.allowed) {
      violations.push_back(found);
    } else if (lines > bounds.enough) {
      std::cout << "warning: " << found << ", " << bounds.enough << " are enough for one idea\n";
    }
  }
  return violations;
}

Findings LongFunctions(const std::vector<SourceFile>& sources, LineBounds bounds) {
  Findings violations;
  for (const SourceFile& file : sources) {
    for (const FunctionBody& body : FindFunctions(CodeOnly(file))) {
      const std::string found = file.path + ":" + std::to_string(body.first_line) + ": " +
                                std::to_string(body.line_count) + " lines";
      if (body.line_count > bounds.allowed) {
        violations.push_back(found);
      } else if (body.line_count > bounds.enough) {
        std::cout << "warning: " << found << ", a function of " << bounds.enough
                  << " reads in one look\n";
      }
    }
  }
  return violations;
}

Findings WordsBanned(const std::vector<BannedWord>& words, const std::vector<SourceFile>& sources) {
  Findings violations;
  for (const SourceFile& file : sources) {
    const std::string code = CodeOnly(file);
    for (const BannedWord& banned : words) {
      const bool allowed = !banned.except_path.empty() && file.path.starts_with(banned.except_path);
      if (!allowed && code.find(banned.word) != std::string::npos) {
        violations.push_back(file.path + ": \"" + std::string(banned.word) +
                             "\", allowed: " + std::string(banned.instead));
      }
    }
  }
  return violations;
}

Findings WrongBeginnings(const std::vector<SourceFile>& sources) {
  constexpr std::string_view kLicence = "// SPDX-License-Identifier: Apache-2.0";
  Findings violations;
  for (const SourceFile& file : sources) {
    if (file.lines.empty() || file.lines[0] != kLicence) {
      violations.push_back(file.path + ": the first line is not " + std::string(kLicence));
    }
    // Highway's per-target headers are read once per instruction set, so their guard toggles.
    const std::string guard =
        (file.path.ends_with("_inl.h") ? "#ifdef " : "#ifndef ") + GuardOf(file.path);
    if (file.path.ends_with(".h") && std::ranges::find(file.lines, guard) == file.lines.end()) {
      violations.push_back(file.path + ": no line " + guard);
    }
  }
  return violations;
}

}  // namespace spikemesh
