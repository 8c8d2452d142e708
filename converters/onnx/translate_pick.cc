// SPDX-License-Identifier: Apache-2.0
// Slice, Split and Gather of activations.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "converters/onnx/attributes.h"
#include "converters/onnx/pick.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

using Dims = std::vector<std::int64_t>;

constexpr std::int64_t kSplitOutputsMax = 1024;

// Attribute `name` or input `index`, a constant or computed from shapes.
absl::StatusOr<std::optional<Dims>> ReadList(const NodeCall& call, const char* name,
                                             std::size_t index) {
  if (FindInput<ShapeList>(call, index) == nullptr) {
    return IntegersOf(call, name, index);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList list, ShapeInput(call, index));
  Dims values;
  for (const ShapeEntry& entry : list.entries) {
    if (entry.is_batch) {
      return NotSupported(Concat(name, " computed from the batch"), "numbers");
    }
    values.push_back(entry.value);
  }
  return std::optional<Dims>(std::move(values));
}

// Position in `input.dims` of `axis`, the batch counted. Errors: InvalidArgument, Unimplemented.
absl::StatusOr<std::size_t> DimOf(std::int64_t axis, const Activation& input) {
  const auto rank = static_cast<std::int64_t>(input.dims.size()) + 1;
  if (axis < -rank || axis >= rank) {
    return absl::InvalidArgumentError(Concat("axis ", axis, "; allowed: ", -rank, "..", rank - 1));
  }
  axis += axis < 0 ? rank : 0;
  if (axis == 0) {
    return NotSupported("a part of the batch", "axes after the batch");
  }
  return static_cast<std::size_t>(axis) - 1;
}

// Takes `part` of extent `dim` of the values that `dims` are the extents of.
void TakePart(std::size_t dim, const PickedExtent& part, Dims& dims, Pick& pick) {
  // Two extents are rows and columns.
  const std::size_t axis = dims.size() == 2 ? dim + 1 : dim;
  if (axis == 0) {
    Dims channels;
    for (std::int64_t i = 0; i < part.count; ++i) {
      channels.push_back(pick.channels[static_cast<std::size_t>(part.first + i * part.step)]);
    }
    pick.channels = std::move(channels);
  } else {
    (axis == 1 ? pick.rows : pick.columns) = part;
  }
  dims[dim] = part.count;
}

// start:end:step of `extent` positions. Steps are positive.
PickedExtent Range(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t extent) {
  const auto clamped = [extent](std::int64_t index) {
    return std::clamp<std::int64_t>(index < 0 ? index + extent : index, 0, extent);
  };
  const std::int64_t first = clamped(start);
  const std::int64_t room = std::max<std::int64_t>(0, clamped(end) - first);
  const std::int64_t count = room / step + (room % step > 0 ? 1 : 0);
  return {.first = first, .step = count > 1 ? step : 1, .count = count};
}

}  // namespace

absl::StatusOr<OnnxValue> SliceActivation(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto starts, ReadList(call, "starts", 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto ends, ReadList(call, "ends", 2));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto axes, ReadList(call, "axes", 3));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto steps, ReadList(call, "steps", 4));
  if (!starts.has_value() || !ends.has_value() || starts->size() != ends->size() ||
      (axes.has_value() && axes->size() != starts->size()) ||
      (steps.has_value() && steps->size() != starts->size())) {
    return absl::InvalidArgumentError(
        "starts, ends, axes and steps; allowed: as many of each, starts and ends given");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  Pick pick = PickAll(shape);
  Dims dims = input.dims;
  std::vector<bool> seen(dims.size(), false);
  for (std::size_t i = 0; i < starts->size(); ++i) {
    const std::int64_t axis = axes.has_value() ? (*axes)[i] : static_cast<std::int64_t>(i);
    const std::int64_t step = steps.has_value() ? (*steps)[i] : 1;
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t dim, DimOf(axis, input));
    if (step < 1 || step > kFeaturesMax || seen[dim]) {
      return NotSupported(Concat("step ", step, seen[dim] ? " on an axis named twice" : ""),
                          "steps of 1 and more, each axis once");
    }
    seen[dim] = true;
    TakePart(dim, Range((*starts)[i], (*ends)[i], step, input.dims[dim]), dims, pick);
  }
  return AppendPick(call, input, pick, std::move(dims), builder);
}

absl::StatusOr<OnnxValue> TranslateSplit(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t axis, IntAttribute(call.node, "axis", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t dim, DimOf(axis, input));
  SPIKEMESH_ASSIGN_OR_RETURN(std::optional<Dims> parts, ReadList(call, "split", 1));
  const std::int64_t extent = input.dims[dim];
  const auto outputs = static_cast<std::int64_t>(call.node.outputs.size());
  if (outputs > kSplitOutputsMax) {
    return NotSupported(Concat(outputs, " outputs"), Concat("up to ", kSplitOutputsMax));
  }
  if (!parts.has_value()) {
    const std::int64_t each = (extent + outputs - 1) / outputs;
    parts.emplace(static_cast<std::size_t>(outputs), each);
    parts->back() = extent - each * (outputs - 1);
  }
  std::int64_t first = 0;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const std::int64_t part = (*parts)[i];
    if (part < 0 || part > extent - sum) {
      sum = -1;
      break;
    }
    first += i < call.output ? part : 0;
    sum += part;
  }
  if (static_cast<std::int64_t>(parts->size()) != outputs || sum != extent) {
    return absl::InvalidArgumentError(Concat("parts ", PrintDims(*parts), " for ", outputs,
                                             " outputs; allowed: as many, ", extent, " in all"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  Pick pick = PickAll(shape);
  Dims dims = input.dims;
  TakePart(dim, {.first = first, .step = 1, .count = (*parts)[call.output]}, dims, pick);
  return AppendPick(call, input, pick, std::move(dims), builder, Concat(":", call.output).c_str());
}

absl::StatusOr<OnnxValue> GatherActivations(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t axis, IntAttribute(call.node, "axis", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t dim, DimOf(axis, input));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, 1));
  const auto* indices = std::get_if<std::vector<std::int64_t>>(&constant->elements);
  if (indices == nullptr || constant->dims.size() > 1 || dim != 0 || input.dims.size() == 2) {
    return NotSupported("a Gather of other positions than channels, or by no list of integers",
                        "channels by a list, or a Slice");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  Pick pick = PickAll(shape);
  pick.channels.clear();
  for (const std::int64_t index : *indices) {
    const std::int64_t channel = index < 0 ? index + shape.channels : index;
    if (channel < 0 || channel >= shape.channels) {
      return absl::InvalidArgumentError(Concat("index ", index, " of ", shape.channels));
    }
    pick.channels.push_back(channel);
  }
  Dims dims = input.dims;
  dims[0] = static_cast<std::int64_t>(pick.channels.size());
  if (constant->dims.empty() && dims.size() == 3) {
    dims.erase(dims.begin());  // one channel is an image of rows and columns
  }
  return AppendPick(call, input, pick, std::move(dims), builder);
}

}  // namespace spikemesh
