// SPDX-License-Identifier: Apache-2.0
// Flags that several subcommands share, and the checks that turn a bad value into exit status 2.
#ifndef SPIKEMESH_APPS_FLAGS_H_
#define SPIKEMESH_APPS_FLAGS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "core/base/status.h"
#include "core/machine/machine.h"
#include "core/report/text_table.h"
#include "core/session/traffic_observers.h"

namespace spikemesh {

// How the simulator runs; no flag of these changes a result but `seed`.
struct MachineFlags {
  int threads = 1;
  SimdTarget simd = SimdTarget::kAuto;
  std::optional<std::uint64_t> seed;
};
void AddMachineFlags(CLI::App& app, MachineFlags& flags);
MachineOptions ToMachineOptions(const MachineFlags& flags);

// The transport between cores.
enum class RouterName : std::uint8_t { kIdeal, kCycle, kBooksimC };
struct RouterFlags {
  std::optional<RouterName> name;  // where not given, the subcommand's own
  std::string config;              // file
  LateSpikes late = LateSpikes::kDeliver;
};
// `usual`: what the help names as the default; `ideal`: whether --router takes it.
void AddRouterFlags(CLI::App& app, const char* usual, bool ideal, RouterFlags& flags);
// Nothing where the transport is ideal, as it is without a name. `of_chip`: what `cycle` means.
// Errors: those of reading and ParseRouterConfig; FailedPrecondition (--router-config with the
// ideal transport).
absl::StatusOr<std::optional<RouterParameters>> ToRouter(const RouterFlags& flags,
                                                         const RouterParameters& of_chip);

// Preprocessing that an ONNX file does not hold, as text of the flags.
struct PreprocessingFlags {
  std::string input_range = "0..1";
  std::string mean;
  std::string scale;
  bool given() const { return input_range != "0..1" || !mean.empty() || !scale.empty(); }
};
void AddPreprocessingFlags(CLI::App& app, PreprocessingFlags& flags);
// Errors: InvalidArgument, OutOfRange (std not positive).
absl::StatusOr<Preprocessing> ToPreprocessing(const PreprocessingFlags& flags);

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

// Finite numbers separated by commas: "0.5" or "0.49,0.48,0.45".
absl::StatusOr<std::vector<double>> ParseNumbers(std::string_view text);

// Two whole numbers in min..max with `separator` between: "64x64", "3,7".
struct IntegerPair {
  std::int32_t first = 0;
  std::int32_t second = 0;
};
struct IntegerPairForm {
  char separator = ',';
  std::int32_t min = 0;
  std::int32_t max = 0;
};
absl::StatusOr<IntegerPair> ParseIntegerPair(std::string_view text, const IntegerPairForm& form);

// Lets a flag accept what `parse` accepts.
template <typename Parse>
CLI::Validator Parses(Parse parse) {
  return CLI::Validator(
      [parse](const std::string& text) { return std::string(parse(text).status().message()); }, "");
}

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_FLAGS_H_
