// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/legalize.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// The weight a of each output channel; 1 for a channel without weights.
absl::StatusOr<std::vector<std::int32_t>> ChannelWeights(const SpikingLayer& layer) {
  const std::int64_t channels = layer.output_shape.channels;
  const std::int64_t per_channel = static_cast<std::int64_t>(layer.weights.size()) / channels;
  std::vector<std::int32_t> scales(channels, 1);
  for (std::int64_t channel = 0; channel < channels; ++channel) {
    const auto begin = layer.weights.begin() + channel * per_channel;
    std::set<std::int32_t> magnitudes;
    for (auto weight = begin; weight != begin + per_channel; ++weight) {
      if (*weight != 0) {
        magnitudes.insert(std::abs(std::int32_t{*weight}));
      }
    }
    if (magnitudes.size() > 1) {
      const std::set<std::int16_t> values(begin, begin + per_channel);
      return absl::UnimplementedError(
          Concat("layer \"", layer.name, "\": output channel ", channel, " has ", values.size(),
                 " distinct weights; mapped are -a, 0 and +a, one a per channel"));
    }
    if (!magnitudes.empty()) {
      scales[channel] = *magnitudes.begin();
    }
  }
  return scales;
}

std::int64_t CeilDivide(std::int64_t value, std::int64_t positive) {
  return value > 0 ? (value + positive - 1) / positive : -(-value / positive);
}

// The inputs of one neuron by sign.
struct SynapseCount {
  std::int32_t plus = 0;
  std::int32_t minus = 0;
};

SynapseCount CountSynapses(const TernaryLayer& layer, std::int32_t neuron) {
  SynapseCount count;
  ForEachSynapse(layer, neuron, [&count](std::int32_t, std::int8_t sign) {
    ++(sign > 0 ? count.plus : count.minus);
  });
  return count;
}

absl::Status FanInError(const SpikingLayer& layer, std::int32_t inputs) {
  return absl::OutOfRangeError(
      Concat("layer \"", layer.name, "\": ", inputs, " inputs per neuron need ", 2 * inputs,
             " axons (+- pairs), a core has ", kAxonsPerCore, ": ", 2 * inputs - kAxonsPerCore,
             " too many; groups of at most ", kAxonsPerCore / 2, " inputs fit"));
}

absl::Status SetThresholds(const SpikingLayer& layer, const std::vector<std::int32_t>& scales,
                           TernaryLayer& ternary) {
  ternary.thresholds.resize(layer.thresholds.size());
  for (std::size_t neuron = 0; neuron < layer.thresholds.size(); ++neuron) {
    const auto index = static_cast<std::int32_t>(neuron);
    const SynapseCount count = CountSynapses(ternary, index);
    if (count.plus + count.minus > kAxonsPerCore) {
      return FanInError(layer, count.plus + count.minus);
    }
    const std::int64_t scaled =
        CeilDivide(layer.thresholds[neuron], scales[index / ternary.positions()]);
    const std::int64_t threshold = std::clamp<std::int64_t>(scaled, -count.minus, count.plus + 1);
    if (std::abs(threshold) > kLeakMax) {
      return absl::OutOfRangeError(Concat("layer \"", layer.name, "\": neuron ", neuron,
                                          " has threshold ", threshold, " (in units of its weight",
                                          "), allowed ", -kLeakMax, "..", kLeakMax));
    }
    ternary.thresholds[neuron] = static_cast<std::int16_t>(threshold);
  }
  return absl::OkStatus();
}

absl::StatusOr<TernaryLayer> LegalizeLayer(const SpikingNetwork& network,
                                           const SpikingLayer& layer) {
  TernaryLayer ternary;
  ternary.inputs = layer.inputs;
  ternary.input_begin = {0};
  for (const LayerInput& input : layer.inputs) {
    const FeatureShape& shape = input.source == kEncodedInput
                                    ? network.encoded_shape
                                    : network.layers[input.source].output_shape;
    ternary.input_begin.push_back(ternary.input_begin.back() + shape.size());
  }
  ternary.input_shape = layer.input_shape;
  ternary.output_shape = layer.output_shape;
  ternary.window = layer.window;
  ternary.groups = layer.groups;
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int32_t> scales, ChannelWeights(layer));
  ternary.signs.reserve(layer.weights.size());
  for (const std::int16_t weight : layer.weights) {
    ternary.signs.push_back(static_cast<std::int8_t>((weight > 0) - (weight < 0)));
  }
  SPIKEMESH_RETURN_IF_ERROR(SetThresholds(layer, scales, ternary));
  return ternary;
}

}  // namespace

absl::StatusOr<std::vector<TernaryLayer>> LegalizeNetwork(const SpikingNetwork& network) {
  std::vector<TernaryLayer> layers;
  for (const SpikingLayer& layer : network.layers) {
    SPIKEMESH_ASSIGN_OR_RETURN(TernaryLayer ternary, LegalizeLayer(network, layer));
    layers.push_back(std::move(ternary));
  }
  return layers;
}

}  // namespace spikemesh
