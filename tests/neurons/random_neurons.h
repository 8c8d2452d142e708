// SPDX-License-Identifier: Apache-2.0
// Random neurons for property tests: every mode, and values that lie on the edges of their ranges
// as often as inside.
#ifndef SPIKEMESH_TESTS_NEURONS_RANDOM_NEURONS_H_
#define SPIKEMESH_TESTS_NEURONS_RANDOM_NEURONS_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "neurons/neuron_parameters.h"

namespace spikemesh {

// Uniform in min..max, both included.
inline std::int32_t RandomBetween(RandomSequence& random, std::int32_t min, std::int32_t max) {
  return min + static_cast<std::int32_t>(random.NextBelow(static_cast<std::uint32_t>(max) -
                                                          static_cast<std::uint32_t>(min) + 1));
}

// An edge of min..max, a value near zero, or any value.
inline std::int32_t RandomWithEdges(RandomSequence& random, std::int32_t min, std::int32_t max) {
  switch (random.NextBelow(5)) {
    case 0:
      return random.NextBelow(2) == 0 ? min : max;
    case 1:
    case 2:
      return std::clamp(RandomBetween(random, -3, 3), min, max);
    case 3:
      return std::clamp(RandomBetween(random, -300, 300), min, max);
    default:
      return RandomBetween(random, min, max);
  }
}

inline NeuronParameters RandomNeuron(RandomSequence& random, std::int32_t weight_max) {
  NeuronParameters p;
  for (std::int16_t& weight : p.weights) {
    weight = static_cast<std::int16_t>(RandomWithEdges(random, -weight_max, weight_max));
  }
  p.stochastic_weights = static_cast<std::uint8_t>(random.NextBelow(16));
  p.leak = static_cast<std::int16_t>(RandomWithEdges(random, -kLeakMax, kLeakMax));
  p.leak_reversal = random.NextBelow(2) == 1;
  p.stochastic_leak = random.NextBelow(2) == 1;
  p.threshold = RandomWithEdges(random, 0, kThresholdMax);
  p.negative_threshold = RandomWithEdges(random, 0, kThresholdMax);
  p.threshold_mask_bits =
      static_cast<std::uint8_t>(RandomWithEdges(random, 0, kThresholdMaskBitsMax));
  p.reset_potential = RandomWithEdges(random, kResetPotentialMin, kResetPotentialMax);
  p.reset_mode = static_cast<ResetMode>(random.NextBelow(3));
  p.negative_saturation = random.NextBelow(2) == 1;
  return p;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_NEURONS_RANDOM_NEURONS_H_
