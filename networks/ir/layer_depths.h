// SPDX-License-Identifier: Apache-2.0
// When the spikes of an image reach each layer of a spiking network.
#ifndef SPIKEMESH_NETWORKS_IR_LAYER_DEPTHS_H_
#define SPIKEMESH_NETWORKS_IR_LAYER_DEPTHS_H_

#include <cstdint>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

// [layer]: ticks from the arrival of the image's first lines to the first spikes that they can
// cause in the layer, by the longest way. In a mapped network every way is that long, and the last
// layer's depth is the latency. `network` is valid (ValidateSpiking).
std::vector<std::int32_t> LayerDepths(const SpikingNetwork& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_LAYER_DEPTHS_H_
