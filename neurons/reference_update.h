// SPDX-License-Identifier: Apache-2.0
// The definition of a tick for one neuron, written to be read beside the paper: integrate, leak,
// threshold and reset. Every faster update must give the same bits (core_update.h); this is the
// documentation and the test oracle. Source: neuron_parameters.h; the saturation rule (V saturates
// at 20 bits once after the sum and once after the leak) is ours, the chip's is not published.
#ifndef SPIKEMESH_NEURONS_REFERENCE_UPDATE_H_
#define SPIKEMESH_NEURONS_REFERENCE_UPDATE_H_

#include <cstdint>
#include <span>

#include "core/base/ids.h"
#include "core/base/random.h"
#include "neurons/neuron_parameters.h"

namespace spikemesh {

// An active axon whose crossbar bit for the neuron is set.
struct SynapticEvent {
  AxonIndex axon;
  AxonType type;
};

struct NeuronStep {
  std::int32_t potential = 0;
  bool spike = false;
  bool operator==(const NeuronStep&) const = default;
};

// One tick of one neuron. `potential` is V before the tick, -2^19..2^19-1; `key` and `neuron` name
// the random draws. Pure.
NeuronStep UpdateNeuron(const NeuronParameters& parameters, std::int32_t potential,
                        std::span<const SynapticEvent> events, const CoreTickRandomKey& key,
                        NeuronIndex neuron);

// The three steps of the tick, each a function of what it draws.

// V after all events: the saturated sum.
std::int32_t Integrate(const NeuronParameters& parameters, std::int32_t potential,
                       std::span<const SynapticEvent> events, const CoreTickRandomKey& key,
                       NeuronIndex neuron);

// V after the leak. `rho`, 0..255, matters only to a stochastic leak.
std::int32_t Leak(const NeuronParameters& parameters, std::int32_t potential, std::int32_t rho);

// Threshold and reset. `eta` is 0..M.
NeuronStep CompareAndReset(const NeuronParameters& parameters, std::int32_t potential,
                           std::int32_t eta);

}  // namespace spikemesh

#endif  // SPIKEMESH_NEURONS_REFERENCE_UPDATE_H_
