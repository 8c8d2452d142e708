// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/choose_mode.h"

#include <variant>

#include "converters/spiking/check_network.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// The last node of the activation decides: what comes ahead of a step is part of the step.
const NetworkNode* NonStep(const Stage& stage) {
  for (auto function = stage.functions.rbegin(); function != stage.functions.rend(); ++function) {
    const NodeOperation& operation = function->node->operation;
    const auto* counted = std::get_if<MultiThresholdNode>(&operation);
    if (std::holds_alternative<StepNode>(operation) ||
        (counted != nullptr && counted->levels == 1)) {
      return nullptr;
    }
    if (!std::holds_alternative<AffineNode>(operation) &&
        !std::holds_alternative<BatchNormNode>(operation)) {
      return function->node;
    }
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<ModeChoice> ChooseMode(const Network& network) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph graph,
                             BuildStageGraph(network, {.average_pool_stages = true}));
  for (const Stage& stage : graph.stages) {
    const NetworkNode* const node = stage.kind == StageKind::kSum ? NonStep(stage) : nullptr;
    if (node != nullptr) {
      return ModeChoice{PresentationMode::kRate,
                        Concat(NodeText(*node), " takes more than two values")};
    }
  }
  return ModeChoice{PresentationMode::kPipelined, "every activation is a step"};
}

}  // namespace spikemesh
