// SPDX-License-Identifier: Apache-2.0
// Straight-through gradients as PyTorch code writes them without a function of its own:
//   (sign(x) - clamp(x)).detach() + clamp(x),   x - (x - sign(x)).detach()
// are sign(x) when they run, but the file holds the subtraction and the addition. Such a pair
// becomes an Identity of what it stands for, and the nodes of the other operand are needed no more.
// Operands are the same where their names are, or where nodes of equal operators, attributes and
// inputs made them (exports repeat what the code repeats).
#ifndef SPIKEMESH_CONVERTERS_ONNX_STRAIGHT_THROUGH_H_
#define SPIKEMESH_CONVERTERS_ONNX_STRAIGHT_THROUGH_H_

#include <string>
#include <vector>

#include "converters/onnx/onnx_model.h"

namespace spikemesh {

// The names of the nodes that became Identities. Every node has an output (import_onnx.cc).
std::vector<std::string> CancelStraightThrough(OnnxModel& model);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_STRAIGHT_THROUGH_H_
