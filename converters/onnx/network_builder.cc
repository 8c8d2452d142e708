// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/network_builder.h"

#include <utility>

#include "core/base/strings.h"

namespace spikemesh {

absl::StatusOr<FeatureShape> ToFeatureShape(const std::vector<std::int64_t>& dims) {
  if (dims.empty() || dims.size() > 3) {
    return NotSupported(Concat("values of shape ", PrintDims(dims), " per image"),
                        "[features], [height, width] or [channels, height, width]");
  }
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 1 || dim > kFeaturesMax / size) {
      return absl::InvalidArgumentError(Concat("values of shape ", PrintDims(dims),
                                               " per image; allowed: positive extents, at most ",
                                               kFeaturesMax, " values"));
    }
    size *= dim;
  }
  const auto extent = [&dims](std::size_t i) { return static_cast<std::int32_t>(dims[i]); };
  switch (dims.size()) {
    case 1:
      return FeatureShape{extent(0), 1, 1};
    case 2:
      return FeatureShape{1, extent(0), extent(1)};
    default:
      return FeatureShape{extent(0), extent(1), extent(2)};
  }
}

NetworkBuilder::NetworkBuilder(std::string name, FeatureShape input_shape,
                               std::optional<std::int64_t> batch, MemoryBudget& budget)
    : batch_(batch), budget_(budget) {
  network_.name = std::move(name);
  network_.input_shape = input_shape;
}

absl::StatusOr<Activation> NetworkBuilder::Append(const NodeCall& call, const Activation& source,
                                                  NodeOperation operation,
                                                  std::vector<std::int64_t> dims,
                                                  const char* part) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, ToFeatureShape(dims));
  features_ += shape.size();
  if (features_ > kFeaturesOfAllNodesMax) {
    return absl::ResourceExhaustedError(
        Concat("the network has ", features_,
               " values per image up to here; allowed: ", kFeaturesOfAllNodesMax));
  }
  network_.nodes.push_back(
      {Concat(call.node.name, part), source.node, std::move(operation), shape});
  return Activation{network_.output(), std::move(dims)};
}

const OnnxConstant* NetworkBuilder::Keep(OnnxConstant constant) {
  constants_.push_back(std::move(constant));
  return &constants_.back();
}

Network NetworkBuilder::Finish(const Activation& output) && {
  std::vector<bool> needed(network_.nodes.size(), false);
  for (std::int32_t i = output.node; i != kNetworkInput; i = network_.nodes[i].source) {
    needed[i] = true;
  }
  std::vector<std::int32_t> position(network_.nodes.size(), kNetworkInput);
  std::vector<NetworkNode> kept;
  for (std::size_t i = 0; i < network_.nodes.size(); ++i) {
    if (!needed[i]) {
      continue;
    }
    NetworkNode& node = network_.nodes[i];
    node.source = node.source == kNetworkInput ? kNetworkInput : position[node.source];
    position[i] = static_cast<std::int32_t>(kept.size());
    kept.push_back(std::move(node));
  }
  network_.nodes = std::move(kept);
  return std::move(network_);
}

}  // namespace spikemesh
