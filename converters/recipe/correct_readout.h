// SPDX-License-Identifier: Apache-2.0
// Takes the mean error of a rate-coded read-out off the leaks of its neurons.
// Problem: what layers lose (quantised weights, rates of a few ticks, spikes that cannot be taken
// back) adds up to an error of the classes, and a part of it is the same for all images.
// Method: calibration images run in spikes; over those in which a class's neurons should neither
// rest nor fire in every tick, the mean difference of their rate and the float network's is their
// error.
// Source: Li et al., "A Free Lunch From ANN: Towards Efficient, Accurate Spiking Neural Networks
// Calibration", ICML 2021 (bias correction). Cost: one run of the images.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_CORRECT_READOUT_H_
#define SPIKEMESH_CONVERTERS_RECIPE_CORRECT_READOUT_H_

#include <cstdint>

#include "converters/spiking/fold_network.h"
#include "core/base/status.h"
#include "networks/data/dataset.h"

namespace spikemesh {

// `folded`: of FoldRateNetwork, calibrated on `images`, of which the first `count` are run. Errors:
// those of creating the encoder.
absl::Status CorrectReadout(const Dataset& images, std::int64_t count, FoldedNetwork& folded);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_CORRECT_READOUT_H_
