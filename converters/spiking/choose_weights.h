// SPDX-License-Identifier: Apache-2.0
// Which weights each layer gets: the cheapest in axons that keep the accuracy on calibration images
// within a bound of the best. Greedy: all layers begin with codebooks (four axons an input); then
// layer by layer, the one with most weights first, ternary (two axons) is tried, and stays where it
// keeps the bound. (Four bits take as many axons as a codebook, and say less.) Cost: one conversion
// and run of the images a layer.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_CHOOSE_WEIGHTS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_CHOOSE_WEIGHTS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "converters/spiking/quantize_weights.h"
#include "core/base/status.h"

namespace spikemesh {

// What the network is worth, 0..1 (accuracy, or answers that are right), with these kinds,
// [layers].
using EvaluateWeights = std::function<absl::StatusOr<double>(const std::vector<WeightKind>& kinds)>;

struct WeightChoice {
  std::vector<WeightKind> kinds;
  double accuracy = 0.0;       // of them
  double best_accuracy = 0.0;  // with codebooks everywhere
};

// weight_counts: [layers]; those of 0 keep their first kind. bound: accuracy that may be lost in
// all, e.g. 0.005. Errors: those of `evaluate`.
absl::StatusOr<WeightChoice> ChooseWeights(const std::vector<std::int64_t>& weight_counts,
                                           double bound, const EvaluateWeights& evaluate);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_CHOOSE_WEIGHTS_H_
