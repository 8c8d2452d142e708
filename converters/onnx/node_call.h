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

// The output of a node of the Network being built (or its input). The Network holds images with
// channels first; a graph may see the same values with channels last (after a Transpose, or all the
// way from an input of that order). Then the node's shape is `channels_last`, `dims` is [height,
// width, channels], or [features] where the graph has flattened them in that order.
struct Activation {
  std::int32_t node = kNetworkInput;
  std::vector<std::int64_t> dims;  // without the batch: [features], [height, width] or [c, h, w]
  std::optional<FeatureShape> channels_last = std::nullopt;

  // Only in vectors and images is there what FeatureShape calls a channel.
  bool has_channels() const { return dims.size() == 1 || dims.size() == 3; }
  // Position in `dims` of the channels.
  std::size_t channel_axis() const { return channels_last.has_value() ? dims.size() - 1 : 0; }
};

// The position in the Network of value `index` of a tensor that the graph holds channels last.
std::int64_t StoredIndex(const FeatureShape& stored, std::int64_t index);

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

// An activation with zeros around each channel, which no node of the Network holds: Conv and
// AveragePool take them into their windows. With another value around, the activation is less that
// value, which a Conv adds to its outputs again: w (x - value) + w value, zeros around the first.
struct Padded {
  Activation input;
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
  double value = 0.0;
};

// An image whose channels are seen as groups of channels, [groups, channels / groups, height,
// width], or with those two exchanged, which no node of the Network holds: a Reshape back makes
// one.
struct ChannelGroups {
  Activation input;
  std::int64_t groups = 1;
  bool exchanged = false;
};

// What QuantizeLinear makes, before it is clipped: `rounded` + zero_point, to be held in
// [low, high]. DequantizeLinear appends the clip, which a Clip between the two may have narrowed.
struct Quantized {
  Activation rounded;
  double zero_point = 0.0;
  double low = 0.0, high = 0.0;
};

// The output of a node that was refused. Nodes after it are not judged.
struct NotUnderstood {};

// Constants are owned by the NetworkBuilder.
using OnnxValue = std::variant<NotUnderstood, Activation, const OnnxConstant*, ShapeList,
                               Comparison, Padded, Quantized, ChannelGroups>;

struct NodeCall {
  const OnnxNode& node;
  std::vector<std::optional<OnnxValue>> inputs;  // nothing: an optional input left out
  std::int64_t opset = 0;
  std::size_t output = 0;       // which of the node's outputs is asked for: of Split
  bool is_last = false;         // at most nodes that change no maximum come after it
  bool is_after_class = false;  // what it reads is a class, which ArgMax has named

  bool has_input(std::size_t index) const {
    return index < inputs.size() && inputs[index].has_value();
  }
};

// Input `index` as an activation. Errors: InvalidArgument (left out), Unimplemented (something
// else).
absl::StatusOr<Activation> ActivationInput(const NodeCall& call, std::size_t index);

// Input `index` as an activation that may be padded.
absl::StatusOr<Padded> PaddedInput(const NodeCall& call, std::size_t index);

// Input `index` as a constant, never null. Errors as above.
absl::StatusOr<const OnnxConstant*> ConstantInput(const NodeCall& call, std::size_t index);

// Input `index` as one number. Errors as above; InvalidArgument (more than one, or not finite).
absl::StatusOr<double> NumberInput(const NodeCall& call, std::size_t index, std::string_view what);

// Unimplemented: `what` holds `activation`, whose channels are last.
absl::Status ChannelsLastNotSupported(std::string_view what, const Activation& activation);

// That, where input `index` is such an activation.
absl::Status CheckChannelsFirst(const NodeCall& call, std::size_t index);

// Null where the input is left out or another kind of value.
template <typename Value>
const Value* FindInput(const NodeCall& call, std::size_t index) {
  return call.has_input(index) ? std::get_if<Value>(&*call.inputs[index]) : nullptr;
}

// Null where the input is left out or no constant.
const OnnxConstant* FindConstant(const NodeCall& call, std::size_t index);

// Unimplemented: `found` where only `allowed` is supported.
absl::Status NotSupported(std::string_view found, std::string_view allowed);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_NODE_CALL_H_
