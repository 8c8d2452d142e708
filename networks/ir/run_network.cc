// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_network.h"

#include <algorithm>
#include <cmath>

#include "core/base/status.h"
#include "networks/ir/node_fits.h"
#include "networks/ir/run_pool.h"

namespace spikemesh {
namespace {

// sums[o] += weights[o] * x for all output channels of a group.
template <typename Weight>
void AddScaled(const Weight* weights, double x, std::span<double> sums) {
  for (std::size_t o = 0; o < sums.size(); ++o) {
    sums[o] += double{weights[o]} * x;
  }
}

// One group of a convolution: the input channels that it reads and their weights.
template <typename Weight>
struct GroupInput {
  const WindowGeometry& window;
  FeatureShape shape;               // {channels of the group, height, width}
  std::span<const double> values;   // [shape]
  std::span<const Weight> weights;  // [shape.channels, kernel_y, kernel_x, sums.size()]
};

// Adds row `ky` of the window, over input channel `c`, whose first input is row `top` and column
// `left` (outside the input: zeros).
template <typename Weight>
void AddWindowRow(const GroupInput<Weight>& group, std::int64_t c, std::int64_t ky,
                  std::int64_t top, std::int64_t left, std::span<double> sums) {
  const WindowGeometry& window = group.window;
  const std::int64_t y = top + ky * window.dilation_y;
  if (y < 0 || y >= group.shape.height) {
    return;
  }
  const double* row = &group.values[(c * group.shape.height + y) * group.shape.width];
  const std::int64_t first_weight = (c * window.kernel_y + ky) * window.kernel_x;
  for (std::int64_t kx = 0; kx < window.kernel_x; ++kx) {
    const std::int64_t x = left + kx * window.dilation_x;
    if (x >= 0 && x < group.shape.width && row[x] != 0.0) {
      AddScaled(&group.weights[(first_weight + kx) * sums.size()], row[x], sums);
    }
  }
}

// The sums of all output channels of one group at output position (y, x), in `sums`.
template <typename Weight>
void SumWindow(const GroupInput<Weight>& group, std::int64_t y, std::int64_t x,
               std::span<double> sums) {
  const std::int64_t top = y * group.window.stride_y - group.window.pad_top;
  const std::int64_t left = x * group.window.stride_x - group.window.pad_left;
  std::fill(sums.begin(), sums.end(), 0.0);
  for (std::int64_t c = 0; c < group.shape.channels; ++c) {
    for (std::int64_t ky = 0; ky < group.window.kernel_y; ++ky) {
      AddWindowRow(group, c, ky, top, left, sums);
    }
  }
}

// What one node reads and writes.
struct NodeWork {
  const FeatureShape& input_shape;  // of the first source
  std::vector<std::span<const double>> inputs;
  const FeatureShape& shape;
  std::span<double> output;
};

// output[i] = function(channel of i, input[i]).
template <typename Function>
void MapChannels(const NodeWork& work, const Function& function) {
  const std::int64_t plane = std::int64_t{work.shape.height} * work.shape.width;
  for (std::int64_t c = 0; c < work.shape.channels; ++c) {
    for (std::int64_t i = c * plane; i < (c + 1) * plane; ++i) {
      work.output[i] = function(static_cast<std::size_t>(c), work.inputs[0][i]);
    }
  }
}

// Overloads by operation; convolutions are run by the class, from rearranged weights.
void RunOperation(const ConvolutionNode& /*node*/, const NodeWork& /*work*/) {}

void RunOperation(const BatchNormNode& node, const NodeWork& work) {
  MapChannels(work, [&](std::size_t c, double x) { return ApplyBatchNorm(node, c, x); });
}

void RunOperation(const AffineNode& node, const NodeWork& work) {
  MapChannels(work, [&](std::size_t c, double x) { return ApplyAffine(node, c, x); });
}

void RunOperation(const StepNode& node, const NodeWork& work) {
  MapChannels(work,
              [&](std::size_t, double x) { return StepIsHigh(node, x) ? node.high : node.low; });
}

void RunOperation(const SignNode& /*node*/, const NodeWork& work) {
  MapChannels(work, [](std::size_t, double x) { return ApplySign(x); });
}

void RunOperation(const ReshapeNode& /*node*/, const NodeWork& work) {
  std::copy(work.inputs[0].begin(), work.inputs[0].end(), work.output.begin());
}

void RunOperation(const ClipNode& node, const NodeWork& work) {
  MapChannels(work, [&](std::size_t, double x) { return ApplyClip(node, x); });
}

void RunOperation(const RoundNode& node, const NodeWork& work) {
  MapChannels(work, [&](std::size_t, double x) { return ApplyRound(node, x); });
}

void RunOperation(const MultiThresholdNode& node, const NodeWork& work) {
  MapChannels(work, [&](std::size_t c, double x) { return ApplyMultiThreshold(node, c, x); });
}

void RunOperation(const PoolNode& node, const NodeWork& work) {
  RunPool(node, work.input_shape, work.inputs[0], work.shape, work.output);
}

void RunOperation(const AddNode& /*node*/, const NodeWork& work) {
  std::copy(work.inputs[0].begin(), work.inputs[0].end(), work.output.begin());
  for (std::size_t source = 1; source < work.inputs.size(); ++source) {
    for (std::size_t i = 0; i < work.output.size(); ++i) {
      work.output[i] += work.inputs[source][i];
    }
  }
}

void RunOperation(const ConcatNode& /*node*/, const NodeWork& work) {
  auto to = work.output.begin();
  for (const std::span<const double> input : work.inputs) {
    to = std::copy(input.begin(), input.end(), to);
  }
}

}  // namespace

double ApplyScaleAndBias(double scale, double sum, double bias) { return scale * sum + bias; }

double ApplyBatchNorm(const BatchNormNode& node, std::size_t channel, double x) {
  return double{node.gamma[channel]} * (x - double{node.mean[channel]}) /
             std::sqrt(double{node.variance[channel]} + node.epsilon) +
         double{node.beta[channel]};
}

double ApplyAffine(const AffineNode& node, std::size_t channel, double x) {
  return node.scale[channel] * x + node.offset[channel];
}

bool StepIsHigh(const StepNode& node, double x) {
  return node.strict ? x > node.threshold : x >= node.threshold;
}

double ApplySign(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0; }

double ApplyClip(const ClipNode& node, double x) {
  return std::min(std::max(x, node.low), node.high);
}

double ApplyRound(const RoundNode& node, double x) {
  switch (node.rounding) {
    case Rounding::kFloor:
      return std::floor(x);
    case Rounding::kCeil:
      return std::ceil(x);
    case Rounding::kTowardZero:
      return std::trunc(x);
    case Rounding::kHalfEven:
      break;
  }
  return std::nearbyint(x);  // the default rounding mode, which nothing here changes
}

double ApplyMultiThreshold(const MultiThresholdNode& node, std::size_t channel, double x) {
  const auto levels = static_cast<std::size_t>(node.levels);
  const auto thresholds = std::span(node.thresholds).subspan(channel * levels, levels);
  const auto reached =
      std::upper_bound(thresholds.begin(), thresholds.end(), x) - thresholds.begin();
  return node.scale * static_cast<double>(reached) + node.offset;
}

const FeatureShape& SourceShape(const Network& network, const NetworkNode& node,
                                std::size_t input) {
  const std::int32_t source = node.sources[input];
  return source == kNetworkInput ? network.input_shape : network.nodes[source].shape;
}

NetworkRunner::NetworkRunner(const Network& network) : network_(network) {
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const NetworkNode& node = network.nodes[i];
    SPIKEMESH_CHECK(ParametersFit(network, i));
    const auto* convolution = std::get_if<ConvolutionNode>(&node.operation);
    prepared_.push_back(convolution != nullptr ? Prepare(*convolution) : PreparedWeights{});
    outputs_.emplace_back(node.shape.size());
  }
}

NetworkRunner::PreparedWeights NetworkRunner::Prepare(const ConvolutionNode& node) {
  PreparedWeights prepared;
  const std::size_t outputs = node.bias.size();
  const std::size_t per_output = outputs == 0 ? 0 : node.weights.size() / outputs;
  const std::size_t group_outputs = outputs / node.groups;
  const bool precise = !node.precise_weights.empty();
  prepared.by_input.resize(precise ? 0 : node.weights.size());
  prepared.precise_by_input.resize(node.precise_weights.size());
  for (std::size_t o = 0; o < outputs; ++o) {
    const ChannelWeights channel = WeightsOfChannel(node, o);
    prepared.scale.push_back(channel.scale);
    std::size_t to = o / group_outputs * group_outputs * per_output + o % group_outputs;
    for (std::size_t i = 0; i < per_output; ++i, to += group_outputs) {
      if (precise) {
        prepared.precise_by_input[to] = channel.values[i];
      } else {
        prepared.by_input[to] = static_cast<float>(channel.values[i]);
      }
    }
  }
  return prepared;
}

template <typename Weight>
void NetworkRunner::RunConvolution(std::size_t index, std::span<const double> input,
                                   std::span<const Weight> weights) {
  const auto& node = std::get<ConvolutionNode>(network_.nodes[index].operation);
  const FeatureShape& shape = network_.nodes[index].shape;
  const PreparedWeights& prepared = prepared_[index];
  const std::int64_t plane = std::int64_t{shape.height} * shape.width;
  const std::int64_t group_outputs = shape.channels / node.groups;
  FeatureShape group_shape = SourceShape(network_, network_.nodes[index]);
  group_shape.channels /= node.groups;
  sums_.resize(group_outputs);
  for (std::int64_t g = 0; g < node.groups; ++g) {
    const std::size_t group_weights = node.weights.size() / node.groups;
    const GroupInput<Weight> group{node.window, group_shape,
                                   input.subspan(g * group_shape.size(), group_shape.size()),
                                   weights.subspan(g * group_weights, group_weights)};
    for (std::int64_t position = 0; position < plane; ++position) {
      SumWindow(group, position / shape.width, position % shape.width, sums_);
      for (std::int64_t o = 0; o < group_outputs; ++o) {
        const std::int64_t channel = g * group_outputs + o;
        outputs_[index][channel * plane + position] =
            ApplyScaleAndBias(prepared.scale[channel], sums_[o], double{node.bias[channel]});
      }
    }
  }
}

void NetworkRunner::RunNode(std::size_t index) {
  const NetworkNode& node = network_.nodes[index];
  NodeWork work{SourceShape(network_, node), {}, node.shape, outputs_[index]};
  for (const std::int32_t source : node.sources) {
    work.inputs.push_back(source == kNetworkInput ? input_ : outputs_[source]);
  }
  const PreparedWeights& prepared = prepared_[index];
  if (!prepared.precise_by_input.empty()) {
    RunConvolution<double>(index, work.inputs[0], prepared.precise_by_input);
  } else if (std::holds_alternative<ConvolutionNode>(node.operation)) {
    RunConvolution<float>(index, work.inputs[0], prepared.by_input);
  }
  std::visit([&](const auto& operation) { RunOperation(operation, work); }, node.operation);
}

void NetworkRunner::RunFrom(std::size_t first) {
  for (std::size_t i = first; i < network_.nodes.size(); ++i) {
    RunNode(i);
  }
}

const std::vector<std::vector<double>>& NetworkRunner::Run(std::span<const double> input) {
  SPIKEMESH_CHECK(static_cast<std::int64_t>(input.size()) == network_.input_shape.size());
  input_.assign(input.begin(), input.end());
  RunFrom(0);
  return outputs_;
}

const std::vector<std::vector<double>>& NetworkRunner::RunAfter(std::size_t node,
                                                                std::span<const double> values) {
  SPIKEMESH_CHECK(!input_.empty() && values.size() == outputs_[node].size());
  std::ranges::copy(values, outputs_[node].begin());
  RunFrom(node + 1);
  return outputs_;
}

std::int32_t NetworkRunner::predicted_class() const {
  SPIKEMESH_CHECK(!outputs_.empty());
  const std::vector<double>& scores = outputs_.back();
  return static_cast<std::int32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace spikemesh
