// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/base/limits.h"
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

absl::Status CheckEncoderSizes(const InputModel& input) {
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
  if (input.host_layer.has_value() != (input.encoder == EncoderKind::kHost)) {
    return Invalid("input: encoder kind ", static_cast<int>(input.encoder),
                   input.host_layer ? " with" : " without", " a layer of the host");
  }
  return input.host_layer ? Annotate(CheckHostLayer(*input.host_layer, input.shape[0]), "input")
                          : absl::OkStatus();
}

absl::Status CheckEncoder(const InputModel& input, const FeatureShape& encoded) {
  if (input.encoder > EncoderKind::kHost) {
    return Invalid("input: encoder kind ", static_cast<int>(input.encoder), ", 0..4 allowed");
  }
  if (input.encoder == EncoderKind::kNone) {
    // Spikes arrive as lines; there is no image to describe.
    return input.pad.any() ? Invalid("input: pads of images, but no encoder of any")
                           : absl::OkStatus();
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckEncoderSizes(input));
  if (!PadFits(input.pad, input.shape[1], input.shape[2])) {
    return Invalid("input: pads ", input.pad.top, ", ", input.pad.bottom, ", ", input.pad.left,
                   ", ", input.pad.right, " of ", input.shape[1], " x ", input.shape[2],
                   " pixels: at least 0, and less than all in both directions allowed");
  }
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
  const auto [channels, height, width] = EncodedExtents(input);
  if (channels != encoded.channels || height != encoded.height || width != encoded.width) {
    return Invalid("input: an encoder of {", channels, ", ", height, ", ", width,
                   "}, encoded shape ", ShapeText(encoded));
  }
  return absl::OkStatus();
}

absl::Status CheckSource(const SpikingNetwork& network, std::size_t index,
                         const LayerInput& input) {
  if (input.source < kEncodedInput || input.source >= static_cast<std::int64_t>(index)) {
    return Invalid("source ", input.source, ", an earlier layer or -1 allowed");
  }
  const std::int32_t delay_min = input.source == kEncodedInput ? 0 : 1;
  if (input.delay_ticks < delay_min || input.delay_ticks > kSpikingDelayMax) {
    return Invalid("delay of ", input.delay_ticks, " ticks from source ", input.source, ", ",
                   delay_min, "..", kSpikingDelayMax, " allowed");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckShape(input.shape, "input shape"));
  const FeatureShape& sent = SourceShape(network, input.source);
  if (sent.size() != input.shape.size()) {
    return Invalid("source of ", sent.size(), " values for input shape ", ShapeText(input.shape));
  }
  return absl::OkStatus();
}

absl::Status CheckWindow(const LayerInput& input, const FeatureShape& output) {
  const WindowGeometry& w = input.window;
  const auto [least, greatest] =
      std::minmax({w.kernel_y, w.kernel_x, w.stride_y, w.stride_x, w.dilation_y, w.dilation_x});
  const auto [pad_least, pad_greatest] =
      std::minmax({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right});
  if (least < 1 || pad_least < 0 || std::max(greatest, pad_greatest) > kSpikingWindowMax) {
    return Invalid("window: kernel, stride and dilation 1..", kSpikingWindowMax, ", pads 0..",
                   kSpikingWindowMax, " allowed; found ", std::min(least, pad_least), "..",
                   std::max(greatest, pad_greatest));
  }
  const std::int64_t height = OutputExtent(AxisY(w), input.shape.height);
  const std::int64_t width = OutputExtent(AxisX(w), input.shape.width);
  if (height != output.height || width != output.width) {
    return Invalid("output shape ", ShapeText(output), ", the window gives ", height, " x ", width);
  }
  return absl::OkStatus();
}

absl::Status CheckWeightCount(const LayerInput& input, const FeatureShape& output) {
  const std::int32_t groups = input.groups;
  if (groups < 1 || input.shape.channels % groups != 0 || output.channels % groups != 0) {
    return Invalid(groups, " groups: must divide ", input.shape.channels, " inputs and ",
                   output.channels, " outputs");
  }
  // Divided, not multiplied: four factors of hostile size would overflow.
  const std::int64_t channels_in = input.shape.channels / groups;
  const std::int64_t taps = std::int64_t{input.window.kernel_y} * input.window.kernel_x;
  const auto count = static_cast<std::int64_t>(input.weights.size());
  const std::int64_t out = output.channels;
  if (count % out != 0 || count / out % taps != 0 || count / out / taps != channels_in) {
    return Invalid(count, " weights, ", out, " x ", channels_in, " x ", input.window.kernel_y,
                   " x ", input.window.kernel_x, " allowed");
  }
  return absl::OkStatus();
}

absl::Status CheckInput(const SpikingNetwork& network, std::size_t index, const LayerInput& input) {
  const FeatureShape& output = network.layers[index].output_shape;
  SPIKEMESH_RETURN_IF_ERROR(CheckSource(network, index, input));
  SPIKEMESH_RETURN_IF_ERROR(CheckWindow(input, output));
  return CheckWeightCount(input, output);
}

// Calls visit(channel, weight) for every weight of the layer.
template <typename Visit>
void ForEachWeight(const SpikingLayer& layer, Visit visit) {
  for (const LayerInput& input : layer.inputs) {
    const std::size_t fan_in =
        input.weights.size() / static_cast<std::size_t>(layer.output_shape.channels);
    for (std::size_t i = 0; i < input.weights.size(); ++i) {
      visit(i / fan_in, input.weights[i]);
    }
  }
}

absl::Status CheckSums(const SpikingLayer& layer) {
  std::vector<std::int64_t> magnitudes(static_cast<std::size_t>(layer.output_shape.channels));
  ForEachWeight(layer, [&](std::size_t channel, std::int16_t weight) {
    magnitudes[channel] += std::abs(std::int64_t{weight});
  });
  const auto largest = std::max_element(magnitudes.begin(), magnitudes.end());
  if (*largest >= std::numeric_limits<std::int32_t>::max()) {
    return Invalid("channel ", largest - magnitudes.begin(), ": weights of magnitude ", *largest,
                   " in all, less than 2^31 - 1 allowed");
  }
  return absl::OkStatus();
}

// The sums of all subsets of the four, in ascending order.
std::array<std::int32_t, 1 << kAxonTypes> SubsetSums(const AxonWeights& weights) {
  std::array<std::int32_t, 1 << kAxonTypes> sums = {};
  for (std::size_t subset = 0; subset < sums.size(); ++subset) {
    for (std::size_t type = 0; type < weights.size(); ++type) {
      sums[subset] += (subset >> type & 1) != 0 ? weights[type] : 0;
    }
  }
  std::sort(sums.begin(), sums.end());
  return sums;
}

absl::Status CheckAxonWeights(const SpikingLayer& layer) {
  if (layer.axon_weights.empty()) {
    return absl::OkStatus();
  }
  if (layer.axon_weights.size() != static_cast<std::size_t>(layer.output_shape.channels)) {
    return Invalid("axon weights of ", layer.axon_weights.size(), " channels, none or ",
                   layer.output_shape.channels, " allowed");
  }
  std::vector<std::array<std::int32_t, 1 << kAxonTypes>> sums;
  for (std::size_t channel = 0; channel < layer.axon_weights.size(); ++channel) {
    const AxonWeights& weights = layer.axon_weights[channel];
    const auto [least, greatest] = std::minmax_element(weights.begin(), weights.end());
    if (*least < -kWeightMax || *greatest > kWeightMax) {
      return Invalid("channel ", channel, ": axon weights ", *least, "..", *greatest, ", ",
                     -kWeightMax, "..", kWeightMax, " allowed");
    }
    sums.push_back(SubsetSums(weights));
  }
  absl::Status status;
  ForEachWeight(layer, [&](std::size_t channel, std::int16_t weight) {
    if (!std::binary_search(sums[channel].begin(), sums[channel].end(), std::int32_t{weight})) {
      status = Invalid("channel ", channel, ": weight ", weight,
                       " is no sum of some of its axon weights");
    }
  });
  return status;
}

// All within least..greatest; `what` names the values.
absl::Status CheckRange(const std::vector<std::int32_t>& values, std::int32_t least,
                        std::int32_t greatest, const char* what) {
  for (std::size_t neuron = 0; neuron < values.size(); ++neuron) {
    if (values[neuron] < least || values[neuron] > greatest) {
      return Invalid("neuron ", neuron, ": ", what, " ", values[neuron], ", ", least, "..",
                     greatest, " allowed");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNeurons(const SpikingNetwork& network, const SpikingLayer& layer) {
  const auto neurons = static_cast<std::size_t>(layer.output_shape.size());
  if (layer.thresholds.size() != neurons) {
    return Invalid(layer.thresholds.size(), " thresholds for ", neurons, " neurons");
  }
  if (layer.leaks.size() != layer.initial_potentials.size() ||
      (layer.integrating() && layer.leaks.size() != neurons)) {
    return Invalid(layer.leaks.size(), " leaks and ", layer.initial_potentials.size(),
                   " initial potentials, none or ", neurons, " allowed");
  }
  if (!layer.integrating()) {
    return absl::OkStatus();
  }
  if (network.presentation.mode != PresentationMode::kRate) {
    return Invalid("integrating neurons, allowed in rate presentation only");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckRange(layer.thresholds, 1, kThresholdMax, "threshold"));
  return CheckRange(layer.initial_potentials, kPotentialMin, kPotentialMax, "initial potential");
}

absl::Status CheckLayer(const SpikingNetwork& network, std::size_t index) {
  const SpikingLayer& layer = network.layers[index];
  SPIKEMESH_RETURN_IF_ERROR(CheckShape(layer.output_shape, "output shape"));
  if (layer.inputs.empty()) {
    return Invalid("no inputs, at least one expected");
  }
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    SPIKEMESH_RETURN_IF_ERROR(
        Annotate(CheckInput(network, index, layer.inputs[i]), Concat("input ", i)));
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckSums(layer));
  SPIKEMESH_RETURN_IF_ERROR(CheckAxonWeights(layer));
  return CheckNeurons(network, layer);
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
  SPIKEMESH_RETURN_IF_ERROR(CheckEncoder(network.input, network.encoded_shape));
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
