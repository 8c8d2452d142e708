// SPDX-License-Identifier: Apache-2.0
#include "tests/converters/mapping/small_networks.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

std::int32_t OutputExtent(std::int32_t size, std::int32_t kernel, std::int32_t stride,
                          std::int32_t padding) {
  return (size + padding - kernel) / stride + 1;
}

std::int32_t Between(RandomSequence& random, std::int32_t low, std::int32_t high) {
  return low +
         static_cast<std::int32_t>(random.NextBelow(static_cast<std::uint32_t>(high - low + 1)));
}

// One or two sources of the same extent: the newest, and perhaps an earlier one.
std::vector<std::int32_t> PickSources(const SpikingNetwork& network, RandomSequence& random) {
  const auto newest = static_cast<std::int32_t>(network.layers.size()) - 1;
  std::vector<std::int32_t> sources = {newest};
  const std::int32_t other = Between(random, kEncodedInput, newest);
  const FeatureShape& a = SourceShape(network, newest);
  const FeatureShape& b = SourceShape(network, other);
  if (other != newest && a.height == b.height && a.width == b.width) {
    sources.push_back(other);
  }
  return sources;
}

// A window and grouping under which no neuron has more than 256 inputs.
void AddRandomConvolution(SpikingNetwork& network, RandomSequence& random) {
  LayerSketch sketch;
  sketch.sources = PickSources(network, random);
  bool even = true;
  for (const std::int32_t source : sketch.sources) {
    even = even && SourceShape(network, source).channels % 2 == 0;
  }
  const FeatureShape& shape = SourceShape(network, sketch.sources.front());
  WindowGeometry& window = sketch.window;
  window.kernel_y = Between(random, 1, std::min(3, shape.height));
  window.kernel_x = Between(random, 1, std::min(3, shape.width));
  window.stride_y = Between(random, 1, 2);
  window.stride_x = Between(random, 1, 2);
  window.pad_top = Between(random, 0, window.kernel_y - 1);
  window.pad_left = Between(random, 0, window.kernel_x - 1);
  window.pad_right = Between(random, 0, window.kernel_x - 1);
  sketch.groups = even ? Between(random, 1, 2) : 1;
  sketch.channels = sketch.groups * Between(random, 1, 6);
  Randomize(AddLayer(network, sketch), random);
}

void AddRandomDense(SpikingNetwork& network, RandomSequence& random) {
  LayerSketch sketch;
  sketch.sources = {static_cast<std::int32_t>(network.layers.size()) - 1};
  sketch.flatten = true;
  const std::int64_t size = SourceShape(network, sketch.sources.front()).size();
  for (sketch.groups = 1; size % sketch.groups != 0 || size / sketch.groups > 100;) {
    ++sketch.groups;
  }
  sketch.channels = sketch.groups * Between(random, 1, 12);
  Randomize(AddLayer(network, sketch), random);
}

}  // namespace

SpikingNetwork NetworkOfLines(FeatureShape shape) {
  SpikingNetwork network;
  network.name = "test";
  network.encoded_shape = shape;
  network.presentation.mode = PresentationMode::kPipelined;
  return network;
}

SpikingLayer MakeLayer(const SpikingNetwork& network, const LayerSketch& sketch) {
  SpikingLayer layer;
  layer.name = Concat("layer", network.layers.size());
  const WindowGeometry& w = sketch.window;
  for (const std::int32_t source : sketch.sources) {
    LayerInput input;
    input.source = source;
    input.delay_ticks = source == kEncodedInput ? 0 : 1;
    input.shape = SourceShape(network, source);
    if (sketch.flatten) {
      input.shape = {static_cast<std::int32_t>(input.shape.size()), 1, 1};
    }
    input.window = w;
    input.groups = sketch.groups;
    input.weights.assign(std::size_t(sketch.channels) * (input.shape.channels / sketch.groups) *
                             w.kernel_y * w.kernel_x,
                         1);
    layer.inputs.push_back(std::move(input));
  }
  const FeatureShape& extent = layer.inputs.front().shape;
  layer.output_shape = {
      sketch.channels,
      OutputExtent(extent.height, w.kernel_y, w.stride_y, w.pad_top + w.pad_bottom),
      OutputExtent(extent.width, w.kernel_x, w.stride_x, w.pad_left + w.pad_right)};
  layer.thresholds.assign(layer.output_shape.size(), 1);
  return layer;
}

SpikingLayer& AddLayer(SpikingNetwork& network, const LayerSketch& sketch) {
  network.layers.push_back(MakeLayer(network, sketch));
  return network.layers.back();
}

void Randomize(SpikingLayer& layer, RandomSequence& random) {
  const std::size_t channels = layer.output_shape.channels;
  const std::size_t positions = layer.thresholds.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::int32_t magnitude = Between(random, 1, 3);
    for (LayerInput& input : layer.inputs) {
      const std::size_t per_channel = input.weights.size() / channels;
      for (std::size_t i = 0; i < per_channel; ++i) {
        input.weights[channel * per_channel + i] =
            static_cast<std::int16_t>(magnitude * Between(random, -1, 1));
      }
    }
    for (std::size_t i = 0; i < positions; ++i) {
      layer.thresholds[channel * positions + i] = Between(random, -3 * magnitude, 3 * magnitude);
    }
  }
}

std::vector<std::pair<std::int32_t, std::int32_t>> EdgesOf(const SpikingLayer& layer) {
  std::vector<std::pair<std::int32_t, std::int32_t>> edges;
  for (const LayerInput& input : layer.inputs) {
    edges.push_back({input.source, input.delay_ticks});
  }
  return edges;
}

void Finish(SpikingNetwork& network) {
  network.class_count = 10;
  network.output_classes.clear();
  for (std::int32_t n = 0; n < network.layers.back().output_shape.size(); ++n) {
    network.output_classes.push_back(n % network.class_count);
  }
}

SpikingNetwork RandomNetwork(std::uint64_t seed) {
  RandomSequence random(seed, 0);
  const std::int32_t channels = Between(random, 1, 3);
  const std::int32_t height = Between(random, 3, 9);
  SpikingNetwork network = NetworkOfLines({channels, height, Between(random, 3, 9)});
  const std::int32_t convolutions = Between(random, 1, 5);
  for (std::int32_t i = 0; i < convolutions; ++i) {
    AddRandomConvolution(network, random);
  }
  AddRandomDense(network, random);
  Finish(network);
  return network;
}

}  // namespace spikemesh
