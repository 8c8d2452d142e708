// SPDX-License-Identifier: Apache-2.0
// Flags that several subcommands share, and the checks that turn a bad value into exit status 2.
#ifndef SPIKEMESH_APPS_FLAGS_H_
#define SPIKEMESH_APPS_FLAGS_H_

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string>
#include <vector>

#include "apps/shared_options.h"
#include "core/report/text_table.h"

namespace spikemesh {

void AddMachineFlags(CLI::App& app, MachineFlags& flags);

// `usual`: what the help names as the default; `ideal`: whether --router takes it.
void AddRouterFlags(CLI::App& app, const char* usual, bool ideal, RouterFlags& flags);

void AddPreprocessingFlags(CLI::App& app, PreprocessingFlags& flags);

// Lets a flag take the names of an enum's values.
template <typename Enum>
struct NamedValue {
  const char* name;
  Enum value;
};
template <typename Enum>
CLI::Validator OneOf(std::initializer_list<NamedValue<Enum>> values) {
  return CLI::Validator(
      [values = std::vector(values)](std::string& text) {
        std::string allowed;
        for (const NamedValue<Enum>& named : values) {
          if (text == named.name) {
            text = std::to_string(static_cast<int>(named.value));  // CLI11 reads enums as numbers
            return std::string();
          }
          allowed += (allowed.empty() ? "" : ", ") + std::string(named.name);
        }
        return "found " + PrintableName(text) + ", allowed: " + allowed;
      },
      "");
}

// A whole number 0..2^64-1; without it a seed of -1 would silently become 2^64-1.
CLI::Validator Seed();

// A finite number in min..max; "nan" and text are refused.
CLI::Validator NumberWithin(double min, double max);

// Lets a flag accept what `parse` accepts.
template <typename Parse>
CLI::Validator Parses(Parse parse) {
  return CLI::Validator(
      [parse](const std::string& text) { return std::string(parse(text).status().message()); }, "");
}

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_FLAGS_H_
