// SPDX-License-Identifier: Apache-2.0
// Networks for the tests of the mapping: hand-sized ones, built layer by layer, and random ones.
#ifndef SPIKEMESH_TESTS_CONVERTERS_MAPPING_SMALL_NETWORKS_H_
#define SPIKEMESH_TESTS_CONVERTERS_MAPPING_SMALL_NETWORKS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// A network without layers whose encoder has lines of `shape`; Finish() makes it valid.
SpikingNetwork NetworkOfLines(FeatureShape shape);

// A layer over the outputs of `sources` (positions in network.layers, or kEncodedInput), all of
// which it sees through the same window and grouping; all weights +1 and all thresholds 1. Shapes
// are worked out from the sources.
struct LayerSketch {
  std::vector<std::int32_t> sources = {};
  std::int32_t channels = 1;
  WindowGeometry window = {};
  std::int32_t groups = 1;
  bool flatten = false;  // each source becomes {size, 1, 1}
};
SpikingLayer MakeLayer(const SpikingNetwork& network, const LayerSketch& sketch);

// Appends MakeLayer(...), named "layer0", "layer1", ... Returns it for changes.
SpikingLayer& AddLayer(SpikingNetwork& network, const LayerSketch& sketch);

// Weights -1, 0, +1 of one magnitude a channel, and thresholds within -3..3 magnitudes.
void Randomize(SpikingLayer& layer, RandomSequence& random);

// The source and delay of each input.
std::vector<std::pair<std::int32_t, std::int32_t>> EdgesOf(const SpikingLayer& layer);

// Gives every neuron of the last layer a class.
void Finish(SpikingNetwork& network);

// Convolutions and dense layers of random shape, two to six, some joining two sources, weights and
// thresholds random. Every seed is a valid network that fits cores.
SpikingNetwork RandomNetwork(std::uint64_t seed);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CONVERTERS_MAPPING_SMALL_NETWORKS_H_
