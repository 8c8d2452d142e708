// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/choose_weights.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace spikemesh {

absl::StatusOr<WeightChoice> ChooseWeights(const std::vector<std::int64_t>& weight_counts,
                                           double bound, const EvaluateWeights& evaluate) {
  WeightChoice choice;
  choice.kinds.assign(weight_counts.size(), WeightKind::kCodebook);
  SPIKEMESH_ASSIGN_OR_RETURN(choice.best_accuracy, evaluate(choice.kinds));
  choice.accuracy = choice.best_accuracy;
  std::vector<std::size_t> order(weight_counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&weight_counts](std::size_t a, std::size_t b) {
    return weight_counts[a] > weight_counts[b];
  });
  for (const std::size_t layer : order) {
    if (weight_counts[layer] == 0) {
      break;
    }
    std::vector<WeightKind> kinds = choice.kinds;
    kinds[layer] = WeightKind::kTernary;
    SPIKEMESH_ASSIGN_OR_RETURN(const double accuracy, evaluate(kinds));
    if (accuracy >= choice.best_accuracy - bound) {
      choice.kinds = std::move(kinds);
      choice.accuracy = accuracy;
    }
  }
  return choice;
}

}  // namespace spikemesh
