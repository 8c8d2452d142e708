// SPDX-License-Identifier: Apache-2.0
// The tail of the network as spikes that the host can count. The host of a chip only counts pin
// spikes per class (ties to the lowest class), so the tail must order classes as those counts do:
//   votes: a dense layer that counts (one equal positive weight a feature, for one class) is
//          nothing but the class of each pin.
//   logits: any other sum is computed on the chip, by a thermometer of neurons a class: neuron k of
//          a class fires where its logit reaches level k, and the count of them is the logit in
//          levels (logit_levels.h): where they can be few, the order of classes is exact; else they
//          are spread evenly over what the logits reach.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_READOUT_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_READOUT_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/activations.h"
#include "converters/spiking/fold_layer.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"

namespace spikemesh {

struct FoldedReadout {
  std::vector<std::int32_t> classes;  // [last layer]: class voted for, -1 none
  std::int32_t class_count = 0;
};

// Without branches every neuron is a class. With one, a class scores w * (sum of the values of its
// voters) + b: with w and b the same for all classes, and values a or b > a, that is
// w ((b - a) votes + a voters) + b, ordered as the votes where a = 0 or all classes have equally
// many voters. Batch norms and affines behind it must be one rising function for all classes.
// `activations`: of the tail's source. Errors: Unimplemented (no votes: FoldLogits can), naming the
// node, what was found and what is allowed.
absl::StatusOr<FoldedReadout> FoldVotes(const StageGraph& graph, const Activations& activations);

struct FoldedLogits {
  SpikingLayer layer;  // [classes * levels, 1, 1]: class c's are c * levels and on
  FoldedReadout readout;
  std::int32_t levels = 0;
  bool exact = true;  // the order of classes is that of the logits
};

// `inputs`: those of the tail's branches. Errors: those of FoldLayer; Unimplemented where the
// output is not one value a class.
absl::StatusOr<FoldedLogits> FoldLogits(const Stage& tail, const std::vector<StageInput>& inputs,
                                        const LayerOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_READOUT_H_
