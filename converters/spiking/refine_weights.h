// SPDX-License-Identifier: Apache-2.0
// Quantised weights that are right together, not each for itself.
// Problem: rates of neighbouring inputs rise and fall together, so that errors of their weights add
// up where they have one sign, and cancel where they have not.
// Method: least e^T C e, e the errors of the weights and C the covariance of the inputs (the mean
// error is the leak's): weight by weight takes the value that lowers it most, until none does or
// kRefineRounds are over; then the scale takes its least squares, and the weights one more turn.
// Source: the objective is that of Frantar et al., "Optimal Brain Compression", NeurIPS 2022.
// Cost: D^2 a round for D weights.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_REFINE_WEIGHTS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_REFINE_WEIGHTS_H_

#include <span>

#include "converters/spiking/quantize_weights.h"

namespace spikemesh {

// `covariance`: [weights, weights], symmetric. Weights that are 0 stay 0; the others take sums of
// subsets of quantized.axon_weights. Changes `whole` and `scale` alone.
void RefineWeights(std::span<const double> weights, std::span<const float> covariance,
                   QuantizedWeights& quantized);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_REFINE_WEIGHTS_H_
