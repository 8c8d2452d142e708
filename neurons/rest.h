// SPDX-License-Identifier: Apache-2.0
// When a neuron without input may be left alone. At rest: for every value of the random numbers,
// leak and threshold leave V as it is and fire nothing. A core all of whose neurons are at rest is
// skipped; being visited at rest is only a waste, so the interval may be smaller than the truth.
#ifndef SPIKEMESH_NEURONS_REST_H_
#define SPIKEMESH_NEURONS_REST_H_

#include <cstdint>

#include "neurons/neuron_parameters.h"

namespace spikemesh {

// Exactly the definition, by going through the outcomes of leak and threshold.
bool AtRest(const NeuronParameters& parameters, std::int32_t potential);

// Potentials min..max, both included; empty when min > max.
struct PotentialInterval {
  std::int32_t min = 0;
  std::int32_t max = -1;
  bool empty() const { return min > max; }
  bool Contains(std::int32_t potential) const { return min <= potential && potential <= max; }
};

// An interval of potentials each of which is AtRest. Not empty for memoryless neurons with
// lambda < 0 ({-beta}), for lambda = 0 (from -beta up to below alpha), and for leaks towards zero
// ({0}, alpha > 0); empty for neurons that never rest, as alpha 0 with lambda 0, or lambda > 0
// with epsilon 0.
PotentialInterval RestInterval(const NeuronParameters& parameters);

}  // namespace spikemesh

#endif  // SPIKEMESH_NEURONS_REST_H_
