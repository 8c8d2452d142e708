// SPDX-License-Identifier: Apache-2.0
// The quantiser of the logits, as static quantisation leaves one behind the last layer
// (QuantizeLinear and DequantizeLinear): one rising staircase for all classes. The greatest logit
// is the greatest before it, but where two classes come to one stair.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_OUTPUT_ROUNDING_H_
#define SPIKEMESH_CONVERTERS_SPIKING_OUTPUT_ROUNDING_H_

#include <string>

#include "networks/ir/network.h"

namespace spikemesh {

// Leaves the last rounding and its clip out of `network` (checked: CheckNetwork) where the clip has
// an end below 0, so that it is no activation of rates, and all that follows rises alike for all
// classes. A sentence that says so, or nothing where there is none.
std::string LeaveOutOutputRounding(Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_OUTPUT_ROUNDING_H_
