// SPDX-License-Identifier: Apache-2.0
// What a spiking network would take on chips, by closed forms and without a search, for networks of
// any size: what fits, about how many cores, and what would help where it does not.
// A core holds a tile of p x q positions by f filters: of each input it needs the features that the
// tile's windows see, each on an axon for every type that some filter has for it, and p q f
// neurons, each as often as it has targets (or once, and splitter cores do the rest). Of all tiles
// that fit, the one of fewest cores is taken; cores are filled as if edges did not matter. Fan-out
// is the number of axons that the readers' tiles need of a neuron, on average, so layers are
// estimated from the last to the first. Source: facts on conversion, section 7 (tiles of
// convolutions). On the networks of the tests it is within a factor of two of what mapping needs.
// Cost: a few nanoseconds a weight, and some thousand tiles a layer.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_ESTIMATE_H_
#define SPIKEMESH_CONVERTERS_MAPPING_ESTIMATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/remedy.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct LayerEstimate {
  std::string name;
  std::string weights;      // "ternary", "int4", "codebook", "integer"
  std::int64_t fan_in = 0;  // inputs of one neuron
  std::int64_t axons = 0;   // that the widest neuron needs, its bias axons included
  std::int64_t neurons = 0;
  // Whether weights become axon types, and whether each neuron fits a core. Where not, `obstacle`
  // says what is found and allowed and what would help, and counts are those of a layer split into
  // parts (split_fan_in.h) where that can be. A read-out that is split exactly fits.
  bool representable = true;
  bool fits = true;
  bool splittable = false;  // does not fit, but would after a lossy split
  std::string obstacle;
  std::vector<Remedy> remedies;  // of the obstacle, beside those that need other training
  std::int64_t cores = 0;        // that compute the layer
  std::int64_t total_axons = 0;
  std::int64_t copies = 0;
  std::int64_t splitter_cores = 0;
  std::int32_t latency_ticks = 0;
};

struct NetworkEstimate {
  std::vector<LayerEstimate> layers;
  bool fits = true;        // every layer does; how many cores there are is not asked
  std::int64_t cores = 0;  // of all kinds
  std::int32_t latency_ticks = 0;
};

// `network` must be valid; it may be far too large to be mapped.
NetworkEstimate EstimateNetwork(const SpikingNetwork& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_ESTIMATE_H_
