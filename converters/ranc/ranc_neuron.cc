// SPDX-License-Identifier: Apache-2.0
#include "converters/ranc/ranc_neuron.h"

#include <limits>

#include "core/base/json.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kInt32Max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kInt32Min = std::numeric_limits<std::int32_t>::min();

absl::Status ParseWeights(const Json& json, std::string_view where, const RancConfig& config,
                          NeuronParameters& parameters) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* weights, GetArray(json, where, "weights"));
  if (weights->size() != static_cast<std::size_t>(config.num_weights)) {
    return absl::InvalidArgumentError(
        Concat(where, ": ", weights->size(), " weights, the config has ", config.num_weights));
  }
  for (std::size_t type = 0; type < weights->size(); ++type) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t weight,
                               AsInteger((*weights)[type], Concat(where, ".weights[", type, "]"),
                                         -kWeightMax, kWeightMax));
    parameters.weights[type] = static_cast<std::int16_t>(weight);
  }
  return absl::OkStatus();
}

absl::Status ParsePositiveThreshold(const Json& json, std::string_view where,
                                    NeuronParameters& parameters) {
  SPIKEMESH_ASSIGN_OR_RETURN(
      const std::int64_t positive,
      GetInteger(json, where, "positive_threshold", kInt32Min, kThresholdMax));
  if (positive < 0) {
    return absl::UnimplementedError(Concat(where, ": positive_threshold ", positive,
                                           ", the chip's threshold is 0..", kThresholdMax));
  }
  parameters.threshold = static_cast<std::int32_t>(positive);
  return absl::OkStatus();
}

// beta where the negative reset acts at equality; reset mode and R must be known.
absl::StatusOr<std::int64_t> NegativeThresholdAtEqual(std::int64_t negative, std::string_view where,
                                                      const NeuronParameters& parameters) {
  if (parameters.reset_mode != ResetMode::kNormal) {
    return absl::UnimplementedError(
        Concat(where,
               ": neuron_reset_type 1 with reset_mode 1, the chip's linear reset acts below "
               "its threshold only"));
  }
  if (negative < 0) {
    return -negative - 1;
  }
  // v <= 0 sets -reset: with reset 0 that is beta 0, because V = 0 stays 0 anyway.
  if (parameters.reset_potential != 0) {
    return absl::UnimplementedError(
        Concat(where, ": neuron_reset_type 1 with negative_threshold 0 and reset_potential ",
               parameters.reset_potential, ", only reset_potential 0 can be expressed"));
  }
  return 0;
}

absl::Status ParseNegativeThreshold(const Json& json, std::string_view where,
                                    const RancConfig& config, NeuronParameters& parameters) {
  const std::int64_t lowest = -std::int64_t{kThresholdMax} - (config.resets_at_equal ? 1 : 0);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t negative,
                             GetInteger(json, where, "negative_threshold", lowest, kInt32Max));
  if (negative > 0) {
    return absl::UnimplementedError(
        Concat(where, ": negative_threshold ", negative, ", the chip's is at most 0"));
  }
  std::int64_t beta = -negative;
  if (config.resets_at_equal) {
    SPIKEMESH_ASSIGN_OR_RETURN(beta, NegativeThresholdAtEqual(negative, where, parameters));
  }
  parameters.negative_threshold = static_cast<std::int32_t>(beta);
  return absl::OkStatus();
}

absl::Status ParseDestination(const Json& json, std::string_view where, RancNeuron& neuron) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* offset, GetArray(json, where, "destination_core_offset"));
  if (offset->size() != 2) {
    return absl::InvalidArgumentError(
        Concat(where, ".destination_core_offset: ", offset->size(), " numbers, allowed: x and y"));
  }
  for (std::size_t axis = 0; axis < 2; ++axis) {
    SPIKEMESH_ASSIGN_OR_RETURN(neuron.core_offset[axis],
                               AsInteger((*offset)[axis], Concat(where, ".destination_core_offset"),
                                         -kReachCores, kReachCores));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(neuron.axon,
                             GetInteger(json, where, "destination_axon", 0, kInt32Max));
  SPIKEMESH_ASSIGN_OR_RETURN(neuron.tick,
                             GetInteger(json, where, "destination_tick", 0, kDelaySlots - 1));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RancNeuron> ParseRancNeuron(const Json& json, std::string_view where,
                                           const RancConfig& config) {
  SPIKEMESH_RETURN_IF_ERROR(
      CheckKeys(json, where,
                {"reset_potential", "weights", "leak", "positive_threshold", "negative_threshold",
                 "destination_core_offset", "destination_axon", "destination_tick",
                 "current_potential", "reset_mode"}));
  RancNeuron neuron;
  NeuronParameters& parameters = neuron.parameters;
  SPIKEMESH_RETURN_IF_ERROR(ParseWeights(json, where, config, parameters));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t leak,
                             GetInteger(json, where, "leak", -kLeakMax, kLeakMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t mode, GetInteger(json, where, "reset_mode", 0, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(
      const std::int64_t reset,
      GetInteger(json, where, "reset_potential", kResetPotentialMin, kResetPotentialMax));
  SPIKEMESH_ASSIGN_OR_RETURN(
      const std::int64_t potential,
      GetInteger(json, where, "current_potential", kPotentialMin, kPotentialMax));
  parameters.leak = static_cast<std::int16_t>(leak);
  parameters.reset_mode = mode == 0 ? ResetMode::kNormal : ResetMode::kLinear;
  parameters.reset_potential = static_cast<std::int32_t>(reset);
  neuron.initial_potential = static_cast<std::int32_t>(potential);
  SPIKEMESH_RETURN_IF_ERROR(ParsePositiveThreshold(json, where, parameters));
  SPIKEMESH_RETURN_IF_ERROR(ParseNegativeThreshold(json, where, config, parameters));
  SPIKEMESH_RETURN_IF_ERROR(ParseDestination(json, where, neuron));
  return neuron;
}

}  // namespace spikemesh
