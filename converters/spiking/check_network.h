// SPDX-License-Identifier: Apache-2.0
// The checks that let folding index a Network's parameters without looking: shapes follow from the
// nodes, every parameter has one value a channel and is finite.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_CHECK_NETWORK_H_
#define SPIKEMESH_CONVERTERS_SPIKING_CHECK_NETWORK_H_

#include <string>

#include "core/base/status.h"
#include "networks/ir/network.h"
#include "networks/ir/run_network.h"  // SourceShape

namespace spikemesh {

// For messages: node "bn1" (batch normalization).
std::string NodeText(const NetworkNode& node);

// For messages: {16, 14, 14}.
std::string ShapeText(const FeatureShape& shape);

// Errors: InvalidArgument, naming the first node at fault, what was found and what is allowed:
// sources not in topological order, too few or too many of them, shapes that do not follow,
// parameters of another size, values that are not finite, variance + epsilon that is not positive,
// a step whose two values are equal, a clip whose ends are crossed, thresholds that do not ascend,
// a pool with a window in the padding alone.
absl::Status CheckNetwork(const Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_CHECK_NETWORK_H_
