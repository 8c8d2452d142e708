// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "converters/spiking/check_network.h"
#include "converters/spiking/fold_threshold.h"
#include "converters/spiking/image_input.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kByteMax = 255;
// No byte reaches it.
constexpr double kLevelNever = std::numeric_limits<double>::max();
constexpr const char* kRemedy =
    "the cores take bits, so a pipelined network begins with a step on the image, or on a 1x1 "
    "convolution with one weight per output channel (a thermometer: a step a level); put one "
    "there and train again, or use ReLU in all layers, which rate mode runs on images as they are";

bool AllEqual(const std::vector<double>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

// Whether its channels do not matter.
bool IsUniform(const NetworkNode& node) {
  const auto* affine = std::get_if<AffineNode>(&node.operation);
  return affine != nullptr && AllEqual(affine->scale) && AllEqual(affine->offset);
}

// One encoder channel of a 1x1 convolution: y = scale * weight * x + bias.
struct EncoderTap {
  std::int32_t image_channel = 0;
  double scale = 1.0;
  double weight = 1.0;
  double bias = 0.0;
};

// The taps of the convolution, one per output channel.
absl::StatusOr<std::vector<EncoderTap>> ReadTaps(const Branch& branch,
                                                 const FeatureShape& image_shape) {
  const ConvolutionNode& convolution = branch.convolution;
  const std::string node = Concat("node \"", branch.name, "\" (convolution)");
  if (convolution.window.kernel_y != 1 || convolution.window.kernel_x != 1 ||
      branch.output.height != image_shape.height || branch.output.width != image_shape.width ||
      branch.input != image_shape || branch.divisor != 1.0) {
    return absl::UnimplementedError(Concat(
        node, " reads the real-valued image through a window of ", convolution.window.kernel_y,
        " x ", convolution.window.kernel_x, " over ", ShapeText(branch.input), ": ", kRemedy));
  }
  const auto fan_in = static_cast<std::size_t>(image_shape.channels / convolution.groups);
  const std::int32_t group_outputs = branch.output.channels / convolution.groups;
  std::vector<EncoderTap> taps;
  for (std::int32_t out = 0; out < branch.output.channels; ++out) {
    const auto weights = std::span(convolution.weights).subspan(out * fan_in, fan_in);
    const auto weighted = [](float weight) { return weight != 0.0F; };
    const auto at = std::find_if(weights.begin(), weights.end(), weighted);
    const auto count = std::count_if(weights.begin(), weights.end(), weighted);
    const std::optional<IntegerWeights> factored = FactorWeights(weights);
    if (count != 1 || !factored.has_value()) {
      return absl::UnimplementedError(Concat(node, ": output channel ", out, " has ", count,
                                             " weights on the real-valued image: ", kRemedy));
    }
    const std::size_t index = at - weights.begin();
    taps.push_back(
        {.image_channel = static_cast<std::int32_t>(out / group_outputs * fan_in + index),
         .scale = factored->scale,
         .weight = static_cast<double>(factored->values[index]),
         .bias = convolution.bias[out]});
  }
  return taps;
}

// What the activation is at `byte` in encoder channel `channel`, as RunNetwork computes it.
double ValueOfByte(const Stage& stage, const InputModel& input, const EncoderTap& tap,
                   std::int64_t channel, std::int64_t byte) {
  const Branch& branch = stage.branches.front();
  const std::int64_t plane = std::int64_t{input.shape[1]} * input.shape[2];
  const double x =
      ApplyFunctions(branch.before, tap.image_channel * plane,
                     PreprocessByte(input, tap.image_channel, static_cast<std::uint8_t>(byte)));
  const double y = branch.is_identity ? x : ApplyScaleAndBias(tap.scale, tap.weight * x, tap.bias);
  return ApplyFunctions(stage.functions, channel * plane,
                        ApplyFunctions(branch.functions, channel * plane, y));
}

// A line that is active from the byte on at which the value reaches a level, or falls below it.
void AppendLine(const FoldedThreshold& found, std::int32_t image_channel, FoldedInput& folded) {
  // Rising: active from `threshold` on. Falling: high down from -threshold, so active above it.
  const std::int64_t first_active = found.falling ? 1 - found.threshold : found.threshold;
  folded.input.levels.push_back(
      first_active > kByteMax
          ? kLevelNever
          : PreprocessByte(folded.input, image_channel, static_cast<std::uint8_t>(first_active)));
  folded.input.level_channels.push_back(image_channel);
  folded.falling.push_back(found.falling);
}

}  // namespace

absl::Status CheckPlanes(const std::vector<ElementFunction>& functions, const FeatureShape& shape) {
  for (const ElementFunction& function : functions) {
    const NetworkNode* const node = function.node;
    const bool by_channel = std::holds_alternative<AffineNode>(node->operation) ||
                            std::holds_alternative<BatchNormNode>(node->operation) ||
                            std::holds_alternative<MultiThresholdNode>(node->operation);
    if (by_channel && !IsUniform(*node) &&
        node->shape.height * node->shape.width != shape.height * shape.width) {
      return absl::UnimplementedError(Concat(
          NodeText(*node), " works on the image reshaped to ", ShapeText(node->shape),
          ", so with other values for each pixel; an encoder has one level per channel: move "
          "it before the reshape"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<FoldedInput> FoldInput(const Stage& stage, const FeatureShape& image_shape,
                                      const Preprocessing& preprocessing) {
  if (stage.branches.size() != 1) {
    return absl::UnimplementedError(Concat("node \"", stage.name, "\" adds or joins ",
                                           stage.branches.size(), " sums of the image: ", kRemedy));
  }
  const Branch& branch = stage.branches.front();
  FoldedInput folded;
  SPIKEMESH_ASSIGN_OR_RETURN(folded.input, ImageInput(image_shape, preprocessing));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<EncoderTap> taps, ReadTaps(branch, image_shape));
  SPIKEMESH_RETURN_IF_ERROR(CheckPlanes(branch.before, image_shape));
  SPIKEMESH_RETURN_IF_ERROR(CheckPlanes(branch.functions, image_shape));
  SPIKEMESH_RETURN_IF_ERROR(CheckPlanes(stage.functions, image_shape));
  SPIKEMESH_ASSIGN_OR_RETURN(const LevelValues values, ValuesOf(stage));
  // [tap][level]: from which byte on the value is at least values[level + 1].
  std::vector<std::vector<FoldedThreshold>> thresholds;
  std::vector<bool> is_told(values.size() - 1, false);
  for (std::size_t o = 0; o < taps.size(); ++o) {
    std::vector<FoldedThreshold>& of_tap = thresholds.emplace_back();
    for (std::size_t level = 0; level + 1 < values.size(); ++level) {
      of_tap.push_back(FoldThreshold(0, kByteMax, [&](std::int64_t byte) {
        return ValueOfByte(stage, folded.input, taps[o], static_cast<std::int64_t>(o), byte) >=
               values[level + 1];
      }));
      const bool always = of_tap[level].constant && of_tap[level].threshold == 0;
      is_told[level] =
          is_told[level] || (level == 0 ? !always : of_tap[level] != of_tap[level - 1]);
    }
  }
  for (std::size_t level = 0; level < is_told.size(); ++level) {
    if (is_told[level] || (folded.levels.empty() && level + 1 == is_told.size())) {
      folded.levels.push_back(level + 1);
    }
  }
  folded.values = TakenValues(values, folded.levels);
  for (std::size_t o = 0; o < taps.size(); ++o) {
    for (const std::size_t level : folded.levels) {
      AppendLine(thresholds[o][level - 1], taps[o].image_channel, folded);
    }
  }
  folded.encoded_shape = {static_cast<std::int32_t>(folded.input.levels.size()), image_shape.height,
                          image_shape.width};
  bool one_level_each =
      folded.input.levels.size() == static_cast<std::size_t>(image_shape.channels);
  for (std::size_t o = 0; o < folded.input.level_channels.size(); ++o) {
    one_level_each =
        one_level_each && folded.input.level_channels[o] == static_cast<std::int32_t>(o);
  }
  folded.input.encoder = one_level_each ? EncoderKind::kThreshold : EncoderKind::kThermometer;
  return folded;
}

absl::StatusOr<EncodedBranch> ReadEncoded(const FoldedInput& encoded, const Branch& branch) {
  const std::size_t levels = encoded.levels.size();
  const std::size_t plane = std::size_t(encoded.encoded_shape.height) * encoded.encoded_shape.width;
  const std::size_t size = encoded.falling.size() / levels * plane;  // values of the stage
  EncodedBranch read{branch, {}};
  read.values.inactive.resize(encoded.falling.size() * plane);
  read.values.active.resize(encoded.falling.size() * plane);
  for (std::size_t i = 0; i < size; ++i) {
    const auto value = [&](std::size_t level) {
      return ApplyFunctions(branch.before, static_cast<std::int64_t>(i), encoded.values[level]);
    };
    for (std::size_t level = 0; level < levels; ++level) {
      const std::size_t channel = i / plane * levels + level;
      const std::size_t line = channel * plane + i % plane;
      // The first level carries the least value, the others add what is between them.
      const double low = level == 0 ? value(0) : 0.0;
      const double high = level == 0 ? value(1) : value(level + 1) - value(level);
      read.values.inactive[line] = encoded.falling[channel] ? high : low;
      read.values.active[line] = encoded.falling[channel] ? low : high;
    }
  }
  if (levels == 1) {
    return read;
  }
  const std::size_t input_plane = std::size_t(branch.input.height) * branch.input.width;
  const bool is_vector = input_plane == 1 && branch.convolution.groups == 1;
  if (input_plane != plane && !is_vector) {
    return absl::UnimplementedError(Concat("node \"", branch.name, "\" reads an image of ",
                                           encoded.values.size(), " values a pixel reshaped to ",
                                           ShapeText(branch.input), "; planes of ", plane,
                                           " pixels, or a vector in one group, are allowed"));
  }
  // Lines of a channel follow each other plane by plane: `run` inputs, levels times.
  const std::size_t run = input_plane == plane ? 1 : plane;
  const std::size_t taps =
      std::size_t(branch.convolution.window.kernel_y) * branch.convolution.window.kernel_x * run;
  std::vector<float>& weights = read.branch.convolution.weights;
  weights.clear();
  read.branch.convolution.precise_weights.clear();
  for (auto from = branch.convolution.weights.begin(); from != branch.convolution.weights.end();
       from += static_cast<std::ptrdiff_t>(taps)) {
    for (std::size_t level = 0; level < levels; ++level) {
      weights.insert(weights.end(), from, from + static_cast<std::ptrdiff_t>(taps));
    }
  }
  read.branch.input.channels *= static_cast<std::int32_t>(levels);
  return read;
}

}  // namespace spikemesh
