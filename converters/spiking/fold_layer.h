// SPDX-License-Identifier: Apache-2.0
// One sum stage as layers of integer threshold neurons: one layer for a step, as many as there are
// levels for a staircase.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_LAYER_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_LAYER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "converters/spiking/activations.h"
#include "converters/spiking/fold_network.h"
#include "converters/spiking/stage_graph.h"
#include "converters/spiking/stage_input.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The layers of an activation, ascending, and the level that each says (1 .. values - 1). A level
// that no sum tells from the one below it has none, nor one of the first that is always reached
// (an activation behind values >= 0): TakenValues.
struct FoldedLevels {
  std::vector<SpikingLayer> layers;
  std::vector<std::size_t> levels;
};

// Layer k fires where the stage's value is at least values[k + 1]. With integer weights q, inputs x
// = inactive + sign swing s and n = sum of (q sign) s, a single branch computes S = sum q x = sum
// (q inactive) + swing n over the taps inside the input; scale, bias and all functions of S are
// evaluated as RunNetwork does, over all n that the neuron can reach. Several branches, or several
// swings, are brought to one common scale first. An output channel that falls with n gets negated
// weights. Errors, naming the layer: Unimplemented (weights or scales that are no multiples of one
// number; a channel that rises at one neuron and falls at another), InvalidArgument (overflow),
// OutOfRange (more than 8 million inputs per neuron).
absl::StatusOr<FoldedLevels> FoldLayer(const Stage& stage, const std::vector<StageInput>& inputs,
                                       const LevelValues& values, const LayerOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_LAYER_H_
