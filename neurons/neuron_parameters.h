// SPDX-License-Identifier: Apache-2.0
// The parameters of one neuron of the chip: what each means, its range, and the symbol it has in
// the paper. The tick that uses them is defined in reference_update.h.
// Source: Cassidy et al., "Cognitive computing building block: a versatile and efficient digital
// neuron model for neurosynaptic cores", IJCNN 2013.
#ifndef SPIKEMESH_NEURONS_NEURON_PARAMETERS_H_
#define SPIKEMESH_NEURONS_NEURON_PARAMETERS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"

namespace spikemesh {

// What a threshold crossing does to the potential (gamma).
enum class ResetMode : std::uint8_t {
  kNormal = 0,  // V = R; on the negative side V = -R
  kLinear = 1,  // V -= alpha + eta; on the negative side V += beta + eta
  kNone = 2,    // V stays
};

// The defaults are the padding neuron of an unused column: it never fires.
struct NeuronParameters {
  // s: the weight that an axon of type 0..3 has for this neuron; -255..255.
  std::array<std::int16_t, kAxonTypes> weights = {};
  // b: bit g set makes weight g stochastic: sgn(s) if |s| >= rho, else 0; rho 8 bit, per event.
  std::uint8_t stochastic_weights = 0;
  // lambda: added every tick; -255..255.
  std::int16_t leak = 0;
  // epsilon: the leak is multiplied by sgn(V) (sgn(0) = 0) and stops at zero.
  bool leak_reversal = false;
  // c: the leak is sgn(lambda) if |lambda| >= rho, else 0; rho 8 bit, per tick.
  bool stochastic_leak = false;
  // alpha: 0..262143.
  std::int32_t threshold = kThresholdMax;
  // beta: 0..262143; the negative threshold is -beta.
  std::int32_t negative_threshold = 0;
  // TM: eta = rho AND (2^TM - 1), rho 17 bit, one eta a tick in both comparisons; 0..17.
  std::uint8_t threshold_mask_bits = 0;
  // R: -262144..262143.
  std::int32_t reset_potential = 0;
  // gamma.
  ResetMode reset_mode = ResetMode::kNormal;
  // kappa: below the negative threshold V saturates at -beta; else it is reset by gamma.
  bool negative_saturation = false;

  auto operator<=>(const NeuronParameters&) const = default;

  template <typename H>
  friend H AbslHashValue(H hash, const NeuronParameters& p) {
    return H::combine(std::move(hash), p.weights, p.stochastic_weights, p.leak, p.leak_reversal,
                      p.stochastic_leak, p.threshold, p.negative_threshold, p.threshold_mask_bits,
                      p.reset_potential, p.reset_mode, p.negative_saturation);
  }
};

// The mask M = 2^TM - 1.
inline constexpr std::int32_t ThresholdMask(const NeuronParameters& parameters) {
  return (1 << parameters.threshold_mask_bits) - 1;
}

// A parameter outside its range.
struct ParameterViolation {
  std::string field;
  std::int64_t found = 0;
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// Every parameter outside its range; empty when all is legal.
std::vector<ParameterViolation> CheckNeuronParameters(const NeuronParameters& parameters);

// The memoryless binary neuron of pipelined networks: it fires in exactly the ticks in which the
// weighted sum of its active axons is at least `sum_threshold` (-255..255), and V is 0 after every
// tick: alpha 0, beta 0, R 0, gamma 0, kappa 1, lambda = -sum_threshold.
NeuronParameters MemorylessNeuron(std::array<std::int16_t, kAxonTypes> weights,
                                  std::int16_t sum_threshold);

}  // namespace spikemesh

#endif  // SPIKEMESH_NEURONS_NEURON_PARAMETERS_H_
