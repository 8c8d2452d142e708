// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/input_layout.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "converters/onnx/attributes.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kImageExtentMin = 8;

// Operators whose output has the layout of their activation.
constexpr auto kNeutral = std::to_array<std::string_view>({"Add",
                                                           "BipolarQuant",
                                                           "Cast",
                                                           "Clip",
                                                           "DequantizeLinear",
                                                           "Div",
                                                           "Dropout",
                                                           "Greater",
                                                           "GreaterOrEqual",
                                                           "Identity",
                                                           "IntQuant",
                                                           "Less",
                                                           "LessOrEqual",
                                                           "Max",
                                                           "Min",
                                                           "Mul",
                                                           "Neg",
                                                           "Quant",
                                                           "QuantizeLinear",
                                                           "Relu",
                                                           "Round",
                                                           "Sign",
                                                           "Sub",
                                                           "Where"});

bool Contains(const auto& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsToChannelsFirst(const OnnxNode& node) {
  const OnnxAttributeValue* perm = FindAttribute(node, "perm");
  const auto* axes = perm == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(perm);
  return node.op_type == "Transpose" && axes != nullptr &&
         *axes == std::vector<std::int64_t>{0, 3, 1, 2};
}

bool LooksLikeImage(const std::vector<std::int64_t>& dims) {
  return (dims[2] == 1 || dims[2] == 3) && std::min(dims[0], dims[1]) >= kImageExtentMin;
}

}  // namespace

bool HasChannelsLast(const OnnxModel& model, const std::vector<std::size_t>& nodes,
                     const std::string& input, const std::vector<std::int64_t>& dims) {
  if (dims.size() != 3) {
    return false;
  }
  absl::flat_hash_set<std::string> same_layout = {input};
  bool is_transposed = false;
  bool is_flattened = false;
  for (const std::size_t index : nodes) {
    const OnnxNode& node = model.nodes[index];
    const bool reads = std::any_of(node.inputs.begin(), node.inputs.end(),
                                   [&](const auto& name) { return same_layout.contains(name); });
    if (!reads || node.op_type == "Shape") {
      continue;
    }
    if (Contains(kNeutral, node.op_type)) {
      same_layout.insert(node.outputs[0]);
    } else if (IsToChannelsFirst(node)) {
      is_transposed = true;
    } else if (node.op_type == "Flatten" || node.op_type == "Reshape") {
      is_flattened = true;
    } else {
      return false;
    }
  }
  return is_transposed || (is_flattened && LooksLikeImage(dims));
}

}  // namespace spikemesh
