// SPDX-License-Identifier: Apache-2.0
// The closed form of estimate.h for one layer: the tile of fewest cores.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_ESTIMATE_TILES_H_
#define SPIKEMESH_CONVERTERS_MAPPING_ESTIMATE_TILES_H_

#include <cstdint>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

// One input of a layer, as far as tiles care.
struct TiledInput {
  FeatureShape shape;
  WindowGeometry window;
  std::int32_t channels_in_group = 1;
  std::int32_t groups = 1;
  std::int32_t axon_types = 1;  // of a feature that many filters share
};

struct TiledLayer {
  std::vector<TiledInput> inputs;
  FeatureShape output_shape;
  std::int32_t bias_axons = 0;
  std::int64_t neuron_axons = 0;  // that one neuron alone needs
  std::int32_t alike = 1;         // neighbouring filters that have the same weights, on average
  double read_share = 1.0;        // of the neurons, those that anything reads; others are left out
  double targets = 1.0;           // of a neuron that is read, on average; 1 or more
};

struct TileEstimate {
  std::int64_t cores = 0;
  std::int64_t splitter_cores = 0;
  double copies = 0.0;              // beyond the first, of all neurons
  std::vector<double> input_axons;  // [input]: of all cores
};

TileEstimate EstimateTiles(const TiledLayer& layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_ESTIMATE_TILES_H_
