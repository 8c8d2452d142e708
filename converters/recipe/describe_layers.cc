// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/describe_layers.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "networks/ir/layer_depths.h"

namespace spikemesh {
namespace {

// Whether all weights of every output channel are -a, 0 or +a for one a.
bool IsTernary(const SpikingLayer& layer) {
  std::vector<int> magnitudes(static_cast<std::size_t>(layer.output_shape.channels));
  for (const LayerInput& input : layer.inputs) {
    const std::size_t per_channel = input.weights.size() / magnitudes.size();
    for (std::size_t i = 0; i < input.weights.size(); ++i) {
      int& magnitude = magnitudes[i / per_channel];
      const int found = std::abs(input.weights[i]);
      if (found != 0 && magnitude != 0 && found != magnitude) {
        return false;
      }
      magnitude = found != 0 ? found : magnitude;
    }
  }
  return true;
}

bool IsDense(const SpikingLayer& layer) {
  return std::ranges::all_of(layer.inputs, [](const LayerInput& input) {
    return input.shape.height == 1 && input.shape.width == 1 && input.window.kernel_y == 1 &&
           input.window.kernel_x == 1;
  });
}

}  // namespace

std::vector<ConvertedLayer> DescribeLayers(const SpikingNetwork& network) {
  const std::vector<std::int32_t> depths = LayerDepths(network);
  std::vector<ConvertedLayer> rows;
  for (const SpikingLayer& layer : network.layers) {
    const FeatureShape& shape = layer.output_shape;
    rows.push_back({.name = layer.name,
                    .kind = IsDense(layer) ? "dense" : "convolution",
                    .shape = {shape.channels, shape.height, shape.width},
                    .fan_in = InputsPerNeuron(layer),
                    .neurons = shape.size(),
                    .weights = IsTernary(layer) ? "ternary" : "integer",
                    .latency_ticks = depths[rows.size()]});
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
                    .weights = layer.weights,
                    .exact = layer.exact,
                    .latency_ticks = layer.latency_ticks});
  }
  return rows;
}

}  // namespace spikemesh
