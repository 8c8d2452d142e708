// SPDX-License-Identifier: Apache-2.0
// Transposes between channels first and channels last (NCHW, NHWC), as exporters of Keras networks
// write them. They make no node: the Network holds images with channels first throughout, and an
// Activation says how the graph sees them.
#include <algorithm>
#include <numeric>

#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

using Axes = std::vector<std::int64_t>;

// Whether the order of extents greater than 1 stays: then no value moves.
bool MovesNothing(const Axes& dims, const Axes& axes) {
  std::int64_t last = -1;
  for (const std::int64_t axis : axes) {
    if (dims[axis] > 1) {
      if (axis < last) {
        return false;
      }
      last = axis;
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<std::int64_t>> ReadPermutation(const OnnxNode& node, std::size_t rank) {
  const auto last = static_cast<std::int64_t>(rank) - 1;
  SPIKEMESH_ASSIGN_OR_RETURN(const auto given,
                             IntsAttribute(node, "perm", rank, 0, std::max<std::int64_t>(0, last)));
  Axes axes(rank);
  std::iota(axes.rbegin(), axes.rend(), 0);  // without perm: reversed
  axes = given.value_or(axes);
  std::vector<bool> seen(rank, false);
  for (const std::int64_t axis : axes) {
    if (seen[axis]) {
      return absl::InvalidArgumentError(Concat("perm names axis ", axis, " twice"));
    }
    seen[axis] = true;
  }
  return axes;
}

absl::StatusOr<OnnxValue> TranslateTranspose(const NodeCall& call, NetworkBuilder& builder) {
  if (const auto* const groups = FindInput<ChannelGroups>(call, 0)) {
    SPIKEMESH_ASSIGN_OR_RETURN(const Axes perm, ReadPermutation(call.node, 5));
    return TransposeGroups(*groups, perm);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const Axes perm, ReadPermutation(call.node, input.dims.size() + 1));
  if (perm[0] != 0) {
    return NotSupported(Concat("perm ", PrintDims(perm), " moves the batch"), "the batch first");
  }
  Axes axes;
  Axes dims;
  for (std::size_t i = 1; i < perm.size(); ++i) {
    axes.push_back(perm[i] - 1);
    dims.push_back(input.dims[perm[i] - 1]);
  }
  if (std::is_sorted(axes.begin(), axes.end())) {
    return input;
  }
  if (input.channels_last.has_value() && axes == Axes{2, 0, 1}) {
    return Activation{input.node, std::move(dims)};
  }
  if (!input.channels_last.has_value() && axes == Axes{1, 2, 0}) {
    SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, ToFeatureShape(input.dims));
    return Activation{input.node, std::move(dims), shape};
  }
  if (!input.channels_last.has_value() && MovesNothing(input.dims, axes)) {
    return builder.Append(call, input, ReshapeNode{}, std::move(dims));
  }
  if (!input.channels_last.has_value() && axes == Axes{1, 0, 2}) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::optional<Activation> shuffled,
                               ShuffleRows(call, input, builder));
    if (shuffled.has_value()) {
      return *shuffled;
    }
  }
  return NotSupported(
      Concat("perm ", PrintDims(perm), " on values of shape ", PrintDims(input.dims), " per image"),
      "transposes between channels first and channels last that cancel, stand at the input, or "
      "end in a Flatten or Reshape before a dense layer; export with channels first");
}

}  // namespace spikemesh
