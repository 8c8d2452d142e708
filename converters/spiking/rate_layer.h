// SPDX-License-Identifier: Apache-2.0
// One sum stage as a layer of integrating neurons.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_RATE_LAYER_H_
#define SPIKEMESH_CONVERTERS_SPIKING_RATE_LAYER_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/quantize_weights.h"
#include "converters/spiking/rate_activation.h"
#include "converters/spiking/stage_graph.h"
#include "converters/spiking/stage_input.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct RateLayerOptions {
  WeightKind weights = WeightKind::kCodebook;
  // [stage size]: the activation that stands for one spike a tick.
  std::vector<double> lambda;
  // Of the stage's functions, [stage size].
  std::vector<RateActivation> lines;
};

// The layer, its edges with delay 1, V(0) = theta / 2. `inputs`: values[flat] are those at no and
// at one spike a tick. Errors: Unimplemented (values that differ within an input channel),
// InvalidArgument (not finite), OutOfRange (a threshold beyond kThresholdMax).
absl::StatusOr<SpikingLayer> FoldRateLayer(const Stage& stage,
                                           const std::vector<StageInput>& inputs,
                                           const RateLayerOptions& options);

// Means of windows: fires once for as many spikes as a window has places. `stage`: kAveragePool.
SpikingLayer FoldAveragePool(const Stage& stage, std::int32_t layer);

// Spreads V(0) and the delays of the edges for a layer `depth` ticks behind the encoder whose
// sources are at `depths`, [edge]: all spikes of one tick of the image arrive together, and the
// leak of the ticks before the first ones is taken off V(0), as far as V(0) stays below the
// threshold.
void AlignRateLayer(std::int32_t depth, const std::vector<std::int32_t>& depths,
                    SpikingLayer& layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_RATE_LAYER_H_
