// SPDX-License-Identifier: Apache-2.0
#include "apps/convert_layers.h"

#include <algorithm>
#include <cstdlib>

namespace spikemesh {
namespace {

// Whether all weights of every output channel are -a, 0 or +a for one a.
bool IsTernary(const SpikingLayer& layer) {
  const auto channels = static_cast<std::size_t>(layer.output_shape.channels);
  const std::size_t per_channel = layer.weights.size() / std::max<std::size_t>(1, channels);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    int magnitude = 0;
    for (std::size_t i = 0; i < per_channel; ++i) {
      const int found = std::abs(layer.weights[channel * per_channel + i]);
      if (found != 0 && magnitude != 0 && found != magnitude) {
        return false;
      }
      magnitude = found != 0 ? found : magnitude;
    }
  }
  return true;
}

bool IsDense(const SpikingLayer& layer) {
  return layer.input_shape.height == 1 && layer.input_shape.width == 1 &&
         layer.output_shape.height == 1 && layer.output_shape.width == 1;
}

// Ticks from an input axon to a spike of the layer, from those of the layers before it.
std::int64_t LatencyOf(const SpikingLayer& layer, const std::vector<ConvertedLayer>& before) {
  std::int64_t latency_ticks = 0;
  for (const LayerInput& input : layer.inputs) {
    if (input.source != kEncodedInput) {
      const auto source = static_cast<std::size_t>(input.source);
      latency_ticks = std::max(latency_ticks, before[source].latency_ticks + input.delay_ticks);
    }
  }
  return latency_ticks;
}

}  // namespace

std::vector<ConvertedLayer> DescribeLayers(const SpikingNetwork& network) {
  std::vector<ConvertedLayer> rows;
  for (const SpikingLayer& layer : network.layers) {
    const FeatureShape& shape = layer.output_shape;
    rows.push_back({.name = layer.name,
                    .kind = IsDense(layer) ? "dense" : "convolution",
                    .shape = {shape.channels, shape.height, shape.width},
                    .fan_in = std::int64_t{layer.input_shape.channels} / layer.groups *
                              layer.window.kernel_y * layer.window.kernel_x,
                    .neurons = shape.size(),
                    .weights = IsTernary(layer) ? "ternary" : "integer",
                    .latency_ticks = LatencyOf(layer, rows)});
  }
  return rows;
}

std::vector<ConvertedLayer> DescribeMappedLayers(const std::vector<MappedLayer>& layers) {
  std::vector<ConvertedLayer> rows;
  rows.reserve(layers.size());
  for (const MappedLayer& layer : layers) {
    rows.push_back({.name = layer.name,
                    .kind = layer.kind,
                    .shape = {layer.shape.channels, layer.shape.height, layer.shape.width},
                    .fan_in = layer.fan_in,
                    .neurons = layer.neurons,
                    .cores = layer.cores,
                    .axons = layer.axons,
                    .copies = layer.copies,
                    .splitters = layer.splitter_cores,
                    .relays = layer.relay_cores,
                    .weights = "ternary",
                    .exact = true,
                    .latency_ticks = layer.latency_ticks});
  }
  return rows;
}

}  // namespace spikemesh
