// SPDX-License-Identifier: Apache-2.0
// Which nodes the output needs, in an order in which every node comes after its inputs. ONNX asks
// files to be sorted; not all are. Cost: linear in nodes and edges, no recursion.
#ifndef SPIKEMESH_CONVERTERS_ONNX_GRAPH_ORDER_H_
#define SPIKEMESH_CONVERTERS_ONNX_GRAPH_ORDER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "converters/onnx/onnx_model.h"
#include "core/base/status.h"

namespace spikemesh {

struct GraphOrder {
  std::vector<std::size_t> needed;  // positions in OnnxModel::nodes, inputs first
  std::vector<std::size_t> unused;  // the others, in file order
};

// The nodes that value `output` depends on; `input` is the graph's input. Errors: InvalidArgument
// (a value made twice or by nobody, a cycle; the node is named).
absl::StatusOr<GraphOrder> OrderNodes(const OnnxModel& model, const std::string& input,
                                      const std::string& output);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_GRAPH_ORDER_H_
