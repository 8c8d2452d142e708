// SPDX-License-Identifier: Apache-2.0
#include "neurons/neuron_parameters.h"

#include "core/base/status.h"

namespace spikemesh {

std::vector<ParameterViolation> CheckNeuronParameters(const NeuronParameters& parameters) {
  std::vector<ParameterViolation> violations;
  const auto check = [&](const std::string& field, std::int64_t found, std::int64_t min,
                         std::int64_t max) {
    if (found < min || found > max) {
      violations.push_back({field, found, min, max});
    }
  };
  for (int type = 0; type < kAxonTypes; ++type) {
    check("weights[" + std::to_string(type) + "]", parameters.weights[type], -kWeightMax,
          kWeightMax);
  }
  check("stochastic_weights", parameters.stochastic_weights, 0, (1 << kAxonTypes) - 1);
  check("leak", parameters.leak, -kLeakMax, kLeakMax);
  check("threshold", parameters.threshold, 0, kThresholdMax);
  check("negative_threshold", parameters.negative_threshold, 0, kThresholdMax);
  check("threshold_mask_bits", parameters.threshold_mask_bits, 0, kThresholdMaskBitsMax);
  check("reset_potential", parameters.reset_potential, kResetPotentialMin, kResetPotentialMax);
  check("reset_mode", static_cast<int>(parameters.reset_mode), 0,
        static_cast<int>(ResetMode::kNone));
  return violations;
}

NeuronParameters MemorylessNeuron(std::array<std::int16_t, kAxonTypes> weights,
                                  std::int16_t sum_threshold) {
  SPIKEMESH_CHECK(sum_threshold >= -kLeakMax && sum_threshold <= kLeakMax);
  NeuronParameters neuron;
  neuron.weights = weights;
  neuron.leak = static_cast<std::int16_t>(-sum_threshold);
  neuron.threshold = 0;
  neuron.negative_saturation = true;
  return neuron;
}

}  // namespace spikemesh
