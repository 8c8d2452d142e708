// SPDX-License-Identifier: Apache-2.0
// A chain of nodes cut at its steps: each stage is what one layer of threshold neurons computes.
//   image -> [before] [convolution] [functions] step -> [before] convolution [functions] step ->
//   ...
//         -> tail: [before] [convolution] [functions]
// Reshapes keep flat indices, so a stage forgets them; a function finds its channel of a flat index
// from its own node's shape.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_STAGES_H_
#define SPIKEMESH_CONVERTERS_SPIKING_STAGES_H_

#include <cstdint>
#include <vector>

#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// Pointers are into the Network.
struct Stage {
  std::vector<const NetworkNode*> before;     // batch norms and affines ahead of the convolution
  const NetworkNode* convolution = nullptr;   // may be absent in the first stage and in the tail
  FeatureShape convolution_input;             // shape that enters it
  std::vector<const NetworkNode*> functions;  // batch norms and affines behind it
  const NetworkNode* step = nullptr;          // absent in the tail
};

struct StagedNetwork {
  std::vector<Stage> stages;  // the first is the encoder; at least one more
  Stage tail;                 // the read-out
};

// Cuts a checked network (CheckNetwork). Where a stage has no convolution its functions are all in
// `before`. Errors: Unimplemented, naming the node: one that the output does not depend on, a
// second convolution without a step between, a step without a convolution, fewer than two steps.
absl::StatusOr<StagedNetwork> CutIntoStages(const Network& network);

// What the batch norm or affine `node` makes of value `x` at flat index `flat`: RunNetwork's own
// functions.
double ApplyFunction(const NetworkNode& node, std::int64_t flat, double x);

// ApplyFunction of all of `nodes` in order.
double ApplyFunctions(const std::vector<const NetworkNode*>& nodes, std::int64_t flat, double x);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_STAGES_H_
