// SPDX-License-Identifier: Apache-2.0
// The two values that each output of a step takes in the float network, and what they become as
// inputs of the next layer: x = inactive + sign * swing * spike.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_ACTIVATIONS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_ACTIVATIONS_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/stages.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// Values of the float network without and with a spike, by flat index.
struct Activations {
  std::vector<double> inactive;
  std::vector<double> active;
};

// All `size` outputs of a step.
Activations StepActivations(const StepNode& step, std::int64_t size);

// Replaces all values by what `nodes` make of them.
void ApplyToActivations(const std::vector<const NetworkNode*>& nodes, Activations& activations);

// The same as inputs of a convolution, by its input channel.
struct InputValues {
  double swing = 1.0;              // > 0, one for all channels
  std::vector<double> inactive;    // [input channels]
  std::vector<std::int16_t> sign;  // [input channels], +1 or -1
};

// Requires values that sums over 255-fold weights hold exactly in a double: multiples of 1/2 of
// magnitude 255 at most; one pair of values within a channel, one swing for all. Errors:
// Unimplemented, naming `layer`.
absl::StatusOr<InputValues> ToInputValues(const Activations& activations,
                                          const FeatureShape& input_shape,
                                          const NetworkNode& layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_ACTIVATIONS_H_
