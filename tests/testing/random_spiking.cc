// SPDX-License-Identifier: Apache-2.0
#include "tests/testing/random_spiking.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <utility>

#include "core/base/strings.h"
#include "networks/ir/layer_depths.h"
#include "networks/ir/window.h"
#include "tests/testing/random_network.h"

namespace spikemesh {
namespace {

// The height and width that `window` makes of `input`, with `channels` channels.
FeatureShape OutputShape(const WindowGeometry& window, const FeatureShape& input,
                         std::int32_t channels) {
  return {channels, static_cast<std::int32_t>(OutputExtent(AxisY(window), input.height)),
          static_cast<std::int32_t>(OutputExtent(AxisX(window), input.width))};
}

// A window over `input` that makes the height and width of `output`, if some tries find one.
std::optional<WindowGeometry> DrawWindowOnto(RandomSequence& random, const FeatureShape& input,
                                             const FeatureShape& output) {
  for (int attempt = 0; attempt < 30; ++attempt) {
    const WindowGeometry window = DrawWindow(random, input);
    if (OutputShape(window, input, output.channels) == output) {
      return window;
    }
  }
  return std::nullopt;
}

// What draws one network.
struct Drawing {
  RandomSequence& random;
  const SpikingNetworkLimits& limits;
  SpikingNetwork network;

  bool Chance(std::uint32_t of) { return random.NextBelow(of) == 0; }

  // All but its shape, window, groups and weights.
  LayerInput DrawEdge() {
    const auto layers = static_cast<std::int32_t>(network.layers.size());
    const std::int32_t source = DrawBetween(random, kEncodedInput, layers - 1);
    const std::int32_t delay = DrawBetween(random, 1, limits.delay_max);
    LayerInput input;
    input.source = source;
    input.delay_ticks = source == kEncodedInput ? delay - 1 : delay;
    input.shape = SourceShape(network, source);
    return input;
  }

  // A weight for each channel to draw from; empty where any will do.
  std::vector<std::vector<std::int16_t>> DrawChoices(SpikingLayer& layer) {
    std::vector<std::vector<std::int16_t>> choices;
    for (std::int32_t channel = 0; channel < layer.output_shape.channels; ++channel) {
      std::vector<std::int16_t>& values = choices.emplace_back();
      const auto unit = static_cast<std::int16_t>(DrawBetween(random, 1, 4));
      switch (limits.weights) {
        case DrawnWeights::kAny:
          break;
        case DrawnWeights::kTernary:
          values = {unit, static_cast<std::int16_t>(-unit)};
          break;
        case DrawnWeights::kInt4:
          for (int multiple = -8; multiple <= 7; ++multiple) {
            values.push_back(static_cast<std::int16_t>(unit * multiple));
          }
          break;
        case DrawnWeights::kCodebook:
          values = DrawCodebook(layer);
          break;
        case DrawnWeights::kFew:
          for (int i = 0; i < 3; ++i) {
            values.push_back(static_cast<std::int16_t>(DrawBetween(random, -30, 30)));
          }
          break;
      }
    }
    return choices;
  }

  // The sums of four values, which become the axon weights of the layer's next channel.
  std::vector<std::int16_t> DrawCodebook(SpikingLayer& layer) {
    AxonWeights& weights = layer.axon_weights.emplace_back();
    std::vector<std::int16_t> sums = {0};
    for (std::int16_t& weight : weights) {
      weight = static_cast<std::int16_t>(DrawBetween(random, -60, 60));
      for (std::size_t i = sums.size(); i-- > 0;) {
        sums.push_back(static_cast<std::int16_t>(sums[i] + weight));
      }
    }
    return sums;
  }

  void DrawWeights(SpikingLayer& layer) {
    const auto choices = DrawChoices(layer);
    const auto inputs_max = limits.inputs_max / static_cast<std::int32_t>(layer.inputs.size());
    for (LayerInput& input : layer.inputs) {
      input.groups = DrawGroups(random, input.shape.channels, layer.output_shape.channels);
      const std::int32_t fan_in =
          input.shape.channels / input.groups * input.window.kernel_y * input.window.kernel_x;
      for (const std::vector<std::int16_t>& values : choices) {
        std::int32_t inputs = 0;
        for (std::int32_t i = 0; i < fan_in; ++i) {
          const bool zero = inputs >= inputs_max || DrawBetween(random, 1, fan_in) > inputs_max;
          inputs += zero ? 0 : 1;
          input.weights.push_back(zero ? std::int16_t{0} : DrawWeight(values));
        }
      }
    }
  }

  std::int16_t DrawWeight(const std::vector<std::int16_t>& values) {
    return values.empty() ? static_cast<std::int16_t>(
                                DrawBetween(random, -limits.weight_max, limits.weight_max))
                          : values[random.NextBelow(static_cast<std::uint32_t>(values.size()))];
  }

  SpikingLayer DrawLayer() {
    SpikingLayer layer;
    layer.name = Concat("layer", network.layers.size());
    LayerInput first = DrawEdge();
    if (Chance(4)) {
      first.shape = {static_cast<std::int32_t>(first.shape.size()), 1, 1};
    }
    first.window = DrawWindow(random, first.shape);
    layer.output_shape =
        OutputShape(first.window, first.shape, DrawBetween(random, 1, limits.channels_max));
    layer.inputs.push_back(std::move(first));
    LayerInput second = DrawEdge();
    const auto window = DrawWindowOnto(random, second.shape, layer.output_shape);
    if (window) {
      second.window = *window;
      layer.inputs.push_back(std::move(second));
    }
    DrawWeights(layer);
    DrawNeurons(layer);
    return layer;
  }

  void DrawNeurons(SpikingLayer& layer) {
    const double inputs =
        static_cast<double>(std::min(InputsPerNeuron(layer), std::int64_t{limits.inputs_max}));
    std::int16_t weight_max = 0;
    for (const LayerInput& input : layer.inputs) {
      for (const std::int16_t weight : input.weights) {
        weight_max = std::max(weight_max, static_cast<std::int16_t>(std::abs(weight)));
      }
    }
    const std::int32_t reach = 1 + static_cast<std::int32_t>(std::sqrt(inputs) * weight_max);
    const std::int32_t leak_max = limits.leak_max > 0 ? limits.leak_max : reach / 2;
    const bool integrating = limits.rate && !Chance(4);
    for (std::int64_t i = 0; i < layer.output_shape.size(); ++i) {
      layer.thresholds.push_back(DrawBetween(random, integrating ? 1 : -reach, reach));
      if (integrating) {
        layer.leaks.push_back(DrawBetween(random, -leak_max, leak_max));
        layer.initial_potentials.push_back(DrawBetween(random, -reach, reach));
      }
    }
  }
};

}  // namespace

SpikingNetwork DrawSpikingNetwork(RandomSequence& random, const SpikingNetworkLimits& limits) {
  Drawing drawing{random, limits, {}};
  SpikingNetwork& network = drawing.network;
  network.name = "random";
  network.encoded_shape = {DrawBetween(random, 1, 6), DrawBetween(random, 1, 8),
                           DrawBetween(random, 1, 8)};
  network.presentation.mode = limits.rate ? PresentationMode::kRate : PresentationMode::kPipelined;
  const std::int32_t layers = DrawBetween(random, 1, 3);
  for (std::int32_t i = 0; i < layers; ++i) {
    SpikingLayer layer = drawing.DrawLayer();
    network.layers.push_back(std::move(layer));
  }
  network.class_count = DrawBetween(random, 1, 5);
  for (std::int64_t i = 0; i < network.layers.back().output_shape.size(); ++i) {
    network.output_classes.push_back(DrawBetween(random, -1, network.class_count - 1));
  }
  network.presentation.ticks_per_image = limits.rate ? DrawBetween(random, 1, 12) : 1;
  network.presentation.latency_ticks = LayerDepths(network).back();
  return network;
}

std::vector<std::uint32_t> DrawLines(RandomSequence& random, std::int64_t size) {
  std::vector<std::uint32_t> lines;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (random.NextBelow(2) == 0) {
      lines.push_back(i);
    }
  }
  return lines;
}

}  // namespace spikemesh
