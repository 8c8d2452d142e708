// SPDX-License-Identifier: Apache-2.0
// Typed access to the attributes of a node. All errors: InvalidArgument (the attribute has another
// type), with attribute, found and allowed.
#ifndef SPIKEMESH_CONVERTERS_ONNX_ATTRIBUTES_H_
#define SPIKEMESH_CONVERTERS_ONNX_ATTRIBUTES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "converters/onnx/onnx_model.h"
#include "core/base/status.h"

namespace spikemesh {

// Null where the node has no attribute of that name.
const OnnxAttributeValue* FindAttribute(const OnnxNode& node, std::string_view name);

absl::StatusOr<std::int64_t> IntAttribute(const OnnxNode& node, std::string_view name,
                                          std::int64_t otherwise);
absl::StatusOr<float> FloatAttribute(const OnnxNode& node, std::string_view name, float otherwise);
absl::StatusOr<std::string> StringAttribute(const OnnxNode& node, std::string_view name,
                                            const std::string& otherwise);

// Nothing where it is absent; otherwise exactly `count` numbers in [min, max].
absl::StatusOr<std::optional<std::vector<std::int64_t>>> IntsAttribute(const OnnxNode& node,
                                                                       std::string_view name,
                                                                       std::size_t count,
                                                                       std::int64_t min,
                                                                       std::int64_t max);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_ATTRIBUTES_H_
