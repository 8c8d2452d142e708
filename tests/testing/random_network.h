// SPDX-License-Identifier: Apache-2.0
// Random small networks and images, for properties that must hold for all of them. Every draw comes
// from the sequence that is passed in, so a failing case is found again by its seed.
#ifndef SPIKEMESH_TESTS_TESTING_RANDOM_NETWORK_H_
#define SPIKEMESH_TESTS_TESTING_RANDOM_NETWORK_H_

#include <cstdint>
#include <vector>

#include "core/base/random.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// Uniform in low..high, both included.
std::int32_t DrawBetween(RandomSequence& random, std::int32_t low, std::int32_t high);

// A window that fits `input`: kernels 1..4, strides 1..stride_max, pads 0..2 (each side its own),
// dilations 1..2.
WindowGeometry DrawWindow(RandomSequence& random, const FeatureShape& input,
                          std::int32_t stride_max = 3);

// A common divisor of both.
std::int32_t DrawGroups(RandomSequence& random, std::int32_t a, std::int32_t b);

struct TrainedNetworkLimits {
  std::int32_t input_side = 7;        // images of up to this height and width
  std::int32_t channels_max = 8;      // of hidden layers, before rounding up to groups
  std::int32_t layers_max = 3;        // convolutions and dense layers, without the read-out
  std::int32_t fan_in_max = 1 << 20;  // fewer weights are drawn where a layer would have more
  std::int32_t stride_max = 3;
  bool vote = true;  // end in a dense vote layer (else the last step)
};

// A trained-like network that FoldNetwork accepts: an encoder (step behind affines, or
// thermometer), convolutions and dense layers with ternary weights of a float scale, batch norms of
// both signs and biases that often put ties exactly on the threshold, steps of 0/1 and -1/+1, a
// vote read-out.
Network DrawTrainedNetwork(RandomSequence& random, const TrainedNetworkLimits& limits);

// `size` bytes, uniform.
std::vector<std::uint8_t> DrawImage(RandomSequence& random, std::int64_t size);

// The lines that `image` makes active, straight from the definition in core/chip/presentation.h.
std::vector<std::uint32_t> ActiveLines(const InputModel& input,
                                       const std::vector<std::uint8_t>& image);

// The same image as RunNetwork takes it.
std::vector<double> Preprocess(const InputModel& input, const std::vector<std::uint8_t>& image);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_TESTING_RANDOM_NETWORK_H_
