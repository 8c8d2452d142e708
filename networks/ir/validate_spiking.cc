// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "networks/ir/spiking_network.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

template <typename... Values>
absl::Status Invalid(const Values&... values) {
  return absl::InvalidArgumentError(Concat(values...));
}

std::string ShapeText(const FeatureShape& shape) {
  return Concat("{", shape.channels, ", ", shape.height, ", ", shape.width, "}");
}

// Each extent on its own is bounded too, so that the product cannot overflow.
absl::Status CheckShape(const FeatureShape& shape, const char* what) {
  const bool positive = shape.channels > 0 && shape.height > 0 && shape.width > 0;
  const bool bounded = positive && shape.channels <= kSpikingLayerSizeMax &&
                       std::int64_t{shape.height} * shape.width <= kSpikingLayerSizeMax &&
                       shape.size() <= kSpikingLayerSizeMax;
  if (!bounded) {
    return Invalid(what, " ", ShapeText(shape), ": 1..", kSpikingLayerSizeMax, " values allowed");
  }
  return absl::OkStatus();
}

bool AllFinite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

absl::Status CheckInputSizes(const InputModel& input, const FeatureShape& encoded) {
  if (input.shape[0] < 1) {
    return Invalid("input: images of ", input.shape[0], " channels, at least 1 allowed");
  }
  const auto channels = static_cast<std::size_t>(input.shape[0]);
  if (input.mean.size() != channels || input.scale.size() != channels) {
    return Invalid("input: ", input.mean.size(), " means and ", input.scale.size(),
                   " scales, one per image channel allowed: ", channels);
  }
  if (input.levels.size() != input.level_channels.size()) {
    return Invalid("input: ", input.levels.size(), " levels for ", input.level_channels.size(),
                   " level channels");
  }
  if (input.shape[1] != encoded.height || input.shape[2] != encoded.width) {
    return Invalid("input: images of ", input.shape[1], " x ", input.shape[2],
                   " pixels, encoded shape ", ShapeText(encoded));
  }
  const bool leveled = input.encoder != EncoderKind::kRate;
  if (leveled && input.levels.size() != static_cast<std::size_t>(encoded.channels)) {
    return Invalid("input: ", input.levels.size(), " levels for ", encoded.channels,
                   " encoder channels");
  }
  return absl::OkStatus();
}

absl::Status CheckInput(const InputModel& input, const FeatureShape& encoded) {
  if (input.encoder > EncoderKind::kRate) {
    return Invalid("input: encoder kind ", static_cast<int>(input.encoder), ", 0..3 allowed");
  }
  if (input.encoder == EncoderKind::kNone) {
    return absl::OkStatus();  // spikes arrive as lines; there is no image to describe
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckInputSizes(input, encoded));
  for (const std::int32_t channel : input.level_channels) {
    if (channel < 0 || channel >= input.shape[0]) {
      return Invalid("input: a level of image channel ", channel, ", 0..", input.shape[0] - 1,
                     " allowed");
    }
  }
  const bool zero_scale = std::count(input.scale.begin(), input.scale.end(), 0.0) > 0;
  if (!std::isfinite(input.range_max) || !AllFinite(input.mean) || !AllFinite(input.scale) ||
      !AllFinite(input.levels) || zero_scale) {
    return Invalid("input: range, means, scales and levels must be finite and scales not 0");
  }
  return absl::OkStatus();
}

absl::Status CheckInputs(const SpikingNetwork& network, std::size_t index) {
  const SpikingLayer& layer = network.layers[index];
  std::int64_t size = 0;
  for (const LayerInput& input : layer.inputs) {
    if (input.source < kEncodedInput || input.source >= static_cast<std::int64_t>(index)) {
      return Invalid("source ", input.source, ", an earlier layer or -1 allowed");
    }
    const std::int32_t delay_min = input.source == kEncodedInput ? 0 : 1;
    if (input.delay_ticks < delay_min || input.delay_ticks > kSpikingWindowMax) {
      return Invalid("delay of ", input.delay_ticks, " ticks from source ", input.source, ", ",
                     delay_min, "..", kSpikingWindowMax, " allowed");
    }
    size += input.source == kEncodedInput
                ? network.encoded_shape.size()
                : network.layers[static_cast<std::size_t>(input.source)].output_shape.size();
  }
  if (size != layer.input_shape.size()) {
    return Invalid("inputs of ", size, " values in all for input shape ",
                   ShapeText(layer.input_shape));
  }
  return absl::OkStatus();
}

absl::Status CheckWindow(const SpikingLayer& layer) {
  const WindowGeometry& w = layer.window;
  const auto [least, greatest] =
      std::minmax({w.kernel_y, w.kernel_x, w.stride_y, w.stride_x, w.dilation_y, w.dilation_x});
  const auto [pad_least, pad_greatest] =
      std::minmax({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right});
  if (least < 1 || pad_least < 0 || std::max(greatest, pad_greatest) > kSpikingWindowMax) {
    return Invalid("window: kernel, stride and dilation 1..", kSpikingWindowMax, ", pads 0..",
                   kSpikingWindowMax, " allowed; found ", std::min(least, pad_least), "..",
                   std::max(greatest, pad_greatest));
  }
  const std::int64_t height = OutputExtent(AxisY(w), layer.input_shape.height);
  const std::int64_t width = OutputExtent(AxisX(w), layer.input_shape.width);
  if (height != layer.output_shape.height || width != layer.output_shape.width) {
    return Invalid("output shape ", ShapeText(layer.output_shape), ", the window gives ", height,
                   " x ", width);
  }
  return absl::OkStatus();
}

absl::Status CheckWeights(const SpikingLayer& layer) {
  const std::int32_t groups = layer.groups;
  if (groups < 1 || layer.input_shape.channels % groups != 0 ||
      layer.output_shape.channels % groups != 0) {
    return Invalid(groups, " groups: must divide ", layer.input_shape.channels, " inputs and ",
                   layer.output_shape.channels, " outputs");
  }
  // Divided, not multiplied: four factors of hostile size would overflow.
  const std::int64_t channels_in = layer.input_shape.channels / groups;
  const std::int64_t taps = std::int64_t{layer.window.kernel_y} * layer.window.kernel_x;
  const auto count = static_cast<std::int64_t>(layer.weights.size());
  const std::int64_t out = layer.output_shape.channels;
  if (count % out != 0 || count / out % taps != 0 || count / out / taps != channels_in) {
    return Invalid(count, " weights, ", out, " x ", channels_in, " x ", layer.window.kernel_y,
                   " x ", layer.window.kernel_x, " allowed");
  }
  const auto fan_in = static_cast<std::size_t>(count / out);
  for (std::size_t at = 0; at < layer.weights.size(); at += fan_in) {
    std::int64_t magnitude = 0;
    for (std::size_t i = at; i < at + fan_in; ++i) {
      magnitude += std::abs(std::int64_t{layer.weights[i]});
    }
    if (magnitude >= std::numeric_limits<std::int32_t>::max()) {
      return Invalid("channel ", at / fan_in, ": weights of magnitude ", magnitude,
                     " in all, less than 2^31 - 1 allowed");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLayer(const SpikingNetwork& network, std::size_t index) {
  const SpikingLayer& layer = network.layers[index];
  SPIKEMESH_RETURN_IF_ERROR(CheckShape(layer.input_shape, "input shape"));
  SPIKEMESH_RETURN_IF_ERROR(CheckShape(layer.output_shape, "output shape"));
  SPIKEMESH_RETURN_IF_ERROR(CheckInputs(network, index));
  SPIKEMESH_RETURN_IF_ERROR(CheckWindow(layer));
  SPIKEMESH_RETURN_IF_ERROR(CheckWeights(layer));
  if (layer.thresholds.size() != static_cast<std::size_t>(layer.output_shape.size())) {
    return Invalid(layer.thresholds.size(), " thresholds for ", layer.output_shape.size(),
                   " neurons");
  }
  return absl::OkStatus();
}

absl::Status CheckOutput(const SpikingNetwork& network) {
  if (network.class_count < 1 || network.class_count > kSpikingClassesMax) {
    return Invalid(network.class_count, " classes, 1..", kSpikingClassesMax, " allowed");
  }
  const std::vector<std::int32_t>& classes = network.output_classes;
  if (classes.size() != network.layers.back().thresholds.size()) {
    return Invalid("read-out: ", classes.size(), " classes for ",
                   network.layers.back().thresholds.size(), " neurons of the last layer");
  }
  const auto [least, greatest] = std::minmax_element(classes.begin(), classes.end());
  if (*least < -1 || *greatest >= network.class_count) {
    return Invalid("read-out: classes ", *least, "..", *greatest, ", -1..", network.class_count - 1,
                   " allowed");
  }
  const PresentationModel& presentation = network.presentation;
  if (presentation.mode > PresentationMode::kRate || presentation.ticks_per_image < 1 ||
      presentation.latency_ticks < 0) {
    return Invalid("presentation: mode ", static_cast<int>(presentation.mode), ", ",
                   presentation.ticks_per_image, " ticks an image, latency ",
                   presentation.latency_ticks, "; mode 0..2, ticks >= 1, latency >= 0 allowed");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateSpiking(const SpikingNetwork& network) {
  SPIKEMESH_RETURN_IF_ERROR(CheckShape(network.encoded_shape, "encoded shape"));
  SPIKEMESH_RETURN_IF_ERROR(CheckInput(network.input, network.encoded_shape));
  if (network.layers.empty()) {
    return Invalid("no layers, at least one expected");
  }
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    SPIKEMESH_RETURN_IF_ERROR(
        Annotate(CheckLayer(network, i), Concat("layer \"", network.layers[i].name, "\"")));
  }
  return CheckOutput(network);
}

}  // namespace spikemesh
