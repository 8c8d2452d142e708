// SPDX-License-Identifier: Apache-2.0
// One sum stage as a layer of integrating neurons.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_RATE_LAYER_H_
#define SPIKEMESH_CONVERTERS_SPIKING_RATE_LAYER_H_

#include <cstdint>
#include <functional>
#include <span>
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
  // [stage size]: the activation that stands for one spike a tick, as measured; 0 where a channel
  // was silent.
  std::vector<double> lambda;
  // lambda is at least this share of the channel's norm, the root of the sum of squares of what
  // spikes of its inputs weigh: a neuron whose threshold is far below its weights fires at every
  // spike, and what comes later cannot take that back. Quantised activations keep theirs.
  double norm_share_min = 0.0;
  // Of the stage's functions, [stage size].
  std::vector<RateActivation> lines;
  // LayerOptions::covariance of a channel; may be empty.
  std::function<std::span<const float>(std::int64_t channel)> covariance = nullptr;
};

struct RateLayer {
  SpikingLayer layer;          // its edges with delay 1, V(0) = theta / 2
  std::vector<double> lambda;  // [stage size], > 0
};

// `inputs`: values[flat] are those at no and at one spike a tick. A channel whose weights are
// negligible beside its lambda, or all 0, is one of bias alone. Errors: Unimplemented (values that
// differ within an input channel), InvalidArgument (not finite).
absl::StatusOr<RateLayer> FoldRateLayer(const Stage& stage, const std::vector<StageInput>& inputs,
                                        const RateLayerOptions& options);

// Means of windows. `stage`: kAveragePool, of what layer `layer` sends. lambda: [channels], of a
// mean, as a share of its source's, > 0; at 1 a neuron fires once for as many spikes as a window
// has places.
SpikingLayer FoldAveragePool(const Stage& stage, std::int32_t layer,
                             const std::vector<double>& lambda);

// Spreads V(0) and the delays of the edges for a layer `depth` ticks behind the encoder whose
// sources are at `depths`, [edge]: all spikes of one tick of the image arrive together, and the
// leak of the ticks before the first ones is taken off V(0), as far as V(0) stays below the
// threshold.
void AlignRateLayer(std::int32_t depth, const std::vector<std::int32_t>& depths,
                    SpikingLayer& layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_RATE_LAYER_H_
