// SPDX-License-Identifier: Apache-2.0
// The parameters of the 256 neurons of a core, laid out for the vector kernel: one array a
// parameter, and what the kernel may leave out because no neuron of the block needs it. A block is
// immutable; cores with the same neurons share one, so that on most chips it stays in the cache.
#ifndef SPIKEMESH_NEURONS_NEURON_BLOCK_H_
#define SPIKEMESH_NEURONS_NEURON_BLOCK_H_

#include <array>
#include <cstdint>
#include <span>

#include "core/base/limits.h"
#include "neurons/neuron_parameters.h"

namespace spikemesh {

template <typename T>
using PerNeuron = std::array<T, kNeuronsPerCore>;

// Bits of NeuronBlock::modes. A reset mode with neither bit set is ResetMode::kNone.
inline constexpr std::uint8_t kModeLeakReversal = 1;
inline constexpr std::uint8_t kModeStochasticLeak = 2;
inline constexpr std::uint8_t kModeNegativeSaturation = 4;
inline constexpr std::uint8_t kModeResetNormal = 8;
inline constexpr std::uint8_t kModeResetLinear = 16;

struct alignas(64) NeuronBlock {
  std::array<PerNeuron<std::int16_t>, kAxonTypes> weights;
  PerNeuron<std::int16_t> leak;
  PerNeuron<std::uint8_t> modes;
  PerNeuron<std::uint8_t> stochastic_weights;
  PerNeuron<std::int32_t> threshold;
  PerNeuron<std::int32_t> negative_threshold;
  PerNeuron<std::int32_t> reset_potential;
  PerNeuron<std::int32_t> threshold_mask;
  PerNeuron<std::int32_t> rest_min;
  PerNeuron<std::int32_t> rest_max;

  // Bit g: some neuron has a stochastic weight for axon type g.
  std::uint8_t stochastic_types = 0;
  // Some neuron draws a threshold or a leak.
  bool draws_neuron_words = false;
  // Some neuron has epsilon = 1.
  bool has_leak_reversal = false;
  // Every neuron has a rest interval.
  bool can_rest = true;
  // So many rows can be summed in 16 bits without overflow, whatever their bits: at least 128.
  std::int32_t rows_per_sum = kAxonsPerCore;
};

// The block of `neurons`, at most 256 and all legal (CheckNeuronParameters), then padding neurons.
NeuronBlock MakeNeuronBlock(std::span<const NeuronParameters> neurons);

}  // namespace spikemesh

#endif  // SPIKEMESH_NEURONS_NEURON_BLOCK_H_
