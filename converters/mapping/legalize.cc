// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/legalize.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <utility>

#include "converters/mapping/bias_axons.h"
#include "converters/mapping/represent_layer.h"
#include "core/base/limits.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

std::int64_t CeilDivide(std::int64_t value, std::int64_t positive) {
  return value > 0 ? (value + positive - 1) / positive : -(-value / positive);
}

// Turns one layer of the network into a CrossbarLayer, step by step.
class LayerLegalizer {
 public:
  LayerLegalizer(const SpikingNetwork& network, const SpikingLayer& layer)
      : presentation_(network.presentation), layer_(layer) {
    result_.output_shape = layer.output_shape;
    std::int32_t first_feature = 0;
    for (const LayerInput& input : layer.inputs) {
      result_.inputs.push_back({.source = input.source,
                                .first_feature = first_feature,
                                .shape = input.shape,
                                .window = input.window,
                                .groups = input.groups,
                                .masks = {}});
      first_feature += static_cast<std::int32_t>(input.shape.size());
    }
  }

  absl::StatusOr<CrossbarLayer> Legalize() {
    SPIKEMESH_RETURN_IF_ERROR(SetWeights());
    SPIKEMESH_RETURN_IF_ERROR(SetConstants());
    SPIKEMESH_RETURN_IF_ERROR(SetBiasAxons());
    if (layer_.integrating()) {
      result_.thresholds = layer_.thresholds;
      result_.initial_potentials = layer_.initial_potentials;
      SPIKEMESH_RETURN_IF_ERROR(CheckPotentials());
    }
    return std::move(result_);
  }

 private:
  // What the synapses of a neuron can add up to, and the axons they take.
  struct Reach {
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::int32_t inputs = 0;
    std::int32_t axons = 0;
  };

  absl::Status SetWeights();
  Reach ReachOf(std::int32_t neuron) const;
  absl::Status SetConstants();
  absl::Status SetBiasAxons();
  absl::Status CheckPotentials();
  absl::Status FanInError(const Reach& reach) const;

  const PresentationModel& presentation_;
  const SpikingLayer& layer_;
  CrossbarLayer result_;
  std::vector<std::int32_t> units_;  // [out_channels]
  Reach widest_;                     // of the neuron with most axons
};

absl::Status LayerLegalizer::SetWeights() {
  SPIKEMESH_ASSIGN_OR_RETURN(LayerRepresentation found, RepresentLayer(layer_));
  for (std::size_t i = 0; i < result_.inputs.size(); ++i) {
    result_.inputs[i].masks = std::move(found.masks[i]);
  }
  result_.weights_kind = found.kind;
  result_.axon_weights = std::move(found.values);
  result_.types_used = std::move(found.types_used);
  units_ = std::move(found.units);
  return absl::OkStatus();
}

LayerLegalizer::Reach LayerLegalizer::ReachOf(std::int32_t neuron) const {
  const AxonWeights& values = result_.axon_weights[neuron / result_.positions()];
  std::array<std::int32_t, kAllAxonTypes + 1> value_of = {};
  for (AxonTypeMask mask = 0; mask <= kAllAxonTypes; ++mask) {
    value_of[mask] = ValueOf(values, mask);
  }
  Reach reach;
  ForEachSynapse(result_, neuron, [&](std::int32_t, AxonTypeMask mask) {
    (value_of[mask] < 0 ? reach.min : reach.max) += value_of[mask];
    ++reach.inputs;
    reach.axons += std::popcount(mask);
  });
  return reach;
}

absl::Status LayerLegalizer::SetConstants() {
  result_.constants.resize(layer_.thresholds.size());
  for (std::size_t neuron = 0; neuron < layer_.thresholds.size(); ++neuron) {
    const auto index = static_cast<std::int32_t>(neuron);
    const Reach reach = ReachOf(index);
    if (reach.axons > kAxonsPerCore) {
      return FanInError(reach);
    }
    widest_ = reach.axons > widest_.axons ? reach : widest_;
    if (layer_.integrating()) {
      result_.constants[neuron] = layer_.leaks[neuron];
      continue;
    }
    const std::int64_t scaled =
        CeilDivide(layer_.thresholds[neuron], units_[index / result_.positions()]);
    result_.constants[neuron] =
        static_cast<std::int32_t>(-std::clamp(scaled, reach.min, reach.max + 1));
  }
  return absl::OkStatus();
}

absl::Status LayerLegalizer::FanInError(const Reach& reach) const {
  const std::int32_t per_input = (reach.axons + reach.inputs - 1) / reach.inputs;
  return absl::OutOfRangeError(
      Concat("layer \"", layer_.name, "\": ", reach.inputs, " inputs per neuron need ", reach.axons,
             " axons, a core has ", kAxonsPerCore, ": ", reach.axons - kAxonsPerCore,
             " too many; groups of at most ", kAxonsPerCore / per_input, " inputs fit"));
}

absl::Status LayerLegalizer::SetBiasAxons() {
  const auto chosen = ChooseBiasAxons(result_, kAxonsPerCore - widest_.axons);
  if (!chosen) {
    const auto [least, greatest] =
        std::minmax_element(result_.constants.begin(), result_.constants.end());
    return WithRemedy(
        absl::OutOfRangeError(Concat(
            "layer \"", layer_.name, "\": ", layer_.integrating() ? "leaks" : "thresholds", " of ",
            layer_.integrating() ? *least : -*greatest, "..",
            layer_.integrating() ? *greatest : -*least, " (in units of the weights) are beyond ",
            -kLeakMax, "..", kLeakMax, ", and a neuron of ", widest_.axons, " axons leaves a core ",
            kAxonsPerCore - widest_.axons,
            " axons for the rest, too few; train with groups of fewer inputs or smaller biases")),
        {RemedyKind::kTernaryWeights, "which leaves most axons free"});
  }
  result_.bias_axons = *chosen;
  return absl::OkStatus();
}

absl::Status LayerLegalizer::CheckPotentials() {
  const std::int64_t ticks =
      std::int64_t{presentation_.ticks_per_image} + presentation_.latency_ticks;
  for (std::size_t neuron = 0; neuron < layer_.thresholds.size(); ++neuron) {
    const std::int32_t constant = result_.constants[neuron];
    if (std::abs(constant) <= kLeakMax) {
      continue;
    }
    const auto index = static_cast<std::int32_t>(neuron);
    const std::int64_t initial =
        std::int64_t{layer_.initial_potentials[neuron]} + BiasOf(result_, index).sum();
    if (initial < kPotentialMin || initial > kPotentialMax) {
      return absl::OutOfRangeError(Concat(
          "layer \"", layer_.name, "\": neuron ", neuron, ": initial potential ",
          layer_.initial_potentials[neuron], " and leak ", constant, " beyond ", -kLeakMax, "..",
          kLeakMax, " give ", initial, ", ", kPotentialMin, "..", kPotentialMax, " allowed"));
    }
    if (constant < 0 && !result_.may_saturate) {
      const std::int64_t sum_max = ReachOf(index).max;
      const std::int64_t climb =
          std::max<std::int64_t>(0, sum_max + constant - layer_.thresholds[neuron]);
      const std::int64_t top =
          std::max(layer_.initial_potentials[neuron], layer_.thresholds[neuron]) + sum_max;
      result_.may_saturate = top > kPotentialMax || climb > (kPotentialMax - top) / ticks;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CrossbarLayer> LegalizeLayer(const SpikingNetwork& network,
                                            const SpikingLayer& layer) {
  std::int64_t features = 0;
  for (const LayerInput& input : layer.inputs) {
    features += input.shape.size();
  }
  if (features > std::numeric_limits<std::int32_t>::max()) {
    return absl::OutOfRangeError(Concat("layer \"", layer.name, "\": ", features,
                                        " values of all inputs, at most ",
                                        std::numeric_limits<std::int32_t>::max(), " allowed"));
  }
  return LayerLegalizer(network, layer).Legalize();
}

absl::StatusOr<std::vector<CrossbarLayer>> LegalizeNetwork(const SpikingNetwork& network) {
  std::vector<CrossbarLayer> layers;
  for (const SpikingLayer& layer : network.layers) {
    SPIKEMESH_ASSIGN_OR_RETURN(CrossbarLayer legal, LegalizeLayer(network, layer));
    layers.push_back(std::move(legal));
  }
  return layers;
}

}  // namespace spikemesh
