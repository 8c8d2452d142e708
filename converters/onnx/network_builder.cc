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

absl::StatusOr<FeatureShape> StoredShape(const Activation& activation) {
  if (activation.channels_last.has_value() && activation.dims.size() == 3) {
    return *activation.channels_last;
  }
  return ToFeatureShape(activation.dims);
}

NetworkBuilder::NetworkBuilder(std::string name, FeatureShape input_shape,
                               std::optional<std::int64_t> batch, MemoryBudget& budget)
    : batch_(batch), budget_(budget) {
  network_.name = std::move(name);
  network_.input_shape = input_shape;
}

absl::StatusOr<std::int32_t> NetworkBuilder::Add(std::string name,
                                                 std::vector<std::int32_t> sources,
                                                 NodeOperation operation,
                                                 const FeatureShape& shape) {
  features_ += shape.size();
  if (features_ > kFeaturesOfAllNodesMax) {
    return absl::ResourceExhaustedError(
        Concat("the network has ", features_,
               " values per image up to here; allowed: ", kFeaturesOfAllNodesMax));
  }
  network_.nodes.push_back({std::move(name), std::move(sources), std::move(operation), shape});
  return network_.output();
}

absl::StatusOr<Activation> NetworkBuilder::Append(const NodeCall& call, const Activation& source,
                                                  NodeOperation operation,
                                                  std::vector<std::int64_t> dims,
                                                  const char* part) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, ToFeatureShape(dims));
  SPIKEMESH_ASSIGN_OR_RETURN(
      const std::int32_t node,
      Add(Concat(call.node.name, part), {source.node}, std::move(operation), shape));
  return Activation{node, std::move(dims), std::nullopt};
}

absl::StatusOr<Activation> NetworkBuilder::AppendLike(const NodeCall& call,
                                                      const Activation& source,
                                                      NodeOperation operation, const char* part) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(source));
  Activation result = source;
  SPIKEMESH_ASSIGN_OR_RETURN(
      result.node, Add(Concat(call.node.name, part), {source.node}, std::move(operation), shape));
  return result;
}

absl::StatusOr<Activation> NetworkBuilder::AppendJoin(const NodeCall& call,
                                                      const std::vector<Activation>& sources,
                                                      NodeOperation operation,
                                                      const FeatureShape& shape, Activation seen) {
  std::vector<std::int32_t> nodes;
  nodes.reserve(sources.size());
  for (const Activation& source : sources) {
    nodes.push_back(source.node);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(seen.node,
                             Add(call.node.name, std::move(nodes), std::move(operation), shape));
  return seen;
}

const OnnxConstant* NetworkBuilder::Keep(OnnxConstant constant) {
  constants_.push_back(std::move(constant));
  return &constants_.back();
}

Network NetworkBuilder::Finish(const Activation& output) && {
  std::vector<bool> needed(network_.nodes.size(), false);
  needed[output.node] = true;
  for (std::int32_t i = output.node; i >= 0; --i) {  // sources come before
    for (const std::int32_t source : network_.nodes[i].sources) {
      if (needed[i] && source != kNetworkInput) {
        needed[source] = true;
      }
    }
  }
  std::vector<std::int32_t> position(network_.nodes.size(), kNetworkInput);
  std::vector<NetworkNode> kept;
  for (std::size_t i = 0; i < network_.nodes.size(); ++i) {
    if (!needed[i]) {
      continue;
    }
    NetworkNode& node = network_.nodes[i];
    for (std::int32_t& source : node.sources) {
      source = source == kNetworkInput ? kNetworkInput : position[source];
    }
    position[i] = static_cast<std::int32_t>(kept.size());
    kept.push_back(std::move(node));
  }
  network_.nodes = std::move(kept);
  return std::move(network_);
}

}  // namespace spikemesh
