// SPDX-License-Identifier: Apache-2.0
// Pass 1: does each neuron fit a core, and if so in which form. Exact: dividing weights and
// threshold of a channel by its weight a (the sum a k is >= t just where k >= ceil(t / a)), and
// clamping the threshold to what the sum can reach, change no output bit.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_LEGALIZE_H_
#define SPIKEMESH_CONVERTERS_MAPPING_LEGALIZE_H_

#include <vector>

#include "converters/mapping/ternary_layer.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The layers of `network` (valid), one each. Errors, each naming the layer: Unimplemented (a
// channel has weights other than -a, 0, +a), OutOfRange (a neuron has more inputs than a core has
// axons, or a threshold beyond -255..255 that its sum can reach).
absl::StatusOr<std::vector<TernaryLayer>> LegalizeNetwork(const SpikingNetwork& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_LEGALIZE_H_
