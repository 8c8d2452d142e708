// SPDX-License-Identifier: Apache-2.0
// From a SpikingNetwork to a ChipModel, in passes: legalize (does each neuron fit a core), plan
// (tile sizes, fan-out by copies or splitters, latencies), partition (logical cores), place
// (coordinates; changes no edge), lower (crossbars, neuron kinds, targets). No pass changes an
// output spike, but a split of wide layers, where it is asked for. Methods and their cost:
// converters/mapping/README.md.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_H_
#define SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/chip/chip_spec.h"
#include "core/stats/traffic_file.h"
#include "networks/ir/encoded_image.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

enum class PlacementMethod { kBest, kRowMajor };

struct MappingOptions {
  ChipSpec spec = {};
  std::int32_t chips_max = 16;  // more chips than spec.mesh has are added up to this many
  // Layers with more inputs a neuron than a core has axons become several, which changes outputs
  // (split_fan_in.h); else they are refused, but for a read-out that can be split exactly.
  bool lossy_split = false;
  // On which such a split is fitted and its loss measured; where empty, on random images.
  std::span<const EncodedImage> images = {};
  PlacementMethod placement = PlacementMethod::kBest;
  // Spikes of a run of a chip of this network, to place cores by; empty: neurons count alike.
  std::span<const NeuronSpikes> traffic = {};
  std::uint64_t placement_seed = 1;
  // The most copies of a neuron in its core, 1..256; one with more targets feeds splitters, so that
  // 1 sends every fan-out through them.
  std::int32_t copies_max = kNeuronsPerCore;
};

// What placement did, in packets of its traffic: spikes, or one a neuron.
struct PlacementReport {
  PlacementMethod method = PlacementMethod::kRowMajor;  // that was kept
  bool measured = false;                                // weights are spikes
  double hops_row_major = 0.0;                          // of a packet, mean
  double hops = 0.0;
  std::int64_t link_max_row_major = 0;  // packets over the busiest link
  std::int64_t link_max = 0;
};

// A layer that was split.
struct SplitReport {
  std::string layer;
  std::int64_t chunks = 0;           // parts of one neuron's inputs
  std::int64_t partial_neurons = 0;  // of all parts
  std::int64_t axons = 0;            // that one neuron would have needed
  bool readout = false;              // the host adds the parts' votes: no merge layer
  // Of the layer's output bits, the part that differ; in rate mode, of the spikes that could have
  // been, the part that are missing or too many; of a read-out, the part of the images that change
  // their class, 0 where it was split exactly.
  double flipped_share = 0.0;
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
  // Every output spike is the network's. False: the layer was split, or it is proven for all but
  // images that drive a potential of this layer to 2^19 - 1 (legalize.h).
  bool exact = true;
  std::int32_t latency_ticks = 0;  // from an input axon to a spike of this layer
};

struct MappedNetwork {
  ChipModel chip;                   // valid; carries the legalized SpikingNetwork with its delays
  std::vector<MappedLayer> layers;  // partial layers of a split have rows of their own
  std::vector<SplitReport> splits;
  PlacementReport placement;
};

// Whether closed forms leave a chance that the network fits: seconds at most, whatever its size.
// Errors: OutOfRange or Unimplemented (a neuron that no core holds, and that is not to be split),
// ResourceExhausted (cores beyond twice those of chips_max chips), as MapNetwork.
absl::Status CheckEstimate(const SpikingNetwork& network, const MappingOptions& options);

// Errors: OutOfRange (a neuron needs more than a core has: by how much, and what would help at what
// price; traffic of another network), ResourceExhausted (more
// cores than chips_max chips have, both counts), Unimplemented (weights that
// no four values of axon types sum to).
absl::StatusOr<MappedNetwork> MapNetwork(const SpikingNetwork& network,
                                         const MappingOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_H_
