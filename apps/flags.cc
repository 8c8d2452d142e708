// SPDX-License-Identifier: Apache-2.0
#include "apps/flags.h"

#include <charconv>
#include <cmath>

#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "core/report/text_table.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

constexpr int kThreadsMax = 64;
constexpr std::uint64_t kRouterFileBytesMax = 1 << 20;
constexpr std::string_view kByteRange = "0..255";
constexpr std::string_view kUnitRange = "0..1";

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

}  // namespace

void AddMachineFlags(CLI::App& app, MachineFlags& flags) {
  app.add_option("--threads", flags.threads,
                 "Threads of the simulator, 1..64 (results are the same)")
      ->check(NumberWithin(1, kThreadsMax))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--simd", flags.simd,
                 "Vector instructions: auto, avx3, avx2, sse4, scalar (results are the same)")
      ->transform(OneOf<SimdTarget>({{"auto", SimdTarget::kAuto},
                                     {"avx3", SimdTarget::kAvx3},
                                     {"avx2", SimdTarget::kAvx2},
                                     {"sse4", SimdTarget::kSse4},
                                     {"scalar", SimdTarget::kScalar}}))
      ->default_str("auto")
      ->type_name("NAME");
  app.add_option("--seed", flags.seed, "Seed of all random numbers (default: the model's)")
      ->check(Seed())
      ->type_name("N");
}

MachineOptions ToMachineOptions(const MachineFlags& flags) {
  return {.threads = flags.threads, .simd = flags.simd, .seed = flags.seed};
}

void AddRouterFlags(CLI::App& app, const char* usual, bool ideal, RouterFlags& flags) {
  using Name = NamedValue<RouterName>;
  const Name cycle = {"cycle", RouterName::kCycle};
  const Name booksim_c = {"booksim-c", RouterName::kBooksimC};
  app.add_option(
         "--router", flags.name,
         std::string("What carries packets: ") + (ideal ? "ideal, " : "") + "cycle, booksim-c")
      ->transform(ideal ? OneOf<RouterName>({{"ideal", RouterName::kIdeal}, cycle, booksim_c})
                        : OneOf<RouterName>({cycle, booksim_c}))
      ->default_str(usual)
      ->type_name("NAME");
  app.add_option("--router-config", flags.config,
                 "Changes to that router's parameters (JSON): fifo_depth, hop_cycles, "
                 "cycles_per_tick, ...")
      ->type_name("FILE");
  app.add_option(
         "--late", flags.late,
         "What becomes of a spike that comes after its tick: deliver (in the next tick) or fail")
      ->transform(
          OneOf<LateSpikes>({{"deliver", LateSpikes::kDeliver}, {"fail", LateSpikes::kFail}}))
      ->default_str("deliver")
      ->type_name("WHAT");
}

absl::StatusOr<std::optional<RouterParameters>> ToRouter(const RouterFlags& flags,
                                                         const RouterParameters& of_chip) {
  const RouterName name = flags.name.value_or(RouterName::kIdeal);
  if (name == RouterName::kIdeal) {
    if (!flags.config.empty()) {
      return absl::FailedPreconditionError(
          Concat("--router-config: ", flags.config,
                 ": the ideal transport has no routers; add --router cycle"));
    }
    return std::nullopt;
  }
  RouterParameters parameters = name == RouterName::kCycle ? of_chip : kBooksimCRouter;
  if (!flags.config.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.config, kRouterFileBytesMax));
    SPIKEMESH_ASSIGN_OR_RETURN(parameters,
                               Annotate(ParseRouterConfig(text, parameters), flags.config));
  }
  return parameters;
}

void AddPreprocessingFlags(CLI::App& app, PreprocessingFlags& flags) {
  app.add_option("--input-range", flags.input_range,
                 "What pixel bytes 0..255 became in training: 0..1 or 0..255")
      ->check(CLI::IsMember({std::string(kUnitRange), std::string(kByteRange)}).description(""))
      ->capture_default_str()
      ->type_name("RANGE");
  app.add_option("--mean", flags.mean, "Mean subtracted in training, one or one a channel (A,B,C)")
      ->check(Parses(ParseNumbers))
      ->type_name("LIST");
  app.add_option("--std", flags.scale,
                 "Standard deviation divided by in training, one or one a channel (A,B,C)")
      ->check(Parses(ParseNumbers))
      ->type_name("LIST");
}

absl::StatusOr<Preprocessing> ToPreprocessing(const PreprocessingFlags& flags) {
  Preprocessing preprocessing;
  preprocessing.range_max = flags.input_range == kByteRange ? 255.0 : 1.0;
  if (!flags.mean.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(preprocessing.mean, Annotate(ParseNumbers(flags.mean), "--mean"));
  }
  if (!flags.scale.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(preprocessing.scale, Annotate(ParseNumbers(flags.scale), "--std"));
  }
  for (const double scale : preprocessing.scale) {
    if (scale <= 0.0) {
      return absl::OutOfRangeError(Concat("--std: found ", scale, ", allowed: above 0"));
    }
  }
  return preprocessing;
}

CLI::Validator Seed() {
  return CLI::Validator(
      [](const std::string& text) {
        return ParseNumber<std::uint64_t>(text)
                   ? std::string()
                   : Concat("found ", PrintableName(text), ", allowed: 0..2^64-1");
      },
      "");
}

CLI::Validator NumberWithin(double min, double max) {
  return CLI::Validator(
      [min, max](const std::string& text) {
        const std::optional<double> value = ParseNumber<double>(text);
        // Written so that nan, which compares false with everything, is refused.
        const bool within = value && *value >= min && *value <= max;
        return within ? std::string()
                      : Concat("found ", PrintableName(text), ", allowed: ", FormatNumber(min),
                               "..", FormatNumber(max));
      },
      "");
}

absl::StatusOr<std::vector<double>> ParseNumbers(std::string_view text) {
  std::vector<double> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::optional<double> value = ParseNumber<double>(text.substr(begin, end - begin));
    if (!value || !std::isfinite(*value)) {
      return absl::InvalidArgumentError(
          Concat("found ", PrintableName(text), ", allowed: numbers separated by commas"));
    }
    values.push_back(*value);
    begin = end + 1;
  }
  return values;
}

absl::StatusOr<IntegerPair> ParseIntegerPair(std::string_view text, const IntegerPairForm& form) {
  const std::size_t middle = text.find(form.separator);
  if (middle != std::string_view::npos) {
    const auto first = ParseNumber<std::int32_t>(text.substr(0, middle));
    const auto second = ParseNumber<std::int32_t>(text.substr(middle + 1));
    const auto within = [&form](const std::optional<std::int32_t>& value) {
      return value && *value >= form.min && *value <= form.max;
    };
    if (within(first) && within(second)) {
      return IntegerPair{*first, *second};
    }
  }
  return absl::InvalidArgumentError(Concat("found ", PrintableName(text), ", allowed: two numbers ",
                                           form.min, "..", form.max, " with '", form.separator,
                                           "' between"));
}

}  // namespace spikemesh
