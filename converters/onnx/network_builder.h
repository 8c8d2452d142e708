// SPDX-License-Identifier: Apache-2.0
// The Network under construction: appends nodes with checked shapes, owns decoded constants, counts
// memory. One a model.
#ifndef SPIKEMESH_CONVERTERS_ONNX_NETWORK_BUILDER_H_
#define SPIKEMESH_CONVERTERS_ONNX_NETWORK_BUILDER_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "converters/onnx/memory_budget.h"
#include "converters/onnx/node_call.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// Values of one activation, and of all activations of a network together: sixteen and 64 chips full
// of neurons.
inline constexpr std::int64_t kFeaturesMax = std::int64_t{1} << 24;
inline constexpr std::int64_t kFeaturesOfAllNodesMax = std::int64_t{1} << 26;

// `dims` (without batch; one to three extents) as channels, height, width. Errors: InvalidArgument
// (an extent not positive, more than kFeaturesMax values), Unimplemented (more extents).
absl::StatusOr<FeatureShape> ToFeatureShape(const std::vector<std::int64_t>& dims);

// The shape of the node that makes `activation`. Errors as above.
absl::StatusOr<FeatureShape> StoredShape(const Activation& activation);

class NetworkBuilder {
 public:
  // `batch`: the fixed batch size that the file gives, or nothing.
  NetworkBuilder(std::string name, FeatureShape input_shape, std::optional<std::int64_t> batch,
                 MemoryBudget& budget);

  // Appends a node that reads `source` and makes `dims`. `part` is added to the ONNX node's name
  // where one ONNX node becomes two. Errors: those of ToFeatureShape; ResourceExhausted.
  absl::StatusOr<Activation> Append(const NodeCall& call, const Activation& source,
                                    NodeOperation operation, std::vector<std::int64_t> dims,
                                    const char* part = "");

  // Appends a node that acts on each value or channel alone: it has the shape and order of
  // `source`.
  absl::StatusOr<Activation> AppendLike(const NodeCall& call, const Activation& source,
                                        NodeOperation operation, const char* part = "");

  // Appends a node that joins `sources` and has shape `shape`; the result is seen as `seen` says.
  absl::StatusOr<Activation> AppendJoin(const NodeCall& call,
                                        const std::vector<Activation>& sources,
                                        NodeOperation operation, const FeatureShape& shape,
                                        Activation seen);

  // What has been appended: node `index`, and the shape of that or of the input.
  const NetworkNode& node(std::int32_t index) const { return network_.nodes[index]; }
  const FeatureShape& shape_of(std::int32_t index) const {
    return index == kNetworkInput ? network_.input_shape : network_.nodes[index].shape;
  }

  // Keeps a constant; the pointer lives as long as the builder.
  const OnnxConstant* Keep(OnnxConstant constant);

  void Warn(std::string sentence) { network_.warnings.push_back(std::move(sentence)); }

  MemoryBudget& budget() { return budget_; }
  std::optional<std::int64_t> batch() const { return batch_; }

  // The network with only the nodes that `output` depends on; its node is then the last one.
  Network Finish(const Activation& output) &&;

 private:
  absl::StatusOr<std::int32_t> Add(std::string name, std::vector<std::int32_t> sources,
                                   NodeOperation operation, const FeatureShape& shape);

  Network network_;
  std::optional<std::int64_t> batch_;
  MemoryBudget& budget_;
  std::deque<OnnxConstant> constants_;
  std::int64_t features_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_NETWORK_BUILDER_H_
