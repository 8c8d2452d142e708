// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/represent_layer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "converters/mapping/represent_channel.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::size_t kWeightValues = std::size_t{1} << 16;

std::size_t Slot(std::int16_t weight) { return static_cast<std::uint16_t>(weight); }

std::span<const std::int16_t> WeightsOf(const LayerInput& input, std::size_t channels,
                                        std::size_t channel) {
  const std::size_t fan_in = input.weights.size() / channels;
  return std::span(input.weights).subspan(channel * fan_in, fan_in);
}

// Tables over all values that a weight can have, used for one channel after the other.
class LayerRepresenter {
 public:
  explicit LayerRepresenter(const SpikingLayer& layer)
      : layer_(layer),
        channels_(static_cast<std::size_t>(layer.output_shape.channels)),
        count_of_(kWeightValues),
        mask_of_(kWeightValues) {
    for (const LayerInput& input : layer.inputs) {
      result_.masks.emplace_back(input.weights.size());
    }
  }

  absl::StatusOr<LayerRepresentation> Represent() {
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      SPIKEMESH_RETURN_IF_ERROR(RepresentOne(channel));
    }
    return std::move(result_);
  }

 private:
  std::vector<WeightCount> CountWeights(std::size_t channel) {
    std::vector<WeightCount> weights;
    for (const LayerInput& input : layer_.inputs) {
      for (const std::int16_t weight : WeightsOf(input, channels_, channel)) {
        if (weight != 0 && count_of_[Slot(weight)]++ == 0) {
          weights.push_back({weight, 0});
        }
      }
    }
    for (WeightCount& weight : weights) {
      weight.count = std::exchange(count_of_[Slot(weight.weight)], 0);
    }
    std::ranges::sort(weights, {}, &WeightCount::weight);
    return weights;
  }

  absl::Status RepresentOne(std::size_t channel) {
    const std::vector<WeightCount> weights = CountWeights(channel);
    const AxonWeights* const codebook =
        layer_.axon_weights.empty() ? nullptr : &layer_.axon_weights[channel];
    const auto found = RepresentChannel(weights, codebook, !layer_.integrating());
    if (!found) {
      return WithRemedy(
          absl::UnimplementedError(Concat(
              "layer \"", layer_.name, "\": output channel ", channel, " has ", weights.size(),
              " distinct weights besides 0; no four values of axon types, -255..255, that sum to "
              "them were found")),
          {RemedyKind::kCodebookWeights});
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
      mask_of_[Slot(weights[i].weight)] = found->masks[i];
    }
    for (std::size_t i = 0; i < layer_.inputs.size(); ++i) {
      const auto from = WeightsOf(layer_.inputs[i], channels_, channel);
      std::transform(from.begin(), from.end(),
                     result_.masks[i].begin() + static_cast<std::ptrdiff_t>(channel * from.size()),
                     [this](std::int16_t weight) { return mask_of_[Slot(weight)]; });
    }
    for (const WeightCount& weight : weights) {
      mask_of_[Slot(weight.weight)] = 0;
    }
    result_.kind = std::max(result_.kind, found->kind);
    result_.values.push_back(found->values);
    result_.types_used.push_back(found->types_used);
    result_.units.push_back(found->unit);
    result_.axons.push_back(found->axons);
    return absl::OkStatus();
  }

  const SpikingLayer& layer_;
  std::size_t channels_;
  std::vector<std::int32_t> count_of_;  // [slot], 0 between channels
  std::vector<AxonTypeMask> mask_of_;   // [slot], 0 between channels
  LayerRepresentation result_;
};

}  // namespace

absl::StatusOr<LayerRepresentation> RepresentLayer(const SpikingLayer& layer) {
  return LayerRepresenter(layer).Represent();
}

const char* NameOf(WeightsKind kind) {
  switch (kind) {
    case WeightsKind::kTernary:
      return "ternary";
    case WeightsKind::kInt4:
      return "int4";
    case WeightsKind::kCodebook:
      return "codebook";
    case WeightsKind::kInteger:
      break;
  }
  return "integer";
}

}  // namespace spikemesh
