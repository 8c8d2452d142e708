// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/reduction.h"

#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {

absl::StatusOr<ReducedAxes> ReadReducedAxes(const NodeCall& call, std::size_t rank) {
  SPIKEMESH_ASSIGN_OR_RETURN(const auto given, IntegersOf(call, "axes", 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t keep, IntAttribute(call.node, "keepdims", 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t noop,
                             IntAttribute(call.node, "noop_with_empty_axes", 0));
  const bool names_none = !given.has_value() || given->empty();
  ReducedAxes axes{std::vector<bool>(rank, names_none && noop == 0), keep != 0};
  if (names_none) {
    return axes;
  }
  const auto extents = static_cast<std::int64_t>(rank);
  for (const std::int64_t axis : *given) {
    if (axis < -extents || axis >= extents) {
      return absl::InvalidArgumentError(
          Concat("axis ", axis, "; allowed: ", -extents, "..", extents - 1));
    }
    const auto at = static_cast<std::size_t>(axis < 0 ? axis + extents : axis);
    if (axes.goes[at]) {
      return absl::InvalidArgumentError(Concat("axis ", axis, " is named twice"));
    }
    axes.goes[at] = true;
  }
  return axes;
}

}  // namespace spikemesh
