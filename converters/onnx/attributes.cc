// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/attributes.h"

#include "core/base/strings.h"

namespace spikemesh {
namespace {

template <typename T>
absl::StatusOr<T> TypedAttribute(const OnnxNode& node, std::string_view name, const char* type,
                                 const T& otherwise) {
  const OnnxAttributeValue* value = FindAttribute(node, name);
  if (value == nullptr) {
    return otherwise;
  }
  if (const T* typed = std::get_if<T>(value)) {
    return *typed;
  }
  return absl::InvalidArgumentError(
      Concat("attribute \"", name, "\" has another type; allowed: ", type));
}

}  // namespace

const OnnxAttributeValue* FindAttribute(const OnnxNode& node, std::string_view name) {
  for (const OnnxAttribute& attribute : node.attributes) {
    if (attribute.name == name) {
      return &attribute.value;
    }
  }
  return nullptr;
}

absl::StatusOr<std::int64_t> IntAttribute(const OnnxNode& node, std::string_view name,
                                          std::int64_t otherwise) {
  return TypedAttribute<std::int64_t>(node, name, "an integer", otherwise);
}

absl::StatusOr<float> FloatAttribute(const OnnxNode& node, std::string_view name, float otherwise) {
  return TypedAttribute<float>(node, name, "a float", otherwise);
}

absl::StatusOr<std::string> StringAttribute(const OnnxNode& node, std::string_view name,
                                            const std::string& otherwise) {
  return TypedAttribute<std::string>(node, name, "a string", otherwise);
}

absl::StatusOr<std::optional<std::vector<std::int64_t>>> IntsAttribute(const OnnxNode& node,
                                                                       std::string_view name,
                                                                       std::size_t count,
                                                                       std::int64_t min,
                                                                       std::int64_t max) {
  if (FindAttribute(node, name) == nullptr) {
    return std::nullopt;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(
      std::vector<std::int64_t> values,
      TypedAttribute<std::vector<std::int64_t>>(node, name, "a list of integers", {}));
  if (values.size() != count) {
    return absl::InvalidArgumentError(
        Concat("attribute \"", name, "\" has ", values.size(), " numbers; allowed: ", count));
  }
  for (const std::int64_t value : values) {
    if (value < min || value > max) {
      return absl::InvalidArgumentError(
          Concat("attribute \"", name, "\": ", value, "; allowed: ", min, "..", max));
    }
  }
  return values;
}

}  // namespace spikemesh
