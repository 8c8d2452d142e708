// SPDX-License-Identifier: Apache-2.0
#include "tests/testing/random_graph.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "networks/ir/window.h"
#include "tests/testing/random_network.h"

namespace spikemesh {
namespace {

bool DrawBool(RandomSequence& random) { return random.NextBelow(2) == 0; }

double DrawReal(RandomSequence& random, double low, double high) {
  return low + (high - low) * random.NextUnit();
}

// A network that grows node by node; values are named by their node.
class GraphBuilder {
 public:
  GraphBuilder(RandomSequence& random, FeatureShape input, bool steps)
      : random_(random), steps_(steps) {
    network_.name = "graph";
    network_.input_shape = input;
  }

  std::int32_t Add(const char* kind, std::vector<std::int32_t> sources, NodeOperation operation,
                   FeatureShape shape) {
    network_.nodes.push_back({.name = kind + std::to_string(network_.nodes.size()),
                              .sources = std::move(sources),
                              .operation = std::move(operation),
                              .shape = shape});
    return network_.output();
  }
  FeatureShape shape(std::int32_t value) const {
    return value == kNetworkInput ? network_.input_shape
                                  : network_.nodes[static_cast<std::size_t>(value)].shape;
  }

  std::int32_t Convolution(std::int32_t from, std::int32_t channels, WindowGeometry window,
                           std::int32_t groups) {
    const FeatureShape in = shape(from);
    const std::int32_t fan_in = in.channels / groups * window.kernel_y * window.kernel_x;
    ConvolutionNode node{.window = window, .groups = groups, .weights = {}, .bias = {}};
    for (std::int32_t out = 0; out < channels; ++out) {
      for (std::int32_t i = 0; i < fan_in; ++i) {
        node.weights.push_back(
            steps_ ? 0.25F * static_cast<float>(DrawBetween(random_, -1, 1))
                   : static_cast<float>(DrawReal(random_, -1, 1.2) / std::sqrt(fan_in)));
      }
      node.bias.push_back(static_cast<float>(steps_ ? 0.25 * DrawBetween(random_, -1, 1)
                                                    : DrawReal(random_, -0.1, 0.3)));
    }
    return Add("conv", {from}, std::move(node),
               {channels, static_cast<std::int32_t>(OutputExtent(AxisY(window), in.height)),
                static_cast<std::int32_t>(OutputExtent(AxisX(window), in.width))});
  }

  std::int32_t BatchNorm(std::int32_t from) {
    BatchNormNode node;
    node.epsilon = 0.0;
    for (std::int32_t c = 0; c < shape(from).channels; ++c) {
      // Powers of two keep sums exact.
      const int power = DrawBetween(random_, -1, 1);
      const bool falls = steps_ && random_.NextBelow(3) == 0;
      node.gamma.push_back((falls ? -1.0F : 1.0F) * std::exp2(static_cast<float>(power)));
      node.beta.push_back(0.25F * static_cast<float>(DrawBetween(random_, -2, 2)));
      node.mean.push_back(0.25F * static_cast<float>(DrawBetween(random_, -2, 2)));
      node.variance.push_back(1.0F);
    }
    return Add("bn", {from}, std::move(node), shape(from));
  }

  // A step, or now and then a sign of 3 values, or stairs of 3 or 4.
  std::int32_t Activation(std::int32_t from, GraphCoverage& coverage) {
    if (!steps_) {
      return Add("relu", {from}, ClipNode{}, shape(from));
    }
    const std::uint32_t kind = random_.NextBelow(6);
    if (kind == 0) {
      ++coverage.signs;
      return Add("sign", {from}, SignNode(), shape(from));
    }
    if (kind > 2) {
      const bool strict = DrawBool(random_);
      return Add("step", {from},
                 StepNode{.threshold = 0, .strict = strict, .low = DrawBool(random_) ? -1.0 : 0.0},
                 shape(from));
    }
    ++coverage.staircases;
    if (DrawBool(random_)) {
      MultiThresholdNode node;
      node.levels = DrawBetween(random_, 2, 3);
      for (std::int32_t c = 0; c < shape(from).channels; ++c) {
        for (std::int32_t k = 0; k < node.levels; ++k) {
          node.thresholds.push_back(0.5 * k - 0.25);
        }
      }
      return Add("count", {from}, std::move(node), shape(from));
    }
    const std::int32_t rounded = Add("round", {from}, RoundNode{Rounding::kFloor}, shape(from));
    return Add("clip", {rounded}, ClipNode{.low = -1, .high = 2}, shape(from));
  }

  std::int32_t Pool(PoolKind kind, std::int32_t from) {
    const WindowGeometry window{.kernel_y = 2, .kernel_x = 2, .stride_y = 2, .stride_x = 2};
    const FeatureShape in = shape(from);
    return Add("pool", {from}, PoolNode{.kind = kind, .window = window, .count_padding = false},
               {in.channels, in.height / 2, in.width / 2});
  }

  RandomSequence& random() { return random_; }
  Network Take() { return std::move(network_); }

 private:
  RandomSequence& random_;
  bool steps_;
  Network network_;
};

constexpr WindowGeometry kSame = {
    .kernel_y = 3, .kernel_x = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};

// x -> activation(conv(activation(conv(x))) + x or conv1x1(x)).
std::int32_t AddResidual(GraphBuilder& graph, std::int32_t x, bool steps, GraphCoverage& coverage) {
  ++coverage.additions;
  const std::int32_t channels = graph.shape(x).channels;
  std::int32_t main = graph.Activation(graph.Convolution(x, channels, kSame, 1), coverage);
  main = graph.Convolution(main, channels, kSame, 1);
  if (!steps) {
    main = graph.BatchNorm(main);
  }
  const std::int32_t skip =
      DrawBool(graph.random()) ? x : graph.Convolution(x, channels, WindowGeometry{}, 1);
  std::int32_t sum = graph.Add("add", {main, skip}, AddNode{}, graph.shape(main));
  return graph.Activation(DrawBool(graph.random()) ? graph.BatchNorm(sum) : sum, coverage);
}

// x -> two convolutions joined along channels, as sums or as activations.
std::int32_t AddConcat(GraphBuilder& graph, std::int32_t x, GraphCoverage& coverage) {
  ++coverage.concatenations;
  std::int32_t one = graph.Convolution(x, 3, kSame, 1);
  std::int32_t two = graph.Convolution(x, 2, WindowGeometry{}, 1);
  FeatureShape shape = graph.shape(one);
  shape.channels = 5;
  if (DrawBool(graph.random())) {
    const std::int32_t joined = graph.Add("concat", {one, two}, ConcatNode{}, shape);
    return graph.Activation(graph.BatchNorm(joined), coverage);
  }
  one = graph.Activation(one, coverage);
  two = graph.Activation(two, coverage);
  return graph.Add("concat", {one, two}, ConcatNode{}, shape);
}

// Depthwise or dilated, then a pool ahead of or behind the activation where there is room.
std::int32_t AddPlain(GraphBuilder& graph, std::int32_t x, GraphCoverage& coverage) {
  const FeatureShape in = graph.shape(x);
  const bool depthwise = DrawBool(graph.random());
  WindowGeometry window = kSame;
  if (DrawBool(graph.random()) && in.height > 4 && in.width > 4) {
    window = {.kernel_y = 3, .kernel_x = 2, .dilation_y = 2, .dilation_x = 2};
  }
  x = graph.Convolution(x, depthwise ? in.channels : 4, window, depthwise ? in.channels : 1);
  const FeatureShape out = graph.shape(x);
  const bool room = out.height >= 2 && out.width >= 2;
  const bool ahead = room && DrawBool(graph.random());
  if (ahead) {
    ++coverage.max_pools;
    x = graph.Pool(PoolKind::kMax, x);
  }
  x = graph.Activation(DrawBool(graph.random()) ? graph.BatchNorm(x) : x, coverage);
  const FeatureShape now = graph.shape(x);
  const bool even = now.height >= 2 && now.width >= 2 && now.height % 2 == 0 && now.width % 2 == 0;
  if (even && DrawBool(graph.random())) {
    const bool max = graph.random().NextBelow(3) == 0;
    ++(max ? coverage.max_pools : coverage.average_pools);
    x = graph.Pool(max ? PoolKind::kMax : PoolKind::kAverage, x);
  }
  return x;
}

void AddTail(GraphBuilder& graph, std::int32_t x, GraphCoverage& coverage) {
  const auto features = static_cast<std::int32_t>(graph.shape(x).size());
  x = graph.Add("flatten", {x}, ReshapeNode{}, {features, 1, 1});
  x = graph.Activation(graph.Convolution(x, 6, WindowGeometry{}, 1), coverage);
  ++coverage.logits;
  graph.Convolution(x, 3, WindowGeometry{}, 1);
}

// A step; a sign, which is 0 at black pixels; or a sign of pixels about a grey, of three values.
std::int32_t AddEncoder(GraphBuilder& graph, std::int32_t x, GraphCoverage& coverage) {
  const FeatureShape input = graph.shape(x);
  const std::uint32_t kind = graph.random().NextBelow(3);
  if (kind == 0) {
    return graph.Add("encode", {x}, StepNode{.threshold = 0.5}, input);
  }
  ++coverage.signs;
  if (kind == 2) {
    const auto channels = static_cast<std::size_t>(input.channels);
    AffineNode shift = {std::vector<double>(channels, 1.0),
                        std::vector<double>(channels, -double{128 / 255.0F})};
    shift.scale.front() = DrawBool(graph.random()) ? -1.0 : 1.0;
    shift.offset.front() *= shift.scale.front();
    x = graph.Add("shift", {x}, std::move(shift), input);
  }
  return graph.Add("encode", {x}, SignNode(), input);
}

Network DrawGraph(RandomSequence& random, bool steps, GraphCoverage& coverage) {
  const FeatureShape input = {DrawBetween(random, 1, 2), DrawBetween(random, 3, 8),
                              DrawBetween(random, 3, 8)};
  GraphBuilder graph(random, input, steps);
  std::int32_t x = kNetworkInput;
  if (steps) {
    x = AddEncoder(graph, x, coverage);
  }
  x = graph.Activation(graph.Convolution(x, 4, kSame, 1), coverage);
  const std::int32_t blocks = DrawBetween(random, 1, 2);
  for (std::int32_t i = 0; i < blocks; ++i) {
    switch (random.NextBelow(3)) {
      case 0:
        x = AddResidual(graph, x, steps, coverage);
        break;
      case 1:
        x = AddConcat(graph, x, coverage);
        break;
      default:
        x = AddPlain(graph, x, coverage);
    }
  }
  AddTail(graph, x, coverage);
  return graph.Take();
}

}  // namespace

Network DrawStepGraph(RandomSequence& random, GraphCoverage& coverage) {
  return DrawGraph(random, true, coverage);
}

Network DrawReluGraph(RandomSequence& random, GraphCoverage& coverage) {
  return DrawGraph(random, false, coverage);
}

}  // namespace spikemesh
