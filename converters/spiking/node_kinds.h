// SPDX-License-Identifier: Apache-2.0
// The kinds of node that stages are cut by.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_NODE_KINDS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_NODE_KINDS_H_

#include <variant>

#include "networks/ir/network.h"

namespace spikemesh {

template <typename... Operations>
bool IsAnyOf(const NetworkNode& node) {
  return (std::holds_alternative<Operations>(node.operation) || ...);
}

inline bool IsAffine(const NetworkNode& node) { return IsAnyOf<AffineNode, BatchNormNode>(node); }

inline bool IsMaxPool(const NetworkNode& node) {
  const auto* pool = std::get_if<PoolNode>(&node.operation);
  return pool != nullptr && pool->kind == PoolKind::kMax;
}

// One that an activation ends in.
inline bool IsNonlinear(const NetworkNode& node) {
  return IsAnyOf<StepNode, SignNode, ClipNode, RoundNode, MultiThresholdNode>(node);
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_NODE_KINDS_H_
