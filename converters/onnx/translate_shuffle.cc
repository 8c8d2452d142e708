// SPDX-License-Identifier: Apache-2.0
// Channel shuffles: channels reshaped to groups of channels, the two axes exchanged, and reshaped
// back. The groups are a value, not a node; what comes out is a pick of channels.
#include <cstddef>
#include <utility>

#include "converters/onnx/pick.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

using Dims = std::vector<std::int64_t>;

// Channel c of the exchanged order, of `groups` groups of `in_group` channels.
std::int64_t ExchangedChannel(std::int64_t c, std::int64_t groups, std::int64_t in_group) {
  return c % groups * in_group + c / groups;
}

absl::StatusOr<Activation> AppendExchanged(const NodeCall& call, const Activation& input,
                                           std::int64_t groups, Dims dims,
                                           NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  Pick pick = PickAll(shape);
  for (std::int64_t& channel : pick.channels) {
    channel = ExchangedChannel(channel, groups, shape.channels / groups);
  }
  return AppendPick(call, input, pick, std::move(dims), builder);
}

}  // namespace

std::optional<ChannelGroups> GroupChannels(const Activation& input, const Dims& dims) {
  const bool groups = input.dims.size() == 3 && dims.size() == 4 && !input.channels_last &&
                      dims[0] * dims[1] == input.dims[0] && dims[2] == input.dims[1] &&
                      dims[3] == input.dims[2];
  return groups ? std::optional(ChannelGroups{input, dims[0], false}) : std::nullopt;
}

absl::StatusOr<OnnxValue> TransposeGroups(const ChannelGroups& groups, const Dims& perm) {
  if (perm != Dims{0, 2, 1, 3, 4}) {
    return NotSupported(Concat("perm ", PrintDims(perm), " of groups of channels"),
                        "[0, 2, 1, 3, 4], which shuffles channels");
  }
  ChannelGroups exchanged = groups;
  exchanged.exchanged = !groups.exchanged;
  // Exchanged twice, they are as they were.
  return OnnxValue(std::move(exchanged));
}

absl::StatusOr<OnnxValue> UngroupChannels(const NodeCall& call, const ChannelGroups& groups,
                                          Dims dims, NetworkBuilder& builder) {
  if (dims != groups.input.dims) {
    return NotSupported(Concat("groups of channels reshaped to ", PrintDims(dims), " per image"),
                        Concat("back to ", PrintDims(groups.input.dims)));
  }
  if (!groups.exchanged) {
    return groups.input;
  }
  return AppendExchanged(call, groups.input, groups.groups, std::move(dims), builder);
}

absl::StatusOr<std::optional<Activation>> ShuffleRows(const NodeCall& call, const Activation& input,
                                                      NetworkBuilder& builder) {
  if (input.node == kNetworkInput || input.dims.size() != 3) {
    return std::optional<Activation>();
  }
  const NetworkNode& node = builder.node(input.node);
  const FeatureShape& image = builder.shape_of(node.sources[0]);
  if (!std::holds_alternative<ReshapeNode>(node.operation) ||
      input.dims[0] * input.dims[1] != image.channels ||
      input.dims[2] != std::int64_t{image.height} * image.width) {
    return std::optional<Activation>();
  }
  const Activation ungrouped{node.sources[0], {image.channels, image.height, image.width}};
  SPIKEMESH_ASSIGN_OR_RETURN(
      const Activation shuffled,
      AppendExchanged(call, ungrouped, input.dims[0], ungrouped.dims, builder));
  SPIKEMESH_ASSIGN_OR_RETURN(
      Activation seen, builder.Append(call, shuffled, ReshapeNode{},
                                      {input.dims[1], input.dims[0], input.dims[2]}, ":groups"));
  return std::optional(std::move(seen));
}

}  // namespace spikemesh
