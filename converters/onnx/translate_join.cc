// SPDX-License-Identifier: Apache-2.0
// Joins of activations: the sum of two, and channels one after the other.
#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

bool SameOrder(const Activation& a, const Activation& b) {
  return a.channels_last.has_value() == b.channels_last.has_value();
}

}  // namespace

bool JoinsActivations(const NodeCall& call) {
  return FindInput<Activation>(call, 0) != nullptr && FindInput<Activation>(call, 1) != nullptr;
}

absl::StatusOr<OnnxValue> AddActivations(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation a, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation b, ActivationInput(call, 1));
  if (a.dims != b.dims || a.channels_last != b.channels_last) {
    return NotSupported(
        Concat("the sum of values of shapes ", PrintDims(a.dims), " and ", PrintDims(b.dims),
               " per image", a.dims == b.dims ? ", in two orders" : ""),
        "two of one shape and order");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(a));
  return builder.AppendJoin(call, {a, b}, AddNode{}, shape, a);
}

absl::StatusOr<OnnxValue> ConcatActivations(const NodeCall& call, NetworkBuilder& builder) {
  std::vector<Activation> sources;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(sources.emplace_back(), ActivationInput(call, i));
  }
  Activation joined = sources[0];
  const std::size_t channels = joined.channel_axis();
  const auto rank = static_cast<std::int64_t>(joined.dims.size()) + 1;
  SPIKEMESH_ASSIGN_OR_RETURN(std::int64_t axis, IntAttribute(call.node, "axis", 1));
  axis += axis < 0 ? rank : 0;
  if (axis != static_cast<std::int64_t>(channels) + 1 || !joined.has_channels() ||
      (joined.channels_last.has_value() && joined.dims.size() == 1)) {
    return NotSupported(
        Concat("axis ", axis, " of values of shape ", PrintDims(joined.dims), " per image"),
        "the axis of channels, of vectors or images");
  }
  if (sources.size() == 1) {
    return joined;
  }
  joined.dims[channels] = 0;
  for (const Activation& source : sources) {
    std::vector<std::int64_t> others = source.dims;
    if (others.size() == joined.dims.size()) {
      others[channels] = joined.dims[channels];
    }
    if (others != joined.dims || !SameOrder(source, joined)) {
      return absl::InvalidArgumentError(Concat("values of shapes ", PrintDims(sources[0].dims),
                                               " and ", PrintDims(source.dims),
                                               " per image; allowed: equal but for channels"));
    }
    joined.dims[channels] += source.dims[channels];
  }
  if (joined.dims[channels] > kFeaturesMax) {
    return absl::InvalidArgumentError(Concat(joined.dims[channels], " channels"));
  }
  if (joined.channels_last.has_value()) {
    joined.channels_last->channels = static_cast<std::int32_t>(joined.dims[channels]);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, ToFeatureShape(joined.dims));
  return builder.AppendJoin(call, sources, ConcatNode{}, joined.channels_last.value_or(shape),
                            joined);
}

}  // namespace spikemesh
