// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/straight_through.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"

namespace spikemesh {
namespace {

// Nodes looked at in one comparison; values further apart than that count as different.
constexpr int kComparedMax = 256;

bool SameTensor(const OnnxTensor& a, const OnnxTensor& b) {
  return a.dims == b.dims && a.type == b.type && a.raw == b.raw && a.floats == b.floats &&
         a.doubles == b.doubles && a.integers == b.integers && !a.external && !b.external;
}

bool SameAttributes(const OnnxNode& a, const OnnxNode& b) {
  return std::ranges::equal(
      a.attributes, b.attributes, [](const OnnxAttribute& one, const OnnxAttribute& other) {
        if (one.name != other.name || one.value.index() != other.value.index()) {
          return false;
        }
        return std::visit(
            [&other](const auto& value) {
              using Value = std::decay_t<decltype(value)>;
              if constexpr (std::is_same_v<Value, OnnxTensor>) {
                return SameTensor(value, std::get<Value>(other.value));
              } else {
                return value == std::get<Value>(other.value);
              }
            },
            one.value);
      });
}

class Canceller {
 public:
  explicit Canceller(OnnxModel& model) : model_(model) {
    for (std::size_t i = 0; i < model.nodes.size(); ++i) {
      maker_.emplace(model.nodes[i].outputs[0], i);
    }
  }

  std::vector<std::string> Run() {
    std::vector<std::string> cancelled;
    for (OnnxNode& node : model_.nodes) {
      const std::string* const value = StandsFor(node);
      if (value != nullptr) {
        const std::string kept = *value;
        node.op_type = "Identity";
        node.inputs = {kept};
        node.attributes.clear();
        cancelled.push_back(node.name);
      }
    }
    return cancelled;
  }

 private:
  // Null where a graph input or initializer is it.
  const OnnxNode* MakerOf(const std::string& value) const {
    const auto at = maker_.find(value);
    return at == maker_.end() ? nullptr : &model_.nodes[at->second];
  }

  const OnnxNode* Difference(const std::string& value) const {
    const OnnxNode* const maker = MakerOf(value);
    return maker != nullptr && IsStandard(*maker, "Sub") ? maker : nullptr;
  }

  // Constants that are taken off and added again stay what they are: shifts.
  bool IsComputed(const std::string& value) const {
    const OnnxNode* const maker = MakerOf(value);
    return maker != nullptr
               ? maker->op_type != "Constant"
               : std::ranges::none_of(model_.initializers, [&value](const OnnxTensor& tensor) {
                   return tensor.name == value;
                 });
  }

  static bool IsStandard(const OnnxNode& node, const char* op_type) {
    return node.domain.empty() && node.op_type == op_type && node.inputs.size() == 2;
  }

  // The operand that is left of (a - b) + b, b + (a - b) or b - (b - a); null where the node is no
  // such thing.
  const std::string* StandsFor(const OnnxNode& node) const {
    if (IsStandard(node, "Add")) {
      for (const std::size_t first : {0, 1}) {
        const OnnxNode* const sub = Difference(node.inputs[first]);
        if (sub != nullptr && IsComputed(sub->inputs[1]) &&
            Same(sub->inputs[1], node.inputs[1 - first])) {
          return &sub->inputs[0];
        }
      }
    } else if (IsStandard(node, "Sub")) {
      const OnnxNode* const sub = Difference(node.inputs[1]);
      if (sub != nullptr && Same(sub->inputs[0], node.inputs[0])) {
        return &sub->inputs[1];
      }
    }
    return nullptr;
  }

  bool Same(const std::string& a, const std::string& b) const {
    int budget = kComparedMax;
    return Same(a, b, budget);
  }

  bool Same(const std::string& a, const std::string& b, int& budget) const {
    if (a == b) {
      return true;
    }
    const OnnxNode* const maker_a = MakerOf(a);
    const OnnxNode* const maker_b = MakerOf(b);
    if (maker_a == nullptr || maker_b == nullptr || --budget < 0) {
      return false;
    }
    return maker_a->op_type == maker_b->op_type && maker_a->domain == maker_b->domain &&
           SameAttributes(*maker_a, *maker_b) &&
           std::ranges::equal(maker_a->inputs, maker_b->inputs,
                              [&](const std::string& one, const std::string& other) {
                                return Same(one, other, budget);
                              });
  }

  OnnxModel& model_;
  absl::flat_hash_map<std::string, std::size_t> maker_;  // by the name of the first output
};

}  // namespace

std::vector<std::string> CancelStraightThrough(OnnxModel& model) { return Canceller(model).Run(); }

}  // namespace spikemesh
