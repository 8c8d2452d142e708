// SPDX-License-Identifier: Apache-2.0
// What a runner indexes without looking. Converters check a Network with messages
// (converters/spiking/check_network.h); this is the assertion behind them.
#ifndef SPIKEMESH_NETWORKS_IR_NODE_FITS_H_
#define SPIKEMESH_NETWORKS_IR_NODE_FITS_H_

#include <cstddef>

#include "networks/ir/network.h"

namespace spikemesh {

// Whether `node` has as many sources as its operation takes: two or more for additions and
// concatenations, else one.
bool SourceCountFits(const NetworkNode& node);

// Whether the sources of node `index` are earlier nodes or the input, and its shape and the sizes
// of its parameters follow from theirs.
bool ParametersFit(const Network& network, std::size_t index);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_NODE_FITS_H_
