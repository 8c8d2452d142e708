// SPDX-License-Identifier: Apache-2.0
#include "neurons/neuron_block.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "core/base/status.h"
#include "neurons/rest.h"

namespace spikemesh {
namespace {

static_assert(std::numeric_limits<std::int16_t>::max() / kWeightMax >= kAxonsPerCore / 2);

std::uint8_t ModesOf(const NeuronParameters& p) {
  int modes = 0;
  modes |= p.leak_reversal ? kModeLeakReversal : 0;
  modes |= p.stochastic_leak ? kModeStochasticLeak : 0;
  modes |= p.negative_saturation ? kModeNegativeSaturation : 0;
  modes |= p.reset_mode == ResetMode::kNormal ? kModeResetNormal : 0;
  modes |= p.reset_mode == ResetMode::kLinear ? kModeResetLinear : 0;
  return static_cast<std::uint8_t>(modes);
}

void SetNeuron(const NeuronParameters& p, int neuron, NeuronBlock& block) {
  for (int type = 0; type < kAxonTypes; ++type) {
    block.weights[type][neuron] = p.weights[type];
    if (p.weights[type] != 0) {
      const int rows = std::numeric_limits<std::int16_t>::max() / std::abs(p.weights[type]);
      block.rows_per_sum = std::min(block.rows_per_sum, rows);
    }
  }
  block.leak[neuron] = p.leak;
  block.modes[neuron] = ModesOf(p);
  block.stochastic_weights[neuron] = p.stochastic_weights;
  block.threshold[neuron] = p.threshold;
  block.negative_threshold[neuron] = p.negative_threshold;
  block.reset_potential[neuron] = p.reset_potential;
  block.threshold_mask[neuron] = ThresholdMask(p);
  const PotentialInterval rest = RestInterval(p);
  block.rest_min[neuron] = rest.min;
  block.rest_max[neuron] = rest.max;

  block.stochastic_types |= p.stochastic_weights;
  block.draws_neuron_words |= p.threshold_mask_bits > 0 || p.stochastic_leak;
  block.has_leak_reversal |= p.leak_reversal;
  block.can_rest &= !rest.empty();
}

}  // namespace

NeuronBlock MakeNeuronBlock(std::span<const NeuronParameters> neurons) {
  SPIKEMESH_CHECK(neurons.size() <= kNeuronsPerCore);
  NeuronBlock block;
  for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    const bool used = static_cast<std::size_t>(neuron) < neurons.size();
    SetNeuron(used ? neurons[neuron] : NeuronParameters(), neuron, block);
  }
  return block;
}

}  // namespace spikemesh
