// SPDX-License-Identifier: Apache-2.0
// The weights of a whole layer as sets of axon types: RepresentChannel for each output channel.
// Cost: a few nanoseconds a weight, and the search of represent_channel.h where it is needed.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_REPRESENT_LAYER_H_
#define SPIKEMESH_CONVERTERS_MAPPING_REPRESENT_LAYER_H_

#include <cstdint>
#include <vector>

#include "converters/mapping/crossbar_layer.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct LayerRepresentation {
  WeightsKind kind = WeightsKind::kTernary;
  std::vector<AxonWeights> values;               // [out_channels]
  std::vector<AxonTypeMask> types_used;          // [out_channels]
  std::vector<std::int32_t> units;               // [out_channels]: weights are values times this
  std::vector<std::int64_t> axons;               // [out_channels]: of a neuron that has all inputs
  std::vector<std::vector<AxonTypeMask>> masks;  // [input], as LayerInput::weights
};

// Errors: Unimplemented (weights of a channel that no four values sum to: layer, channel, how many
// there are, what would help).
absl::StatusOr<LayerRepresentation> RepresentLayer(const SpikingLayer& layer);

// What users call it: "ternary", "int4", "codebook", "integer".
const char* NameOf(WeightsKind kind);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_REPRESENT_LAYER_H_
