// SPDX-License-Identifier: Apache-2.0
#include "neurons/reference_update.h"

#include <algorithm>
#include <cstdlib>

namespace spikemesh {
namespace {

std::int32_t Saturate(std::int32_t potential) {
  return std::clamp(potential, kPotentialMin, kPotentialMax);
}

std::int32_t Sign(std::int32_t value) { return (value > 0) - (value < 0); }

// F(magnitude, rho) sgn(value) of the paper.
std::int32_t StochasticValue(std::int32_t value, std::int32_t rho) {
  return std::abs(value) >= rho ? Sign(value) : 0;
}

std::int32_t ResetAboveThreshold(const NeuronParameters& p, std::int32_t potential,
                                 std::int32_t eta) {
  switch (p.reset_mode) {
    case ResetMode::kNormal:
      return p.reset_potential;
    case ResetMode::kLinear:
      return potential - (p.threshold + eta);
    case ResetMode::kNone:
      break;
  }
  return potential;
}

std::int32_t ResetBelowNegativeThreshold(const NeuronParameters& p, std::int32_t potential,
                                         std::int32_t eta) {
  if (p.negative_saturation) {
    return -p.negative_threshold;
  }
  switch (p.reset_mode) {
    case ResetMode::kNormal:
      return -p.reset_potential;
    case ResetMode::kLinear:
      return potential + (p.negative_threshold + eta);
    case ResetMode::kNone:
      break;
  }
  return potential;
}

}  // namespace

std::int32_t Integrate(const NeuronParameters& parameters, std::int32_t potential,
                       std::span<const SynapticEvent> events, const CoreTickRandomKey& key,
                       NeuronIndex neuron) {
  for (const SynapticEvent& event : events) {
    const std::int32_t weight = parameters.weights[event.type.value()];
    const bool stochastic = (parameters.stochastic_weights >> event.type.value()) & 1;
    potential += stochastic
                     ? StochasticValue(
                           weight, static_cast<std::int32_t>(SynapseRho(key, event.axon, neuron)))
                     : weight;
  }
  return Saturate(potential);
}

std::int32_t Leak(const NeuronParameters& parameters, std::int32_t potential, std::int32_t rho) {
  const std::int32_t lambda =
      parameters.stochastic_leak ? StochasticValue(parameters.leak, rho) : parameters.leak;
  if (!parameters.leak_reversal) {
    return Saturate(potential + lambda);
  }
  const std::int32_t leaked = potential + Sign(potential) * lambda;
  const bool crossed_zero = Sign(leaked) == -Sign(potential);
  return crossed_zero ? 0 : Saturate(leaked);
}

NeuronStep CompareAndReset(const NeuronParameters& parameters, std::int32_t potential,
                           std::int32_t eta) {
  if (potential >= parameters.threshold + eta) {
    return {ResetAboveThreshold(parameters, potential, eta), true};
  }
  const std::int32_t floor =
      -(parameters.negative_threshold + (parameters.negative_saturation ? 0 : eta));
  if (potential < floor) {
    return {ResetBelowNegativeThreshold(parameters, potential, eta), false};
  }
  return {potential, false};
}

NeuronStep UpdateNeuron(const NeuronParameters& parameters, std::int32_t potential,
                        std::span<const SynapticEvent> events, const CoreTickRandomKey& key,
                        NeuronIndex neuron) {
  const std::uint32_t word = NeuronRandomWord(key, neuron);
  const auto eta = static_cast<std::int32_t>(ThresholdRho(word)) & ThresholdMask(parameters);
  potential = Integrate(parameters, potential, events, key, neuron);
  potential = Leak(parameters, potential, static_cast<std::int32_t>(LeakRho(word)));
  return CompareAndReset(parameters, potential, eta);
}

}  // namespace spikemesh
