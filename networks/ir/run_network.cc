// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_network.h"

#include <algorithm>
#include <cmath>

#include "core/base/status.h"

namespace spikemesh {
namespace {

// sums[o] += weights[o] * x for all output channels of a group.
void AddScaled(const float* weights, double x, std::span<double> sums) {
  for (std::size_t o = 0; o < sums.size(); ++o) {
    sums[o] += double{weights[o]} * x;
  }
}

// One group of a convolution: the input channels that it reads and their weights.
struct GroupInput {
  const WindowGeometry& window;
  FeatureShape shape;              // {channels of the group, height, width}
  std::span<const double> values;  // [shape]
  std::span<const float> weights;  // [shape.channels, kernel_y, kernel_x, sums.size()]
};

// Adds row `ky` of the window, over input channel `c`, whose first input is row `top` and column
// `left` (outside the input: zeros).
void AddWindowRow(const GroupInput& group, std::int64_t c, std::int64_t ky, std::int64_t top,
                  std::int64_t left, std::span<double> sums) {
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
void SumWindow(const GroupInput& group, std::int64_t y, std::int64_t x, std::span<double> sums) {
  const std::int64_t top = y * group.window.stride_y - group.window.pad_top;
  const std::int64_t left = x * group.window.stride_x - group.window.pad_left;
  std::fill(sums.begin(), sums.end(), 0.0);
  for (std::int64_t c = 0; c < group.shape.channels; ++c) {
    for (std::int64_t ky = 0; ky < group.window.kernel_y; ++ky) {
      AddWindowRow(group, c, ky, top, left, sums);
    }
  }
}

// output[i] = function(channel of i, input[i]) over a tensor of `shape`.
template <typename Function>
void MapChannels(const FeatureShape& shape, std::span<const double> input, std::span<double> output,
                 const Function& function) {
  const std::int64_t plane = std::int64_t{shape.height} * shape.width;
  for (std::int64_t c = 0; c < shape.channels; ++c) {
    for (std::int64_t i = c * plane; i < (c + 1) * plane; ++i) {
      output[i] = function(static_cast<std::size_t>(c), input[i]);
    }
  }
}

// Whether the parameters of `node` have the sizes that its shapes ask for.
bool ParametersFit(const NetworkNode& node, const FeatureShape& input) {
  const auto channels = static_cast<std::size_t>(node.shape.channels);
  if (const auto* convolution = std::get_if<ConvolutionNode>(&node.operation)) {
    const WindowGeometry& window = convolution->window;
    const std::int64_t per_output =
        std::int64_t{input.channels / convolution->groups} * window.kernel_y * window.kernel_x;
    return convolution->bias.size() == channels &&
           convolution->weights.size() == channels * static_cast<std::size_t>(per_output) &&
           input.channels % convolution->groups == 0 &&
           node.shape.channels % convolution->groups == 0;
  }
  if (const auto* norm = std::get_if<BatchNormNode>(&node.operation)) {
    return norm->gamma.size() == channels && norm->beta.size() == channels &&
           norm->mean.size() == channels && norm->variance.size() == channels;
  }
  if (const auto* affine = std::get_if<AffineNode>(&node.operation)) {
    return affine->scale.size() == channels && affine->offset.size() == channels;
  }
  return node.shape.size() == input.size();
}

const FeatureShape& SourceShape(const Network& network, const NetworkNode& node) {
  return node.source == kNetworkInput ? network.input_shape : network.nodes[node.source].shape;
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

NetworkRunner::NetworkRunner(const Network& network) : network_(network) {
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const NetworkNode& node = network.nodes[i];
    SPIKEMESH_CHECK(node.source >= kNetworkInput && node.source < static_cast<std::int64_t>(i));
    SPIKEMESH_CHECK(ParametersFit(node, SourceShape(network, node)));
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
  prepared.by_input.resize(node.weights.size());
  for (std::size_t o = 0; o < outputs; ++o) {
    const auto weights = std::span(node.weights).subspan(o * per_output, per_output);
    const std::optional<IntegerWeights> factored = FactorWeights(weights);
    prepared.scale.push_back(factored.has_value() ? factored->scale : 1.0);
    float* to =
        &prepared.by_input[o / group_outputs * group_outputs * per_output + o % group_outputs];
    for (std::size_t i = 0; i < per_output; ++i, to += group_outputs) {
      *to = factored.has_value() ? static_cast<float>(factored->values[i]) : weights[i];
    }
  }
  return prepared;
}

void NetworkRunner::RunConvolution(std::size_t index, std::span<const double> input,
                                   const FeatureShape& input_shape) {
  const auto& node = std::get<ConvolutionNode>(network_.nodes[index].operation);
  const FeatureShape& shape = network_.nodes[index].shape;
  const PreparedWeights& prepared = prepared_[index];
  const std::int64_t plane = std::int64_t{shape.height} * shape.width;
  const std::int64_t group_outputs = shape.channels / node.groups;
  FeatureShape group_shape = input_shape;
  group_shape.channels /= node.groups;
  sums_.resize(group_outputs);
  for (std::int64_t g = 0; g < node.groups; ++g) {
    const std::size_t group_weights = node.weights.size() / node.groups;
    const GroupInput group{node.window, group_shape,
                           input.subspan(g * group_shape.size(), group_shape.size()),
                           std::span(prepared.by_input).subspan(g * group_weights, group_weights)};
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

void NetworkRunner::RunNode(std::size_t index, std::span<const double> input,
                            const FeatureShape& input_shape) {
  const NetworkNode& node = network_.nodes[index];
  const std::span<double> output = outputs_[index];
  if (std::holds_alternative<ConvolutionNode>(node.operation)) {
    RunConvolution(index, input, input_shape);
  } else if (const auto* norm = std::get_if<BatchNormNode>(&node.operation)) {
    MapChannels(node.shape, input, output,
                [norm](std::size_t c, double x) { return ApplyBatchNorm(*norm, c, x); });
  } else if (const auto* affine = std::get_if<AffineNode>(&node.operation)) {
    MapChannels(node.shape, input, output,
                [affine](std::size_t c, double x) { return ApplyAffine(*affine, c, x); });
  } else if (const auto* step = std::get_if<StepNode>(&node.operation)) {
    MapChannels(node.shape, input, output, [step](std::size_t, double x) {
      return StepIsHigh(*step, x) ? step->high : step->low;
    });
  } else {
    std::copy(input.begin(), input.end(), output.begin());
  }
}

void NetworkRunner::RunFrom(std::size_t first) {
  for (std::size_t i = first; i < network_.nodes.size(); ++i) {
    const NetworkNode& node = network_.nodes[i];
    RunNode(i, node.source == kNetworkInput ? input_ : outputs_[node.source],
            SourceShape(network_, node));
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
