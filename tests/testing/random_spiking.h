// SPDX-License-Identifier: Apache-2.0
// Random small spiking networks of every kind that the format has: several inputs a layer, each a
// convolution of its own, memoryless and integrating neurons. Every draw comes from the sequence
// that is passed in, so a failing case is found again by its seed.
#ifndef SPIKEMESH_TESTS_TESTING_RANDOM_SPIKING_H_
#define SPIKEMESH_TESTS_TESTING_RANDOM_SPIKING_H_

#include <cstdint>
#include <vector>

#include "core/base/random.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// What the weights of a channel are drawn from.
enum class DrawnWeights {
  kAny,       // -weight_max..weight_max
  kTernary,   // -a, 0, a
  kInt4,      // a times -8..7
  kCodebook,  // sums of four values, which the layer names
  kFew,       // three values and 0
};

struct SpikingNetworkLimits {
  DrawnWeights weights = DrawnWeights::kAny;
  std::int32_t weight_max = 255;
  std::int32_t inputs_max = 1 << 20;  // of a neuron with a weight other than 0
  std::int32_t leak_max = 0;          // leaks are drawn in -leak_max..leak_max; 0: as sums may need
  std::int32_t channels_max = 12;
  bool rate = false;           // rate presentation; most layers integrate
  std::int32_t delay_max = 1;  // ticks of an edge; of the encoder 0..delay_max - 1
};

// A valid SpikingNetwork of 1..3 layers over a few hundred lines; most layers have two inputs.
// Thresholds are drawn around what the sums reach; latency_ticks is the longest path.
SpikingNetwork DrawSpikingNetwork(RandomSequence& random, const SpikingNetworkLimits& limits);

// Each of the `size` lines with a chance of a half.
std::vector<std::uint32_t> DrawLines(RandomSequence& random, std::int64_t size);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_TESTING_RANDOM_SPIKING_H_
