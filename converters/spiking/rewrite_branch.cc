// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/rewrite_branch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include "converters/spiking/check_network.h"
#include "core/base/strings.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

template <typename... Values>
absl::Status Refuse(const Values&... values) {
  return absl::UnimplementedError(Concat(values...));
}

bool Rises(const NetworkNode& node) {
  if (const auto* norm = std::get_if<BatchNormNode>(&node.operation)) {
    return std::all_of(norm->gamma.begin(), norm->gamma.end(), [](float g) { return g > 0.0F; });
  }
  const auto& affine = std::get<AffineNode>(node.operation);
  return std::all_of(affine.scale.begin(), affine.scale.end(), [](double s) { return s > 0.0; });
}

bool IsPadded(const WindowGeometry& window) {
  return window.pad_top > 0 || window.pad_left > 0 || window.pad_bottom > 0 || window.pad_right > 0;
}

// One axis of a window behind another, as a window over the input of the one ahead.
WindowAxis ComposeAxis(const WindowAxis& behind, const WindowAxis& ahead) {
  return {.kernel = (behind.kernel - 1) * behind.dilation * ahead.stride +
                    (ahead.kernel - 1) * ahead.dilation + 1,
          .stride = behind.stride * ahead.stride,
          .pad_begin = ahead.pad_begin + behind.pad_begin * ahead.stride,
          .pad_end = ahead.pad_end + behind.pad_end * ahead.stride,
          .dilation = 1};
}

WindowGeometry ComposeWindows(const WindowGeometry& behind, const WindowGeometry& ahead) {
  const WindowAxis y = ComposeAxis(AxisY(behind), AxisY(ahead));
  const WindowAxis x = ComposeAxis(AxisX(behind), AxisX(ahead));
  const auto narrow = [](std::int64_t value) { return static_cast<std::int32_t>(value); };
  return {narrow(y.kernel),
          narrow(x.kernel),
          narrow(y.stride),
          narrow(x.stride),
          narrow(y.pad_begin),
          narrow(x.pad_begin),
          narrow(y.pad_end),
          narrow(x.pad_end),
          1,
          1};
}

// Whether windows of the pool that would lie in the convolution's padding see none of the input.
bool PaddingStaysOutside(const WindowAxis& convolution, const WindowAxis& pool,
                         std::int64_t extent) {
  const bool tiles = pool.kernel == pool.stride && pool.pad_begin == 0 && pool.pad_end == 0 &&
                     extent % pool.kernel == 0;
  return tiles || (convolution.pad_begin == 0 && convolution.pad_end == 0);
}

std::size_t TapsOf(const WindowGeometry& window) {
  return static_cast<std::size_t>(window.kernel_y) * window.kernel_x;
}

struct Steps {
  std::int32_t y = 1;
  std::int32_t x = 1;
};

// The weights of a convolution with a sum over the window `pool` ahead of it or behind, as weights
// of the window `to` that both are: a tap of the convolution lies `tap_steps` from its neighbour, a
// tap of the pool `pool_steps`.
std::vector<float> SpreadTaps(const std::vector<float>& weights, const WindowGeometry& from,
                              Steps tap_steps, const WindowGeometry& pool, Steps pool_steps,
                              const WindowGeometry& to) {
  const std::size_t taps = TapsOf(from);
  std::vector<float> spread(weights.size() / taps * TapsOf(to), 0.0F);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto tap = static_cast<std::int32_t>(i % taps);
    const std::int32_t top = tap / from.kernel_x * tap_steps.y;
    const std::int32_t left = tap % from.kernel_x * tap_steps.x;
    float* const plane = &spread[i / taps * TapsOf(to)];
    for (std::int32_t y = 0; y < pool.kernel_y; ++y) {
      for (std::int32_t x = 0; x < pool.kernel_x; ++x) {
        plane[(std::int64_t{y} * pool_steps.y + top) * to.kernel_x + left +
              std::int64_t{x} * pool_steps.x] += weights[i];
      }
    }
  }
  return spread;
}

}  // namespace

absl::Status CheckMovesAcross(const NetworkNode& function, const NetworkNode& node,
                              const PoolNode& pool) {
  if (function.shape.channels != node.shape.channels) {
    return Refuse(NodeText(function), " stands between ", NodeText(node),
                  " and an activation with a reshape; put it ahead of the reshape");
  }
  if (pool.kind == PoolKind::kMax && !Rises(function)) {
    return Refuse(NodeText(function), " falls (a negative scale) ahead of ", NodeText(node),
                  "; put the pool ahead of it");
  }
  if (pool.kind == PoolKind::kAverage && IsPadded(pool.window)) {
    return Refuse(NodeText(function), " cannot change places with ", NodeText(node),
                  ", which is padded; remove the padding, or put the function on the other side of "
                  "the pool");
  }
  return absl::OkStatus();
}

absl::Status CheckPoolFolds(const NetworkNode& node, const PoolNode& pool,
                            const FeatureShape& input) {
  if (pool.window.dilation_y != 1 || pool.window.dilation_x != 1) {
    return Refuse(NodeText(node),
                  ": dilation is not supported for average pools that fold into a layer; use "
                  "dilation 1, or put a ReLU ahead of the pool and another behind the layer, for "
                  "rate mode");
  }
  if (DividesEvenly(pool, input, node.shape)) {
    return absl::OkStatus();
  }
  const bool hangs_over = std::max(pool.overhang_bottom, pool.overhang_right) > 0;
  return Refuse(NodeText(node), ": ",
                hangs_over ? "windows that hang over the input (ceil_mode)"
                           : "padding that is left out of the mean",
                " divide border windows by another number, which a pool of ReLUs in rate mode "
                "can, and one that folds into a layer cannot; use ",
                hangs_over ? "ceil_mode=False" : "count_include_pad=True or no padding",
                ", or put a ReLU ahead of the pool");
}

ConvolutionNode SumOfWindows(const PoolNode& pool, std::int32_t channels) {
  const auto count = static_cast<std::size_t>(channels);
  return {.window = pool.window,
          .groups = channels,
          .weights = std::vector<float>(count * TapsOf(pool.window), 1.0F),
          .bias = std::vector<float>(count, 0.0F)};
}

absl::StatusOr<ConvolutionNode> ComposePool(const NetworkNode& node, const FeatureShape& input,
                                            const Branch& branch) {
  ConvolutionNode from = branch.convolution;
  const WindowGeometry& pool = std::get<PoolNode>(node.operation).window;
  if (branch.input != node.shape) {
    if (branch.input.height != 1 || branch.input.width != 1 || from.groups != 1) {
      return Refuse("node \"", branch.name, "\" reads ", NodeText(node), " reshaped to ",
                    ShapeText(branch.input), "; shape ", ShapeText(node.shape),
                    " or all its values as features are allowed");
    }
    // A dense layer over all values is a window as large as the pool's output.
    from.window.kernel_y = node.shape.height;
    from.window.kernel_x = node.shape.width;
  }
  if (!PaddingStaysOutside(AxisY(from.window), AxisY(pool), input.height) ||
      !PaddingStaysOutside(AxisX(from.window), AxisX(pool), input.width)) {
    return Refuse("node \"", branch.name, "\" pads what ", NodeText(node),
                  " gives, whose windows overlap or do not cover its input evenly; remove the "
                  "padding, or train with ReLU in all layers, for rate mode");
  }
  ConvolutionNode composed;
  composed.window = ComposeWindows(from.window, pool);
  composed.groups = from.groups;
  composed.bias = from.bias;
  composed.weights =
      SpreadTaps(from.weights, from.window,
                 {from.window.dilation_y * pool.stride_y, from.window.dilation_x * pool.stride_x},
                 pool, {1, 1}, composed.window);
  return composed;
}

absl::Status PoolBranch(const NetworkNode& node, Branch& branch) {
  const auto& pool = std::get<PoolNode>(node.operation);
  if (IsPadded(pool.window)) {
    return Refuse(NodeText(node), " pads the sums of node \"", branch.name,
                  "\"; remove the padding, or put an activation between");
  }
  const WindowGeometry from = branch.convolution.window;
  const WindowGeometry& means = pool.window;
  const WindowGeometry to = ComposeWindows(means, from);
  branch.convolution.weights =
      SpreadTaps(branch.convolution.weights, from, {from.dilation_y, from.dilation_x}, means,
                 {from.stride_y, from.stride_x}, to);
  branch.convolution.precise_weights.clear();
  branch.convolution.window = to;
  branch.is_identity = false;
  branch.divisor *= means.kernel_y * means.kernel_x;
  branch.output.height = node.shape.height;
  branch.output.width = node.shape.width;
  const std::int64_t plane = std::int64_t{node.shape.height} * node.shape.width;
  for (ElementFunction& function : branch.functions) {
    function.flat_offset = function.flat_offset / function.plane * plane;
    function.plane = plane;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Branch>> SplitInputs(const Branch& branch, const Network& network,
                                                const NetworkNode& concat) {
  const ConvolutionNode& from = branch.convolution;
  const std::int64_t plane = std::int64_t{branch.input.height} * branch.input.width;
  const std::size_t taps = TapsOf(from.window);
  const std::size_t outputs = from.bias.size();
  const std::int64_t in_group = branch.input.channels / from.groups;
  const std::int64_t out_group = static_cast<std::int64_t>(outputs) / from.groups;
  std::vector<Branch> parts;
  std::int64_t flat = 0;
  for (const std::int32_t source : concat.sources) {
    const FeatureShape& shape = source == kNetworkInput
                                    ? network.input_shape
                                    : network.nodes[static_cast<std::size_t>(source)].shape;
    if (shape.size() % plane != 0) {
      return Refuse("node \"", branch.name, "\" reads ", NodeText(concat), " reshaped to ",
                    ShapeText(branch.input), ", of which a part is not whole channels");
    }
    Branch part = branch;
    part.input = {static_cast<std::int32_t>(shape.size() / plane), branch.input.height,
                  branch.input.width};
    for (ElementFunction& function : part.before) {
      function.flat_offset += flat;
    }
    const std::int64_t first = flat / plane;
    part.convolution.groups = 1;
    part.convolution.precise_weights.clear();
    part.convolution.weights.assign(outputs * part.input.channels * taps, 0.0F);
    for (std::size_t out = 0; out < outputs; ++out) {
      const std::int64_t group_begin = static_cast<std::int64_t>(out) / out_group * in_group;
      for (std::int64_t c = 0; c < part.input.channels; ++c) {
        const std::int64_t in = first + c - group_begin;  // within the group
        if (in >= 0 && in < in_group) {
          std::copy_n(&from.weights[(out * in_group + in) * taps], taps,
                      &part.convolution.weights[(out * part.input.channels + c) * taps]);
        }
      }
    }
    part.carries_constants = branch.carries_constants && flat == 0;
    flat += shape.size();
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace spikemesh
