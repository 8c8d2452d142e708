// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/graph_order.h"

#include <optional>

#include "absl/container/flat_hash_map.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Who makes each value: a node, or nothing for initializers and the graph's input.
using Makers = absl::flat_hash_map<std::string, std::optional<std::size_t>>;

absl::StatusOr<Makers> FindMakers(const OnnxModel& model, const std::string& input) {
  Makers makers;
  for (const OnnxTensor& tensor : model.initializers) {
    if (!makers.emplace(tensor.name, std::nullopt).second) {
      return absl::InvalidArgumentError(
          Concat("initializer \"", tensor.name, "\" is defined twice"));
    }
  }
  makers.emplace(input, std::nullopt);
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    for (const std::string& value : model.nodes[i].outputs) {
      if (!value.empty() && !makers.emplace(value, i).second) {
        return absl::InvalidArgumentError(Concat("node \"", model.nodes[i].name, "\" makes \"",
                                                 value, "\", which is defined already"));
      }
    }
  }
  return makers;
}

enum class Mark { kNew, kOpen, kDone };

// A node of the depth-first walk and which of its inputs comes next.
struct Frame {
  std::size_t node;
  std::size_t next_input = 0;
};

class Sorter {
 public:
  Sorter(const OnnxModel& model, const Makers& makers)
      : model_(model), makers_(makers), marks_(model.nodes.size(), Mark::kNew) {}

  // Appends `root` and all that it depends on.
  absl::Status Visit(std::size_t root) {
    Open(root);
    while (!frames_.empty()) {
      SPIKEMESH_RETURN_IF_ERROR(Advance());
    }
    return absl::OkStatus();
  }

  GraphOrder TakeOrder() {
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      if (marks_[i] == Mark::kNew) {
        order_.unused.push_back(i);
      }
    }
    return std::move(order_);
  }

 private:
  void Open(std::size_t node) {
    marks_[node] = Mark::kOpen;
    frames_.push_back({node});
  }

  // One step: opens the next input of the top frame, or closes it.
  absl::Status Advance() {
    const std::size_t index = frames_.back().node;
    const OnnxNode& node = model_.nodes[index];
    if (frames_.back().next_input == node.inputs.size()) {
      marks_[index] = Mark::kDone;
      order_.needed.push_back(index);
      frames_.pop_back();
      return absl::OkStatus();
    }
    const std::string& value = node.inputs[frames_.back().next_input++];
    if (value.empty()) {
      return absl::OkStatus();
    }
    const auto maker = makers_.find(value);
    if (maker == makers_.end()) {
      return absl::InvalidArgumentError(Concat("node \"", node.name, "\" (op ", node.op_type,
                                               "): input \"", value, "\" is defined nowhere"));
    }
    if (!maker->second.has_value() || marks_[*maker->second] == Mark::kDone) {
      return absl::OkStatus();
    }
    if (marks_[*maker->second] == Mark::kOpen) {
      return absl::InvalidArgumentError(Concat("node \"", node.name, "\" (op ", node.op_type,
                                               ") is part of a cycle; allowed: graphs without"));
    }
    Open(*maker->second);
    return absl::OkStatus();
  }

  const OnnxModel& model_;
  const Makers& makers_;
  std::vector<Mark> marks_;
  std::vector<Frame> frames_;
  GraphOrder order_;
};

}  // namespace

absl::StatusOr<GraphOrder> OrderNodes(const OnnxModel& model, const std::string& input,
                                      const std::string& output) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Makers makers, FindMakers(model, input));
  const auto maker = makers.find(output);
  if (maker == makers.end() || !maker->second.has_value()) {
    return absl::InvalidArgumentError(
        Concat("output \"", output, "\" is made by no node; allowed: the output of a node"));
  }
  Sorter sorter(model, makers);
  SPIKEMESH_RETURN_IF_ERROR(sorter.Visit(*maker->second));
  return sorter.TakeOrder();
}

}  // namespace spikemesh
