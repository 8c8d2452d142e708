// SPDX-License-Identifier: Apache-2.0
// From a SpikingNetwork to a ChipModel, in passes: legalize (does each neuron fit a core), plan
// (tile sizes, fan-out by copies or splitters, latencies), partition (logical cores), place
// (coordinates; changes no edge), lower (crossbars, neuron kinds, targets). No pass changes an
// output bit. Methods and their cost: converters/mapping/README.md.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_H_
#define SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/chip/chip_spec.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct MappingOptions {
  ChipSpec spec;
  std::int32_t chips_max = 16;  // more chips than spec.mesh has are added up to this many
};

// One row of the conversion report.
struct MappedLayer {
  std::string name;
  std::string kind;          // "convolution", "dense"
  FeatureShape shape;        // of the output
  std::string weights;       // "ternary", "int4", "codebook", "integer": how they became axon types
  std::int64_t fan_in = 0;   // inputs of one neuron, before axon types
  std::int64_t neurons = 0;  // of the layer, copies not counted
  std::int64_t cores = 0;    // that compute the layer
  std::int64_t axons = 0;    // used on those cores, bias axons too
  std::int64_t bias_axons = 0;  // always active, for thresholds and leaks beyond 255
  std::int64_t copies = 0;      // further neurons that only widen fan-out
  std::int64_t splitter_cores = 0;
  std::int64_t relay_cores = 0;
  // Every output spike is the network's. False: proven for all but images that drive a potential of
  // this layer to 2^19 - 1 (legalize.h).
  bool exact = true;
  std::int32_t latency_ticks = 0;  // from an input axon to a spike of this layer
};

struct MappedNetwork {
  ChipModel chip;  // valid; carries the legalized SpikingNetwork with its delays
  std::vector<MappedLayer> layers;
};

// Errors: OutOfRange (a neuron needs more than a core has: by how much), ResourceExhausted (more
// cores than chips_max chips have, both counts), Unimplemented (weights that
// no four values of axon types sum to).
absl::StatusOr<MappedNetwork> MapNetwork(const SpikingNetwork& network,
                                         const MappingOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_H_
