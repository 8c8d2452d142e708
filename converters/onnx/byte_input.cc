// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/byte_input.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "converters/onnx/attributes.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr auto kMoving = std::to_array<std::string_view>(
    {"Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"});

bool CastsToFloat(const OnnxNode& node) {
  const OnnxAttributeValue* to = FindAttribute(node, "to");
  const auto* type = to == nullptr ? nullptr : std::get_if<std::int64_t>(to);
  return node.op_type == "Cast" && type != nullptr &&
         (*type == static_cast<int>(OnnxElementType::kFloat) ||
          *type == static_cast<int>(OnnxElementType::kDouble));
}

}  // namespace

absl::Status CheckByteInput(const OnnxModel& model, const std::vector<std::size_t>& nodes,
                            const std::string& input) {
  absl::flat_hash_set<std::string> bytes = {input};
  for (const std::size_t index : nodes) {
    const OnnxNode& node = model.nodes[index];
    const bool reads = std::any_of(node.inputs.begin(), node.inputs.end(),
                                   [&](const auto& name) { return bytes.contains(name); });
    if (!reads || node.op_type == "Shape" || CastsToFloat(node)) {
      continue;
    }
    if (std::find(kMoving.begin(), kMoving.end(), node.op_type) == kMoving.end()) {
      return absl::UnimplementedError(
          Concat("node \"", node.name, "\" (op ", node.op_type,
                 ") computes with bytes; allowed: Cast to float right behind a uint8 input; put "
                 "x.float() first, or export with a float input"));
    }
    bytes.insert(node.outputs[0]);
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
