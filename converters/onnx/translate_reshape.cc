// SPDX-License-Identifier: Apache-2.0
// Flatten and Reshape. The batch must stay the first extent; the values of one image keep their
// order.
#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

std::string PrintShape(const ShapeList& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    text += i == 0 ? "" : ", ";
    text += shape.entries[i].is_batch ? "batch" : Concat(shape.entries[i].value);
  }
  return text + "]";
}

absl::Status BadTarget(const ShapeList& target, const Activation& input, const char* allowed) {
  return absl::InvalidArgumentError(Concat("values of shape ", PrintDims(input.dims),
                                           " per image reshaped to ", PrintShape(target),
                                           "; allowed: ", allowed));
}

// Whether `entry`, the first of a target, can be the batch: copied (0), inferred (-1), computed
// from it, one image, or the fixed batch of the file.
bool CanBeBatch(const ShapeEntry& entry, std::optional<std::int64_t> batch) {
  return entry.is_batch || (entry.value >= -1 && entry.value <= 1) || entry.value == batch;
}

// The extents after the batch; -1 is inferred from the number of values.
absl::StatusOr<std::vector<std::int64_t>> ResolveTarget(const ShapeList& target,
                                                        const Activation& input,
                                                        std::int64_t features) {
  std::vector<std::int64_t> dims;
  std::optional<std::size_t> inferred;
  std::int64_t known = 1;
  for (std::size_t i = 1; i < target.entries.size(); ++i) {
    std::int64_t value = target.entries[i].value;
    if (value == 0 && !target.entries[i].is_batch && i - 1 < input.dims.size()) {
      value = input.dims[i - 1];
    }
    if (value == -1 && !inferred.has_value() && target.entries[0].value != -1) {
      inferred = dims.size();
      value = 1;
    }
    if (target.entries[i].is_batch || value < 1 || value > features / known) {
      return BadTarget(target, input, "positive extents, one -1, as many values as before");
    }
    known *= value;
    dims.push_back(value);
  }
  if (inferred.has_value()) {
    dims[*inferred] = features / known;
    known *= dims[*inferred];
  }
  if (known != features) {
    return BadTarget(target, input, "as many values as before");
  }
  return dims;
}

// Reshapes `input`, or passes it on where nothing changes.
absl::StatusOr<OnnxValue> AppendReshape(const NodeCall& call, const Activation& input,
                                        std::vector<std::int64_t> dims, NetworkBuilder& builder) {
  if (dims == input.dims) {
    return input;
  }
  return builder.Append(call, input, ReshapeNode{}, std::move(dims));
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateFlatten(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t axis, IntAttribute(call.node, "axis", 1));
  const auto rank = static_cast<std::int64_t>(input.dims.size()) + 1;
  if (axis != 1 && axis != 1 - rank) {
    return NotSupported(Concat("axis ", axis), "1, all but the batch");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, ToFeatureShape(input.dims));
  return AppendReshape(call, input, {shape.size()}, builder);
}

absl::StatusOr<OnnxValue> TranslateReshape(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList target, ShapeInput(call, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t allow_zero,
                             IntAttribute(call.node, "allowzero", 0));
  if (allow_zero != 0) {
    return NotSupported("allowzero 1", "0");
  }
  if (target.is_scalar || target.entries.size() < 2 ||
      !CanBeBatch(target.entries[0], builder.batch())) {
    return BadTarget(target, input, "the batch (0, -1, 1 or the model's batch) as first extent");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, ToFeatureShape(input.dims));
  SPIKEMESH_ASSIGN_OR_RETURN(std::vector<std::int64_t> dims,
                             ResolveTarget(target, input, shape.size()));
  return AppendReshape(call, input, std::move(dims), builder);
}

}  // namespace spikemesh
