// SPDX-License-Identifier: Apache-2.0
// Flatten, Reshape, Squeeze and Unsqueeze. The batch must stay the first extent; the values of one
// image keep their order.
#include <algorithm>

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

// The axes that Squeeze or Unsqueeze names, of `rank` extents with the batch, ascending.
absl::StatusOr<std::vector<std::int64_t>> ReadAxes(const NodeCall& call, std::int64_t rank) {
  SPIKEMESH_ASSIGN_OR_RETURN(const auto given, IntegersOf(call, "axes", 1));
  if (!given.has_value()) {
    return NotSupported("no axes", "axes, so that the batch stays");
  }
  std::vector<std::int64_t> axes;
  for (const std::int64_t axis : *given) {
    if (axis < -rank || axis >= rank) {
      return absl::InvalidArgumentError(
          Concat("axis ", axis, "; allowed: ", -rank, "..", rank - 1));
    }
    axes.push_back(axis < 0 ? axis + rank : axis);
  }
  std::sort(axes.begin(), axes.end());
  if (!axes.empty() && axes[0] == 0) {
    return NotSupported("axis 0", "axes after the batch");
  }
  return axes;
}

}  // namespace

// The Network's order of values is that of [channels, height, width]. A graph with channels last
// has another one, which only flattening to one vector (and back) survives.
absl::StatusOr<OnnxValue> ReshapeTo(const NodeCall& call, const Activation& input,
                                    std::vector<std::int64_t> dims, NetworkBuilder& builder) {
  if (dims == input.dims) {
    return input;
  }
  if (std::optional<ChannelGroups> groups = GroupChannels(input, dims)) {
    return *std::move(groups);
  }
  if (dims.size() > 3) {
    return NotSupported(Concat("values reshaped to ", PrintDims(dims), " per image"),
                        "up to three extents, or four that split the channels, to shuffle them");
  }
  if (!input.channels_last.has_value()) {
    return builder.Append(call, input, ReshapeNode{}, std::move(dims));
  }
  const FeatureShape& image = *input.channels_last;
  Activation result;
  if (image.channels == 1 || (image.height == 1 && image.width == 1)) {  // one order
    SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, ToFeatureShape(dims));
    SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape stored, StoredShape(input));
    return shape == stored ? Activation{input.node, std::move(dims)}
                           : builder.Append(call, input, ReshapeNode{}, std::move(dims));
  }
  if (input.dims.size() == 3 && dims.size() == 1) {
    SPIKEMESH_ASSIGN_OR_RETURN(result, builder.Append(call, input, ReshapeNode{}, std::move(dims)));
    result.channels_last = image;
    return result;
  }
  if (dims == std::vector<std::int64_t>{image.height, image.width, image.channels}) {
    SPIKEMESH_ASSIGN_OR_RETURN(result, builder.Append(call, input, ReshapeNode{},
                                                      {image.channels, image.height, image.width}));
    result.dims = std::move(dims);
    result.channels_last = image;
    return result;
  }
  return NotSupported(Concat("values with channels last, of shape ", PrintDims(input.dims),
                             " per image, reshaped to ", PrintDims(dims)),
                      "to one vector, or a Transpose to channels first before it");
}

absl::StatusOr<OnnxValue> TranslateFlatten(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t axis, IntAttribute(call.node, "axis", 1));
  const auto rank = static_cast<std::int64_t>(input.dims.size()) + 1;
  if (axis != 1 && axis != 1 - rank) {
    return NotSupported(Concat("axis ", axis), "1, all but the batch");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  return ReshapeTo(call, input, {shape.size()}, builder);
}

absl::StatusOr<OnnxValue> TranslateReshape(const NodeCall& call, NetworkBuilder& builder) {
  const auto* const groups = FindInput<ChannelGroups>(call, 0);
  Activation input;
  if (groups != nullptr) {
    input = groups->input;
  } else {
    SPIKEMESH_ASSIGN_OR_RETURN(input, ActivationInput(call, 0));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList target, ShapeInput(call, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t allow_zero,
                             IntAttribute(call.node, "allowzero", 0));
  const bool has_zero =
      std::any_of(target.entries.begin(), target.entries.end(),
                  [](const ShapeEntry& entry) { return !entry.is_batch && entry.value == 0; });
  if (allow_zero != 0 && has_zero) {
    return BadTarget(target, input, "extents without 0 (allowzero 1 makes it an empty tensor)");
  }
  if (target.is_scalar || target.entries.size() < 2 ||
      !CanBeBatch(target.entries[0], builder.batch())) {
    return BadTarget(target, input, "the batch (0, -1, 1 or the model's batch) as first extent");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  SPIKEMESH_ASSIGN_OR_RETURN(std::vector<std::int64_t> dims,
                             ResolveTarget(target, input, shape.size()));
  if (groups != nullptr) {
    return UngroupChannels(call, *groups, std::move(dims), builder);
  }
  return ReshapeTo(call, input, std::move(dims), builder);
}

absl::StatusOr<OnnxValue> SqueezeActivation(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> axes,
                             ReadAxes(call, static_cast<std::int64_t>(input.dims.size()) + 1));
  std::vector<std::int64_t> dims;
  for (std::size_t i = 0; i < input.dims.size(); ++i) {
    if (!std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(i) + 1)) {
      dims.push_back(input.dims[i]);
    } else if (input.dims[i] != 1) {
      return absl::InvalidArgumentError(
          Concat("axis ", i + 1, " has extent ", input.dims[i], "; allowed: 1"));
    }
  }
  return ReshapeTo(call, input, std::move(dims), builder);
}

absl::StatusOr<OnnxValue> UnsqueezeActivation(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto given, IntegersOf(call, "axes", 1));
  const std::size_t added = given.has_value() ? given->size() : 0;
  SPIKEMESH_ASSIGN_OR_RETURN(
      const std::vector<std::int64_t> axes,
      ReadAxes(call, static_cast<std::int64_t>(input.dims.size() + added) + 1));
  std::vector<std::int64_t> dims = input.dims;
  for (const std::int64_t axis : axes) {
    if (axis - 1 > static_cast<std::int64_t>(dims.size())) {
      return absl::InvalidArgumentError(Concat("axis ", axis, " is named twice"));
    }
    dims.insert(dims.begin() + (axis - 1), 1);
  }
  return ReshapeTo(call, input, std::move(dims), builder);
}

}  // namespace spikemesh
