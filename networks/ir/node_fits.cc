// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/node_fits.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "networks/ir/run_network.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

using Shapes = std::vector<FeatureShape>;

bool WindowFits(const WindowGeometry& window, const FeatureShape& input,
                const FeatureShape& output) {
  const std::int32_t least = std::min({window.kernel_y, window.kernel_x, window.stride_y,
                                       window.stride_x, window.dilation_y, window.dilation_x});
  return least >= 1 && OutputExtent(AxisY(window), input.height) == output.height &&
         OutputExtent(AxisX(window), input.width) == output.width;
}

// Overloads by operation: `inputs` enter the node, `output` is the node's shape.
bool Fits(const ConvolutionNode& node, const Shapes& inputs, const FeatureShape& output) {
  const FeatureShape& input = inputs[0];
  if (node.groups < 1 || input.channels % node.groups != 0 || output.channels % node.groups != 0) {
    return false;
  }
  const std::int64_t per_output =
      std::int64_t{input.channels / node.groups} * node.window.kernel_y * node.window.kernel_x;
  return WindowFits(node.window, input, output) &&
         static_cast<std::int64_t>(node.bias.size()) == output.channels &&
         static_cast<std::int64_t>(node.weights.size()) == output.channels * per_output &&
         (node.precise_weights.empty() || node.precise_weights.size() == node.weights.size());
}

bool Fits(const BatchNormNode& node, const Shapes& inputs, const FeatureShape& output) {
  const auto channels = static_cast<std::size_t>(output.channels);
  return node.gamma.size() == channels && node.beta.size() == channels &&
         node.mean.size() == channels && node.variance.size() == channels && inputs[0] == output;
}

bool Fits(const AffineNode& node, const Shapes& inputs, const FeatureShape& output) {
  const auto channels = static_cast<std::size_t>(output.channels);
  return node.scale.size() == channels && node.offset.size() == channels && inputs[0] == output;
}

bool Fits(const StepNode& /*node*/, const Shapes& inputs, const FeatureShape& output) {
  return inputs[0] == output;
}

bool Fits(const SignNode& /*node*/, const Shapes& inputs, const FeatureShape& output) {
  return inputs[0] == output;
}

bool Fits(const ReshapeNode& /*node*/, const Shapes& inputs, const FeatureShape& output) {
  return inputs[0].size() == output.size();
}

bool Fits(const ClipNode& /*node*/, const Shapes& inputs, const FeatureShape& output) {
  return inputs[0] == output;
}

bool Fits(const RoundNode& /*node*/, const Shapes& inputs, const FeatureShape& output) {
  return inputs[0] == output;
}

bool Fits(const MultiThresholdNode& node, const Shapes& inputs, const FeatureShape& output) {
  return node.levels >= 1 && inputs[0] == output &&
         static_cast<std::int64_t>(node.thresholds.size()) ==
             std::int64_t{output.channels} * node.levels;
}

bool Fits(const PoolNode& node, const Shapes& inputs, const FeatureShape& output) {
  return node.overhang_bottom >= 0 && node.overhang_bottom <= node.window.pad_bottom &&
         node.overhang_right >= 0 && node.overhang_right <= node.window.pad_right &&
         WindowFits(node.window, inputs[0], output) && inputs[0].channels == output.channels &&
         EveryWindowMeetsInput(AxisY(node.window), inputs[0].height) &&
         EveryWindowMeetsInput(AxisX(node.window), inputs[0].width);
}

bool Fits(const AddNode& /*node*/, const Shapes& inputs, const FeatureShape& output) {
  return std::all_of(inputs.begin(), inputs.end(),
                     [&](const FeatureShape& input) { return input == output; });
}

bool Fits(const ConcatNode& /*node*/, const Shapes& inputs, const FeatureShape& output) {
  std::int64_t channels = 0;
  for (const FeatureShape& input : inputs) {
    channels += input.channels;
    if (input.height != output.height || input.width != output.width) {
      return false;
    }
  }
  return channels == output.channels;
}

}  // namespace

bool SourceCountFits(const NetworkNode& node) {
  const bool joins = std::holds_alternative<AddNode>(node.operation) ||
                     std::holds_alternative<ConcatNode>(node.operation);
  return joins ? node.sources.size() >= 2 : node.sources.size() == 1;
}

bool ParametersFit(const Network& network, std::size_t index) {
  const NetworkNode& node = network.nodes[index];
  if (!SourceCountFits(node)) {
    return false;
  }
  Shapes inputs;
  for (std::size_t i = 0; i < node.sources.size(); ++i) {
    const std::int64_t source = node.sources[i];
    if (source < kNetworkInput || source >= static_cast<std::int64_t>(index)) {
      return false;
    }
    inputs.push_back(SourceShape(network, node, i));
  }
  return std::visit([&](const auto& operation) { return Fits(operation, inputs, node.shape); },
                    node.operation);
}

}  // namespace spikemesh
