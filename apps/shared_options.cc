// SPDX-License-Identifier: Apache-2.0
#include "apps/shared_options.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "core/report/text_table.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

// As large as the side of an image can be.
constexpr std::int32_t kPadSideMax = 4096;

}  // namespace

MachineOptions ToMachineOptions(const MachineFlags& flags) {
  return {.threads = flags.threads, .simd = flags.simd, .seed = flags.seed};
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
    constexpr std::uint64_t kBytesMax = 1 << 20;
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.config, kBytesMax));
    SPIKEMESH_ASSIGN_OR_RETURN(parameters,
                               Annotate(ParseRouterConfig(text, parameters), flags.config));
  }
  return parameters;
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
  if (!flags.pad.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(preprocessing.pad, Annotate(ParsePad(flags.pad), "--pad"));
  }
  for (const double scale : preprocessing.scale) {
    if (scale <= 0.0) {
      return absl::OutOfRangeError(Concat("--std: found ", scale, ", allowed: above 0"));
    }
  }
  return preprocessing;
}

OnnxOptions WithImageValues(OnnxOptions onnx, const PreprocessingFlags& flags) {
  const bool are_bytes =
      flags.input_range == kByteRange && flags.mean.empty() && flags.scale.empty();
  onnx.image_values = are_bytes ? ImageValues::kBytes : ImageValues::kPreprocessed;
  return onnx;
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

absl::StatusOr<ImagePad> ParsePad(std::string_view text) {
  constexpr std::size_t kPadSides = 4;
  std::array<std::int32_t, kPadSides> sides = {};
  std::string_view left = text;
  for (std::size_t i = 0; i < kPadSides; ++i) {
    const std::size_t comma = i + 1 < kPadSides ? left.find(',') : left.size();
    const auto side = comma == std::string_view::npos
                          ? std::nullopt
                          : ParseNumber<std::int32_t>(left.substr(0, comma));
    if (!side || *side < 0 || *side > kPadSideMax) {
      return absl::InvalidArgumentError(
          Concat("found ", PrintableName(text), ", allowed: four numbers 0..", kPadSideMax,
                 " with commas between: rows above and below, columns left and right"));
    }
    sides[i] = *side;
    left.remove_prefix(std::min(left.size(), comma + 1));
  }
  return ImagePad{sides[0], sides[1], sides[2], sides[3]};
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
