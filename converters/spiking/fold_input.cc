// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "converters/spiking/check_network.h"
#include "converters/spiking/fold_threshold.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kByteMax = 255;
// No byte reaches it.
constexpr double kLevelNever = std::numeric_limits<double>::max();
constexpr const char* kRemedy =
    "a pipelined network begins with a step on the image or on a 1x1 convolution with one weight "
    "per output channel (thermometer); other first layers need --mode rate";

// One value a channel, from one for all, one each, or none.
absl::StatusOr<std::vector<double>> PerChannel(const std::vector<double>& values, double otherwise,
                                               std::int32_t channels, const char* name) {
  const auto count = static_cast<std::size_t>(channels);
  if (values.size() > 1 && values.size() != count) {
    return absl::InvalidArgumentError(Concat("preprocessing: ", values.size(), " values of ", name,
                                             ", 1 or one per image channel allowed: ", channels));
  }
  const bool finite =
      std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
  if (!finite) {
    return absl::InvalidArgumentError(Concat("preprocessing: ", name, " is not finite"));
  }
  if (values.size() == count) {
    return values;
  }
  return std::vector<double>(count, values.empty() ? otherwise : values[0]);
}

absl::StatusOr<InputModel> MakeInput(const FeatureShape& shape,
                                     const Preprocessing& preprocessing) {
  InputModel input;
  input.shape = {shape.channels, shape.height, shape.width};
  input.range_max = preprocessing.range_max;
  if (!std::isfinite(input.range_max) || input.range_max <= 0) {
    return absl::InvalidArgumentError(Concat("preprocessing: bytes become 0..", input.range_max,
                                             ", a positive finite range is allowed"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(input.mean,
                             PerChannel(preprocessing.mean, 0.0, shape.channels, "mean"));
  SPIKEMESH_ASSIGN_OR_RETURN(input.scale,
                             PerChannel(preprocessing.scale, 1.0, shape.channels, "scale"));
  for (const double scale : input.scale) {
    if (scale <= 0) {
      return absl::InvalidArgumentError(
          Concat("preprocessing: scale ", scale, ", positive values allowed"));
    }
  }
  return input;
}

// A function of the image must treat the pixels of one channel alike.
absl::Status CheckPlanes(const std::vector<const NetworkNode*>& functions,
                         const FeatureShape& image_shape) {
  for (const NetworkNode* node : functions) {
    if (node->shape.height * node->shape.width != image_shape.height * image_shape.width) {
      return absl::UnimplementedError(Concat(
          NodeText(*node), " works on the image reshaped to ", ShapeText(node->shape),
          ", so with other values for each pixel; an encoder has one level per channel: move "
          "it before the reshape"));
    }
  }
  return absl::OkStatus();
}

// One encoder channel of a 1x1 convolution: y = scale * weight * x + bias.
struct EncoderTap {
  std::int32_t image_channel = 0;
  double scale = 1.0;
  double weight = 1.0;
  double bias = 0.0;
};

// The taps of the convolution, one per output channel.
absl::StatusOr<std::vector<EncoderTap>> ReadTaps(const Stage& stage,
                                                 const FeatureShape& image_shape) {
  const NetworkNode& node = *stage.convolution;
  const auto& convolution = std::get<ConvolutionNode>(node.operation);
  if (convolution.window.kernel_y != 1 || convolution.window.kernel_x != 1 ||
      node.shape.height != image_shape.height || node.shape.width != image_shape.width ||
      stage.convolution_input != image_shape) {
    return absl::UnimplementedError(
        Concat(NodeText(node), " reads the real-valued image through a window of ",
               convolution.window.kernel_y, " x ", convolution.window.kernel_x, " over ",
               ShapeText(stage.convolution_input), ": ", kRemedy));
  }
  const auto fan_in = static_cast<std::size_t>(image_shape.channels / convolution.groups);
  const std::int32_t group_outputs = node.shape.channels / convolution.groups;
  std::vector<EncoderTap> taps;
  for (std::int32_t out = 0; out < node.shape.channels; ++out) {
    const auto weights = std::span(convolution.weights).subspan(out * fan_in, fan_in);
    const auto weighted = [](float weight) { return weight != 0.0F; };
    const auto at = std::find_if(weights.begin(), weights.end(), weighted);
    const auto count = std::count_if(weights.begin(), weights.end(), weighted);
    const std::optional<IntegerWeights> factored = FactorWeights(weights);
    if (count != 1 || !factored.has_value()) {
      return absl::UnimplementedError(Concat(NodeText(node), ": output channel ", out, " has ",
                                             count,
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

// Taps of a stage without convolution: the image channels themselves.
std::vector<EncoderTap> ImageTaps(std::int32_t channels) {
  std::vector<EncoderTap> taps(static_cast<std::size_t>(channels));
  for (std::int32_t c = 0; c < channels; ++c) {
    taps[static_cast<std::size_t>(c)].image_channel = c;
  }
  return taps;
}

// What the step sees of `byte` in encoder channel `channel`, as RunNetwork computes it.
double StepInput(const Stage& stage, const InputModel& input, const EncoderTap& tap,
                 std::int64_t channel, std::int64_t byte) {
  const std::int64_t plane = std::int64_t{input.shape[1]} * input.shape[2];
  const double x =
      ApplyFunctions(stage.before, tap.image_channel * plane,
                     PreprocessByte(input, tap.image_channel, static_cast<std::uint8_t>(byte)));
  const double y =
      stage.convolution == nullptr ? x : ApplyScaleAndBias(tap.scale, tap.weight * x, tap.bias);
  return ApplyFunctions(stage.functions, channel * plane, y);
}

}  // namespace

absl::StatusOr<FoldedInput> FoldInput(const Stage& stage, const FeatureShape& image_shape,
                                      const Preprocessing& preprocessing) {
  SPIKEMESH_RETURN_IF_ERROR(CheckPlanes(stage.before, image_shape));
  SPIKEMESH_RETURN_IF_ERROR(CheckPlanes(stage.functions, image_shape));
  FoldedInput folded;
  SPIKEMESH_ASSIGN_OR_RETURN(folded.input, MakeInput(image_shape, preprocessing));
  std::vector<EncoderTap> taps = ImageTaps(image_shape.channels);
  if (stage.convolution != nullptr) {
    SPIKEMESH_ASSIGN_OR_RETURN(taps, ReadTaps(stage, image_shape));
  }
  folded.encoded_shape = {static_cast<std::int32_t>(taps.size()), image_shape.height,
                          image_shape.width};
  const auto& step = std::get<StepNode>(stage.step->operation);
  folded.activations = StepActivations(step, folded.encoded_shape.size());
  const std::int64_t plane = std::int64_t{image_shape.height} * image_shape.width;
  bool one_level_each = true;
  for (std::size_t o = 0; o < taps.size(); ++o) {
    const auto channel = static_cast<std::int64_t>(o);
    const FoldedThreshold found = FoldThreshold(0, kByteMax, [&](std::int64_t byte) {
      return StepIsHigh(step, StepInput(stage, folded.input, taps[o], channel, byte));
    });
    // Rising: active from `threshold` on. Falling: high down from -threshold, so active above it.
    const std::int64_t first_active = found.falling ? 1 - found.threshold : found.threshold;
    folded.input.levels.push_back(first_active > kByteMax
                                      ? kLevelNever
                                      : PreprocessByte(folded.input, taps[o].image_channel,
                                                       static_cast<std::uint8_t>(first_active)));
    folded.input.level_channels.push_back(taps[o].image_channel);
    one_level_each = one_level_each && taps[o].image_channel == channel;
    if (found.falling) {
      std::fill_n(folded.activations.inactive.begin() + channel * plane, plane, step.high);
      std::fill_n(folded.activations.active.begin() + channel * plane, plane, step.low);
    }
  }
  one_level_each = one_level_each && taps.size() == static_cast<std::size_t>(image_shape.channels);
  folded.input.encoder = one_level_each ? EncoderKind::kThreshold : EncoderKind::kThermometer;
  return folded;
}

}  // namespace spikemesh
