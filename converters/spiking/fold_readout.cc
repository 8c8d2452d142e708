// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_readout.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "converters/spiking/check_network.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr const char* kWhy =
    " (the host counts the spikes of each class and does nothing else; a layer that weighs them "
    "needs a step behind it, or a dense layer with one equal positive weight per feature)";

template <typename... Values>
absl::Status Refuse(const Values&... values) {
  return absl::UnimplementedError(Concat("read-out: ", values..., kWhy));
}

template <typename T>
bool AllEqual(const std::vector<T>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

// The activations must be one pair of values, rising with the spike.
absl::Status CheckValues(const Activations& activations) {
  const double inactive = activations.inactive[0];
  const double active = activations.active[0];
  if (!AllEqual(activations.inactive) || !AllEqual(activations.active) || active <= inactive) {
    return Refuse("an output of the last layer is ", inactive, " without and ", active,
                  " with a spike; one pair of values for all, the second one greater, is allowed");
  }
  return absl::OkStatus();
}

// One rising function for all classes.
absl::Status CheckCommonFunction(const NetworkNode& node) {
  bool common = false;
  if (const auto* norm = std::get_if<BatchNormNode>(&node.operation)) {
    common = AllEqual(norm->gamma) && AllEqual(norm->beta) && AllEqual(norm->mean) &&
             AllEqual(norm->variance) && norm->gamma[0] > 0;
  } else if (const auto* affine = std::get_if<AffineNode>(&node.operation)) {
    common = AllEqual(affine->scale) && AllEqual(affine->offset) && affine->scale[0] > 0;
  }
  if (!common) {
    return Refuse(
        NodeText(node),
        " reorders classes; one positive scale and one offset for all classes is allowed");
  }
  return absl::OkStatus();
}

// A dense layer, or a convolution whose window is the whole input.
absl::Status CheckIsDense(const Stage& tail) {
  const NetworkNode& node = *tail.convolution;
  const WindowGeometry& window = std::get<ConvolutionNode>(node.operation).window;
  const bool whole = window.kernel_y == tail.convolution_input.height &&
                     window.kernel_x == tail.convolution_input.width && node.shape.height == 1 &&
                     node.shape.width == 1 && window.pad_top == 0 && window.pad_left == 0 &&
                     window.dilation_y == 1 && window.dilation_x == 1;
  if (!whole) {
    return Refuse(NodeText(node), " gives ", ShapeText(node.shape), " from ",
                  ShapeText(tail.convolution_input), "; only a dense layer is allowed here");
  }
  return absl::OkStatus();
}

// The class that each feature votes for.
absl::StatusOr<std::vector<std::int32_t>> ReadVotes(const Stage& tail) {
  const NetworkNode& node = *tail.convolution;
  const auto& dense = std::get<ConvolutionNode>(node.operation);
  const auto inputs = static_cast<std::size_t>(tail.convolution_input.size());
  const std::size_t fan_in = inputs / dense.groups;
  const std::size_t group_outputs = node.shape.channels / dense.groups;
  std::vector<std::int32_t> votes(inputs, -1);
  float vote = 0.0F;  // the weight of all votes, once seen
  for (std::size_t i = 0; i < dense.weights.size(); ++i) {
    const float weight = dense.weights[i];
    if (weight == 0.0F) {
      continue;
    }
    const std::size_t out = i / fan_in;
    const std::size_t feature = out / group_outputs * fan_in + i % fan_in;
    vote = vote == 0.0F ? weight : vote;
    if (weight != vote || weight < 0.0F) {
      return Refuse(NodeText(node), ": weight ", weight, " of feature ", feature, " for class ",
                    out, " beside ", vote, "; one equal positive weight is allowed");
    }
    if (votes[feature] != -1) {
      return Refuse(NodeText(node), ": feature ", feature, " has weights for the classes ",
                    votes[feature], " and ", out, "; one class per feature is allowed");
    }
    votes[feature] = static_cast<std::int32_t>(out);
  }
  return votes;
}

// Where a silent voter counts too, a class with more voters starts ahead.
absl::Status CheckVoters(const NetworkNode& node, const std::vector<std::int32_t>& votes,
                         double inactive) {
  std::vector<std::int64_t> voters(static_cast<std::size_t>(node.shape.channels));
  for (const std::int32_t voted : votes) {
    if (voted >= 0) {
      ++voters[static_cast<std::size_t>(voted)];
    }
  }
  if (inactive != 0 && !AllEqual(voters)) {
    const auto [least, greatest] = std::minmax_element(voters.begin(), voters.end());
    return Refuse(NodeText(node), ": ", *least, "..", *greatest,
                  " features vote for a class, and a silent one counts ", inactive,
                  "; equally many for every class are allowed, or activations of 0 and 1");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FoldedReadout> FoldReadout(const Stage& tail, const Activations& activations) {
  Activations values = activations;
  ApplyToActivations(tail.before, values);
  SPIKEMESH_RETURN_IF_ERROR(CheckValues(values));
  FoldedReadout readout;
  if (tail.convolution == nullptr) {
    readout.classes.resize(values.active.size());
    std::iota(readout.classes.begin(), readout.classes.end(), 0);
    readout.class_count = static_cast<std::int32_t>(readout.classes.size());
    return readout;
  }
  const NetworkNode& node = *tail.convolution;
  SPIKEMESH_RETURN_IF_ERROR(CheckIsDense(tail));
  SPIKEMESH_ASSIGN_OR_RETURN(readout.classes, ReadVotes(tail));
  readout.class_count = node.shape.channels;
  SPIKEMESH_RETURN_IF_ERROR(CheckVoters(node, readout.classes, values.inactive[0]));
  const std::vector<float>& bias = std::get<ConvolutionNode>(node.operation).bias;
  if (!AllEqual(bias)) {
    const auto [least, greatest] = std::minmax_element(bias.begin(), bias.end());
    return Refuse(NodeText(node), ": biases from ", *least, " to ", *greatest,
                  "; the same for every class is allowed");
  }
  for (const NetworkNode* function : tail.functions) {
    SPIKEMESH_RETURN_IF_ERROR(CheckCommonFunction(*function));
  }
  return readout;
}

}  // namespace spikemesh
