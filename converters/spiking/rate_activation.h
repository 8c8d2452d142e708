// SPDX-License-Identifier: Apache-2.0
// An activation as a spike rate: a neuron that adds up its sum z, fires at lambda and takes lambda
// off has the rate clip(z / lambda, 0, 1) in the long run, so what a rate can stand for is a ReLU,
// with or without an upper end, whole or quantised. Quantised ones (QCFS, QuantizeLinear) become
// the straight line through the middles of their stairs: with V(0) = theta / 2 and as many ticks as
// stairs the neuron rounds as they do (Bu et al., "Optimal ANN-SNN conversion", ICLR 2022).
#ifndef SPIKEMESH_CONVERTERS_SPIKING_RATE_ACTIVATION_H_
#define SPIKEMESH_CONVERTERS_SPIKING_RATE_ACTIVATION_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"

namespace spikemesh {

// activation(z) = clip(slope z + offset, 0, high), slope > 0 or < 0.
struct RateActivation {
  double slope = 1.0;
  double offset = 0.0;
  double high = 0.0;       // infinite for a plain ReLU
  bool quantised = false;  // stairs: `high` is meant, not merely an outer bound
};

// The functions as seen at flat index `flat`, as one line; for affine functions only: no clip
// (low end -infinity is allowed by `linear`). Errors: Unimplemented, naming the node: a step
// (remedy kPipelinedMode), a lower end other than 0, stairs of unequal heights.
absl::StatusOr<RateActivation> ReadRateActivation(const std::vector<ElementFunction>& functions,
                                                  std::int64_t flat);

// The same for functions that are all affine: high is infinite and there is no lower end.
RateActivation ReadAffine(const std::vector<ElementFunction>& functions, std::int64_t flat);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_RATE_ACTIVATION_H_
