// SPDX-License-Identifier: Apache-2.0
// What flows along the edges of an ONNX graph while it is translated, and one node with its inputs.
#ifndef SPIKEMESH_CONVERTERS_ONNX_NODE_CALL_H_
#define SPIKEMESH_CONVERTERS_ONNX_NODE_CALL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "converters/onnx/onnx_constant.h"
#include "converters/onnx/onnx_model.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// The output of a node of the Network being built (or its input).
struct Activation {
  std::int32_t node = kNetworkInput;
  std::vector<std::int64_t> dims;  // without the batch: [features], [height, width] or [c, h, w]

  // Broadcasting and BatchNormalization act on axis 1, which is dims[0]; only in vectors and images
  // is that what FeatureShape calls a channel.
  bool has_channels() const { return dims.size() == 1 || dims.size() == 3; }
};

// One extent of a shape that the graph computes with: a number, or the batch.
struct ShapeEntry {
  bool is_batch = false;
  std::int64_t value = 0;
};

// What Shape, Gather, Concat and the like make of shapes: x.view(x.size(0), -1).
struct ShapeList {
  bool is_scalar = false;
  std::vector<ShapeEntry> entries;
};

// A boolean: input >= threshold (strict: >) per channel, or its opposite.
struct Comparison {
  Activation input;
  std::vector<double> thresholds;  // [1] or [channels]
  bool strict = false;
  bool negated = false;
};

// The output of a node that was refused. Nodes after it are not judged.
struct NotUnderstood {};

// Constants are owned by the NetworkBuilder.
using OnnxValue =
    std::variant<NotUnderstood, Activation, const OnnxConstant*, ShapeList, Comparison>;

struct NodeCall {
  const OnnxNode& node;
  std::vector<std::optional<OnnxValue>> inputs;  // nothing: an optional input left out
  std::int64_t opset = 0;
  bool is_output = false;  // the graph's output is this node's

  bool has_input(std::size_t index) const {
    return index < inputs.size() && inputs[index].has_value();
  }
};

// Input `index` as an activation. Errors: InvalidArgument (left out), Unimplemented (something
// else).
absl::StatusOr<Activation> ActivationInput(const NodeCall& call, std::size_t index);

// Input `index` as a constant, never null. Errors as above.
absl::StatusOr<const OnnxConstant*> ConstantInput(const NodeCall& call, std::size_t index);

// Null where the input is left out or no constant.
const OnnxConstant* FindConstant(const NodeCall& call, std::size_t index);

// Unimplemented: `found` where only `allowed` is supported.
absl::Status NotSupported(std::string_view found, std::string_view allowed);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_NODE_CALL_H_
