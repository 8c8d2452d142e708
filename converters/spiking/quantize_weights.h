// SPDX-License-Identifier: Apache-2.0
// Weights of one output channel in a form that a crossbar column can hold: each weight is the sum
// of some of four whole values, one an axon type, times one scale. Every form is the one of least
// squared error found:
//   binary    {a, -a}: a is the mean magnitude, every weight keeps its sign
//   ternary   {a, -a} or nothing: the k greatest weights, k with the least error (a their mean)
//   int4      {1, 2, 4, -8}: -8..7 times a step; the step is scanned
//   codebook  four free values: alternately each weight takes the nearest of the 16 sums, and the
//             four values take the least squares over the weights (Lloyd's method), from several
//             beginnings; then they are rounded to whole numbers
// Weights that are exactly 0 stay 0 in every form: they are no connections.
// Cost: linear in weights, times 16 sums, times tens of rounds for the codebook.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_QUANTIZE_WEIGHTS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_QUANTIZE_WEIGHTS_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

enum class WeightKind : std::uint8_t { kKeep, kBinary, kTernary, kInt4, kCodebook };

// "keep", "binary", ...
const char* WeightKindName(WeightKind kind);

struct QuantizedWeights {
  double scale = 1.0;               // > 0; weight = scale * whole
  AxonWeights axon_weights = {};    // whole values whose subset sums the weights are
  std::vector<std::int32_t> whole;  // [weights]
  double squared_error = 0.0;       // sum over the weights
};

// `kind` is not kKeep. magnitude_max: 8..255, the greatest magnitude of a codebook's four values
// (the others take the least whole numbers they can). All weights are finite; all 0 gives scale 1.
QuantizedWeights QuantizeWeights(std::span<const double> weights, WeightKind kind,
                                 std::int32_t magnitude_max);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_QUANTIZE_WEIGHTS_H_
