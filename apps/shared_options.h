// SPDX-License-Identifier: Apache-2.0
// What flags that several subcommands share are set to, and what the libraries make of that. Knows
// no command line, which takes four seconds to compile.
#ifndef SPIKEMESH_APPS_SHARED_OPTIONS_H_
#define SPIKEMESH_APPS_SHARED_OPTIONS_H_

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "converters/recipe/import_model.h"
#include "converters/spiking/fold_network.h"
#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "core/machine/machine.h"
#include "core/session/traffic_observers.h"

namespace spikemesh {

// How the simulator runs; no flag of these changes a result but `seed`.
struct MachineFlags {
  int threads = 1;
  SimdTarget simd = SimdTarget::kAuto;
  std::optional<std::uint64_t> seed;
};
MachineOptions ToMachineOptions(const MachineFlags& flags);

// The transport between cores.
enum class RouterName : std::uint8_t { kIdeal, kCycle, kBooksimC };
struct RouterFlags {
  std::optional<RouterName> name;  // where not given, the subcommand's own
  std::string config;              // file
  LateSpikes late = LateSpikes::kDeliver;
};
// Nothing where the transport is ideal, as it is without a name. `of_chip`: what `cycle` means.
// Errors: those of reading and ParseRouterConfig; FailedPrecondition (--router-config with the
// ideal transport).
absl::StatusOr<std::optional<RouterParameters>> ToRouter(const RouterFlags& flags,
                                                         const RouterParameters& of_chip);

// Preprocessing that an ONNX file does not hold, as text of the flags.
inline constexpr std::string_view kByteRange = "0..255";
inline constexpr std::string_view kUnitRange = "0..1";
struct PreprocessingFlags {
  std::string input_range = std::string(kUnitRange);
  std::string mean;
  std::string scale;
  std::string pad;
  bool given() const {
    return input_range != kUnitRange || !mean.empty() || !scale.empty() || !pad.empty();
  }
};
// Errors: InvalidArgument, OutOfRange (std not positive).
absl::StatusOr<Preprocessing> ToPreprocessing(const PreprocessingFlags& flags);

// `onnx` with images that are bytes where the flags leave them so.
OnnxOptions WithImageValues(OnnxOptions onnx, const PreprocessingFlags& flags);

// Finite numbers separated by commas: "0.5" or "0.49,0.48,0.45".
absl::StatusOr<std::vector<double>> ParseNumbers(std::string_view text);

// Rows above and below, columns left and right: "2,2,2,2".
absl::StatusOr<ImagePad> ParsePad(std::string_view text);

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

// The whole of `text` as a number, or nothing.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number value = {};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_SHARED_OPTIONS_H_
