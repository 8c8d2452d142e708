// SPDX-License-Identifier: Apache-2.0
// ReduceMean, ReduceSum and ReduceMax of activations: pools over rows, columns or whole images, and
// sums over channels. A mean of a mean, as x.mean(3).mean(2) is exported, is one pool over the
// image, which folds and maps as GlobalAveragePool does.
#include <algorithm>
#include <optional>

#include "converters/onnx/reduction.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

using Dims = std::vector<std::int64_t>;

// Which extents of the stored image go.
struct Planes {
  bool channels = false;
  bool rows = false;     // over the height
  bool columns = false;  // over the width
};

// `axes` of `input`, the batch among them, as extents of what is stored.
Planes ToPlanes(const Activation& input, const ReducedAxes& axes) {
  const std::vector<bool>& goes = axes.goes;
  switch (input.dims.size()) {
    case 1:
      return {.channels = goes[1]};
    case 2:
      return {.rows = goes[1], .columns = goes[2]};
    default:
      return input.channels_last.has_value()
                 ? Planes{.channels = goes[3], .rows = goes[1], .columns = goes[2]}
                 : Planes{.channels = goes[1], .rows = goes[2], .columns = goes[3]};
  }
}

// One window over the rows and columns of `image` that go.
PoolNode WindowOver(PoolKind kind, const FeatureShape& image, const Planes& planes) {
  PoolNode node;
  node.kind = kind;
  node.window.kernel_y = planes.rows ? image.height : 1;
  node.window.kernel_x = planes.columns ? image.width : 1;
  return node;
}

Dims DimsOf(const FeatureShape& shape) { return {shape.channels, shape.height, shape.width}; }

// What is left of `image`, one value for each window.
FeatureShape LeftOf(const FeatureShape& image, const Planes& planes) {
  return {planes.channels ? 1 : image.channels, planes.rows ? 1 : image.height,
          planes.columns ? 1 : image.width};
}

// A pool of whole rows, or of whole columns, of node `source`.
struct PartialPool {
  std::int32_t source = kNetworkInput;
  FeatureShape left;
};

// What node `partial` is where it is such a pool of `kind`, perhaps reshaped.
std::optional<PartialPool> FindPartialPool(PoolKind kind, std::int32_t partial,
                                           const NetworkBuilder& builder) {
  if (partial != kNetworkInput &&
      std::holds_alternative<ReshapeNode>(builder.node(partial).operation)) {
    partial = builder.node(partial).sources[0];
  }
  const auto* pool =
      partial == kNetworkInput ? nullptr : std::get_if<PoolNode>(&builder.node(partial).operation);
  if (pool == nullptr || pool->kind != kind) {
    return std::nullopt;
  }
  const std::int32_t source = builder.node(partial).sources[0];
  const FeatureShape& image = builder.shape_of(source);
  const bool is_partial = image.height > 1 && image.width > 1 &&
                          (pool->window == WindowOver(kind, image, {.columns = true}).window ||
                           pool->window == WindowOver(kind, image, {.rows = true}).window);
  return is_partial ? std::optional(PartialPool{source, builder.shape_of(partial)}) : std::nullopt;
}

// Whether `planes` of `image` are what `partial` has left of rows and columns, kept as an extent or
// with the extent of 1 taken away.
bool TakesTheRest(const FeatureShape& image, const Planes& planes, const PartialPool& partial) {
  const FeatureShape turned = {1, partial.left.channels, partial.left.height * partial.left.width};
  return image == partial.left ? (partial.left.height > 1 ? planes.rows : planes.columns)
                               : image == turned && planes.columns && !planes.rows;
}

// The pool of `input` over `planes`, channels not among them.
absl::StatusOr<Activation> AppendPool(const NodeCall& call, PoolKind kind, const Activation& input,
                                      const Planes& planes, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape image, StoredShape(input));
  const std::optional<PartialPool> partial = FindPartialPool(kind, input.node, builder);
  if (partial.has_value() && TakesTheRest(image, planes, *partial)) {
    const FeatureShape& whole = builder.shape_of(partial->source);
    const Dims left = {whole.channels, 1, 1};
    return builder.Append(call, {partial->source, DimsOf(whole)},
                          WindowOver(kind, whole, {.rows = true, .columns = true}), left);
  }
  return builder.Append(call, input, WindowOver(kind, image, planes),
                        DimsOf(LeftOf(image, planes)));
}

// The sum over channels and `planes`, times `scale`.
absl::StatusOr<Activation> AppendSum(const NodeCall& call, const Activation& input,
                                     const Planes& planes, double scale, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape image, StoredShape(input));
  ConvolutionNode sum;
  sum.window = WindowOver(PoolKind::kAverage, image, planes).window;
  const std::int64_t places =
      std::int64_t{image.channels} * sum.window.kernel_y * sum.window.kernel_x;
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(places, sizeof(float)));
  sum.weights.assign(static_cast<std::size_t>(places), 1.0F);
  sum.bias = {0.0F};
  SPIKEMESH_ASSIGN_OR_RETURN(
      const Activation summed,
      builder.Append(call, input, std::move(sum), DimsOf(LeftOf(image, planes)), ":sum"));
  return builder.AppendLike(call, summed, AffineNode{{scale}, {0.0}});
}

absl::StatusOr<Activation> AppendReduction(const NodeCall& call, Reduction reduction,
                                           const Activation& input, const Planes& planes,
                                           NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape image, StoredShape(input));
  const double count =
      static_cast<double>(image.size()) / static_cast<double>(LeftOf(image, planes).size());
  if (planes.channels) {
    if (reduction == Reduction::kMax) {
      return NotSupported("a maximum over channels", "over height, width or both");
    }
    return AppendSum(call, input, planes, reduction == Reduction::kMean ? 1.0 / count : 1.0,
                     builder);
  }
  const PoolKind kind = reduction == Reduction::kMax ? PoolKind::kMax : PoolKind::kAverage;
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation pooled,
                             AppendPool(call, kind, input, planes, builder));
  if (reduction != Reduction::kSum) {
    return pooled;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape left, StoredShape(pooled));
  const auto channels = static_cast<std::size_t>(left.channels);
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(left.channels, 2 * sizeof(double)));
  return builder.AppendLike(
      call, pooled,
      AffineNode{std::vector<double>(channels, count), std::vector<double>(channels, 0.0)},
      ":count");
}

// How the graph sees `reduced`, what is left of `input`.
absl::StatusOr<OnnxValue> SeenAs(const NodeCall& call, const Activation& input,
                                 const ReducedAxes& axes, Activation reduced,
                                 NetworkBuilder& builder) {
  Dims dims;
  for (std::size_t i = 0; i < input.dims.size(); ++i) {
    if (!axes.goes[i + 1] || axes.keeps_dims) {
      dims.push_back(axes.goes[i + 1] ? 1 : input.dims[i]);
    }
  }
  if (dims.empty()) {
    return NotSupported("one number per image, without extents", "keepdims 1 (keepdim=True)");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape stored, StoredShape(reduced));
  const bool is_image = input.channels_last.has_value() && dims.size() == 3;
  const bool one_order = stored.channels == 1 || (stored.height == 1 && stored.width == 1);
  if (is_image) {
    reduced.dims = std::move(dims);
    reduced.channels_last = stored;
    return reduced;
  }
  if (input.channels_last.has_value() && !one_order) {
    return NotSupported("height or width alone, of values with channels last",
                        "both, or keepdims 1 (keepdim=True)");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape wanted, ToFeatureShape(dims));
  if (wanted == stored) {
    reduced.dims = std::move(dims);
    return reduced;
  }
  return builder.Append(call, reduced, ReshapeNode{}, std::move(dims), ":reshape");
}

absl::StatusOr<OnnxValue> Reduce(const NodeCall& call, Reduction reduction,
                                 NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const ReducedAxes axes, ReadReducedAxes(call, input.dims.size() + 1));
  if (std::find(axes.goes.begin(), axes.goes.end(), true) == axes.goes.end()) {
    return input;  // noop_with_empty_axes
  }
  if (axes.goes[0]) {
    return NotSupported(Concat(call.node.op_type, " over the batch"),
                        "axes after the batch, named (dim=(2, 3))");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(
      const Activation reduced,
      AppendReduction(call, reduction, input, ToPlanes(input, axes), builder));
  return SeenAs(call, input, axes, reduced, builder);
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateReduceMean(const NodeCall& call, NetworkBuilder& builder) {
  return Reduce(call, Reduction::kMean, builder);
}

absl::StatusOr<OnnxValue> TranslateReduceSum(const NodeCall& call, NetworkBuilder& builder) {
  return Reduce(call, Reduction::kSum, builder);
}

absl::StatusOr<OnnxValue> TranslateReduceMax(const NodeCall& call, NetworkBuilder& builder) {
  return Reduce(call, Reduction::kMax, builder);
}

}  // namespace spikemesh
