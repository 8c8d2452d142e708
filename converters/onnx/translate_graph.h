// SPDX-License-Identifier: Apache-2.0
// Translates the nodes of a graph one after another. A node that is valid but not supported makes a
// value that is not understood, and translation goes on, so that one message names all such nodes.
#ifndef SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_GRAPH_H_
#define SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_GRAPH_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "converters/onnx/network_builder.h"
#include "converters/onnx/node_call.h"
#include "converters/onnx/onnx_model.h"
#include "core/base/status.h"

namespace spikemesh {

struct GraphInput {
  std::string name;
  std::vector<std::int64_t> dims;             // without the batch
  std::optional<FeatureShape> channels_last;  // as in Activation
};

// What to translate: `nodes` are positions in the model, inputs first.
struct GraphWork {
  const OnnxModel& model;
  std::vector<std::size_t> nodes;
  GraphInput input;
  std::string output;
  std::string folder;  // of external data
};

// The activation that is the graph's output. Errors: InvalidArgument and ResourceExhausted of the
// first node that has one, Unimplemented (every node that is not supported, in one message).
absl::StatusOr<Activation> TranslateGraph(const GraphWork& work, NetworkBuilder& builder);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_GRAPH_H_
