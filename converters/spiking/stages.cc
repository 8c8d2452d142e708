// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/stages.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "converters/spiking/check_network.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

// The nodes from the input to the output. Every node has one source, so only nodes that the output
// does not depend on can be missing.
absl::StatusOr<std::vector<const NetworkNode*>> Chain(const Network& network) {
  std::vector<const NetworkNode*> chain;
  for (std::int32_t at = network.output(); at != kNetworkInput;
       at = network.nodes[static_cast<std::size_t>(at)].sources[0]) {
    chain.push_back(&network.nodes[static_cast<std::size_t>(at)]);
  }
  std::reverse(chain.begin(), chain.end());
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (chain[i] != &network.nodes[i]) {
      return absl::UnimplementedError(
          Concat(NodeText(network.nodes[i]),
                 " is not on the way from the input to the output; one chain of nodes is allowed"));
    }
  }
  return chain;
}

absl::Status CheckKinds(const Network& network) {
  for (const NetworkNode& node : network.nodes) {
    const bool known = std::holds_alternative<ConvolutionNode>(node.operation) ||
                       std::holds_alternative<BatchNormNode>(node.operation) ||
                       std::holds_alternative<AffineNode>(node.operation) ||
                       std::holds_alternative<StepNode>(node.operation) ||
                       std::holds_alternative<ReshapeNode>(node.operation);
    if (!known) {
      return absl::UnimplementedError(
          Concat(NodeText(node),
                 ": not converted; convolutions, batch normalization, affine nodes, steps and "
                 "reshapes allowed"));
    }
  }
  return absl::OkStatus();
}

absl::Status AddConvolution(const Network& network, const NetworkNode& node, Stage& stage) {
  if (stage.convolution != nullptr) {
    return absl::UnimplementedError(
        Concat(NodeText(node), " follows ", NodeText(*stage.convolution),
               " without a step between; pipelined networks need a step (sign, or x >= 0) after "
               "every layer, other activations need --mode rate"));
  }
  stage.convolution = &node;
  stage.convolution_input = SourceShape(network, node);
  return absl::OkStatus();
}

absl::Status AddToStages(const Network& network, const NetworkNode& node, StagedNetwork& staged) {
  Stage& stage = staged.tail;  // the one being filled
  if (std::holds_alternative<ConvolutionNode>(node.operation)) {
    return AddConvolution(network, node, stage);
  }
  if (std::holds_alternative<ReshapeNode>(node.operation)) {
    return absl::OkStatus();
  }
  if (!std::holds_alternative<StepNode>(node.operation)) {
    (stage.convolution == nullptr ? stage.before : stage.functions).push_back(&node);
    return absl::OkStatus();
  }
  if (stage.convolution == nullptr && !staged.stages.empty()) {
    return absl::UnimplementedError(
        Concat(NodeText(node), " follows ", NodeText(*staged.stages.back().step),
               " without a layer between; remove one of the two steps"));
  }
  stage.step = &node;
  staged.stages.push_back(std::move(stage));
  stage = Stage();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StagedNetwork> CutIntoStages(const Network& network) {
  SPIKEMESH_RETURN_IF_ERROR(CheckKinds(network));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<const NetworkNode*> chain, Chain(network));
  StagedNetwork staged;
  for (const NetworkNode* node : chain) {
    SPIKEMESH_RETURN_IF_ERROR(AddToStages(network, *node, staged));
  }
  if (staged.stages.size() < 2) {
    return absl::UnimplementedError(
        Concat("network \"", network.name, "\" has ", staged.stages.size(),
               " step activations; pipelined networks need at least two, one that encodes the "
               "image and one after each layer; other activations need --mode rate"));
  }
  return staged;
}

double ApplyFunction(const NetworkNode& node, std::int64_t flat, double x) {
  const std::int64_t plane = std::int64_t{node.shape.height} * node.shape.width;
  const auto channel = static_cast<std::size_t>(flat / plane);
  if (const auto* norm = std::get_if<BatchNormNode>(&node.operation)) {
    return ApplyBatchNorm(*norm, channel, x);
  }
  return ApplyAffine(std::get<AffineNode>(node.operation), channel, x);
}

double ApplyFunctions(const std::vector<const NetworkNode*>& nodes, std::int64_t flat, double x) {
  for (const NetworkNode* node : nodes) {
    x = ApplyFunction(*node, flat, x);
  }
  return x;
}

}  // namespace spikemesh
