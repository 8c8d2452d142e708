// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/choose_mode.h"

#include <algorithm>
#include <variant>

#include "converters/spiking/activations.h"
#include "converters/spiking/check_network.h"
#include "converters/spiking/node_kinds.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Whether it takes two values, or contains a step or a sign.
bool IsStep(const Stage& stage) {
  const absl::StatusOr<LevelValues> values = ValuesOf(stage);
  return (values.ok() && values->size() == 2) ||
         std::ranges::any_of(stage.functions, [](const ElementFunction& function) {
           return IsAnyOf<StepNode, SignNode>(*function.node);
         });
}

// The first activation that is no step, or nothing.
const Stage* NonStep(const StageGraph& graph) {
  for (const Stage& stage : graph.stages) {
    if (stage.kind == StageKind::kSum && !IsStep(stage)) {
      return &stage;
    }
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<ModeChoice> ChooseMode(const Network& network) {
  const ModeChoice pipelined = {PresentationMode::kPipelined, "every activation is a step"};
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  const absl::StatusOr<StageGraph> steps = BuildStageGraph(network, {});
  if (steps.ok() && NonStep(*steps) == nullptr) {
    return pipelined;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph rates,
                             BuildStageGraph(network, {.average_pool_stages = true}));
  const Stage* const other = NonStep(rates);
  if (other == nullptr) {
    return pipelined;  // whose refusal will tell more
  }
  return ModeChoice{PresentationMode::kRate,
                    Concat(NodeText(*other->functions.back().node), " takes more than two values")};
}

}  // namespace spikemesh
