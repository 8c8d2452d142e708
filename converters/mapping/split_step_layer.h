// SPDX-License-Identifier: Apache-2.0
// Splitting one memoryless layer whose neurons have more inputs than a core, in pipelined mode.
// Problem: a partial neuron says one bit of its sum, in one tick. One bit a part, whatever the
// merge neuron makes of it, turns a fifth of all output bits (measured on random +-1 weights).
// Method: a part's sum is said as a thermometer: m neurons with the same inputs and thresholds d
// apart, over the range in which the sum was in sample images (all of it where m bits reach). The
// merge neuron counts the bits of all parts, each worth d, and fires at the count that stands for
// the original threshold; of a few counts around it the one that decides most of the samples right
// is taken. Where d is the unit of the weights and the range is covered nothing is lost.
// m is as large as the merge neuron's axons allow, at most kThermometerMax: with 31 neurons a part
// 0.02 % of the bits of 784 inputs in 7 parts turn, with 7 neurons 8 % (random +-1 weights).
#ifndef SPIKEMESH_CONVERTERS_MAPPING_SPLIT_STEP_LAYER_H_
#define SPIKEMESH_CONVERTERS_MAPPING_SPLIT_STEP_LAYER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "converters/mapping/split_layer.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

inline constexpr std::int32_t kThermometerMax = 31;

// What the inputs of a layer are for one image: [input], the spikes of its source, 0 or 1.
using LayerSample = std::vector<std::vector<std::uint8_t>>;

// `layer`: memoryless; `samples`: at least one. Errors: those of RepresentLayer; ResourceExhausted
// (more parts than a merge neuron has axons for: both counts).
absl::StatusOr<SplitLayer> SplitStepLayer(const SpikingLayer& layer,
                                          std::span<const LayerSample> samples);

// The size of what SplitStepLayer would make; the same errors.
absl::StatusOr<SplitSize> PlanStepSplit(const SpikingLayer& layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_SPLIT_STEP_LAYER_H_
