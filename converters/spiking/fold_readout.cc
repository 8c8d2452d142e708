// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_readout.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <variant>

#include "converters/spiking/channel_sum.h"
#include "converters/spiking/check_network.h"
#include "converters/spiking/logit_levels.h"
#include "core/base/strings.h"
#include "networks/ir/window.h"

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

std::string NameOf(const Branch& branch) { return Concat("node \"", branch.name, "\""); }

// A dense layer, or a convolution whose window is the whole input.
absl::Status CheckIsDense(const Branch& branch) {
  const WindowGeometry& window = branch.convolution.window;
  const bool whole = window.kernel_y == branch.input.height &&
                     window.kernel_x == branch.input.width && branch.output.height == 1 &&
                     branch.output.width == 1 && window.pad_top == 0 && window.pad_left == 0 &&
                     window.dilation_y == 1 && window.dilation_x == 1;
  if (!whole) {
    return Refuse(NameOf(branch), " gives ", ShapeText(branch.output), " from ",
                  ShapeText(branch.input), "; only a dense layer is allowed here");
  }
  return absl::OkStatus();
}

// The class that each feature votes for.
absl::StatusOr<std::vector<std::int32_t>> ReadVotes(const Branch& branch) {
  const ConvolutionNode& dense = branch.convolution;
  const std::string node = NameOf(branch);
  const auto inputs = static_cast<std::size_t>(branch.input.size());
  const std::size_t fan_in = inputs / dense.groups;
  const std::size_t group_outputs = branch.output.channels / dense.groups;
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
      return Refuse(node, ": weight ", weight, " of feature ", feature, " for class ", out,
                    " beside ", vote, "; one equal positive weight is allowed");
    }
    if (votes[feature] != -1) {
      return Refuse(node, ": feature ", feature, " has weights for the classes ", votes[feature],
                    " and ", out, "; one class per feature is allowed");
    }
    votes[feature] = static_cast<std::int32_t>(out);
  }
  return votes;
}

// Where a silent voter counts too, a class with more voters starts ahead.
absl::Status CheckVoters(const Branch& branch, const std::vector<std::int32_t>& votes,
                         double inactive) {
  std::vector<std::int64_t> voters(static_cast<std::size_t>(branch.output.channels));
  for (const std::int32_t voted : votes) {
    if (voted >= 0) {
      ++voters[static_cast<std::size_t>(voted)];
    }
  }
  if (inactive != 0 && !AllEqual(voters)) {
    const auto [least, greatest] = std::minmax_element(voters.begin(), voters.end());
    return Refuse(NameOf(branch), ": ", *least, "..", *greatest,
                  " features vote for a class, and a silent one counts ", inactive,
                  "; equally many for every class are allowed, or activations of 0 and 1");
  }
  return absl::OkStatus();
}

// How often each told level is there: those that no class tells from it are kept too, so that votes
// rise evenly; all levels but the ones that are always reached.
std::vector<std::int32_t> LevelCounts(const FoldedLevels& told, std::size_t levels) {
  std::vector<std::int32_t> counts;
  for (std::size_t k = 0; k < told.levels.size(); ++k) {
    const std::size_t next = k + 1 < told.levels.size() ? told.levels[k + 1] : levels;
    counts.push_back(static_cast<std::int32_t>(next - told.levels[k]));
  }
  return counts;
}

// The layers of the levels as one, counts[k] times layer k: class by class, level by level.
SpikingLayer JoinLevels(const std::vector<SpikingLayer>& layers,
                        const std::vector<std::int32_t>& counts, std::int32_t classes) {
  SpikingLayer joined = layers.front();
  joined.output_shape.channels =
      classes * std::accumulate(counts.begin(), counts.end(), std::int32_t{0});
  joined.thresholds.clear();
  joined.axon_weights.clear();
  for (LayerInput& edge : joined.inputs) {
    edge.weights.clear();
  }
  for (std::int32_t c = 0; c < classes; ++c) {
    for (std::size_t k = 0; k < layers.size(); ++k) {
      const SpikingLayer& layer = layers[k];
      joined.thresholds.insert(joined.thresholds.end(), counts[k], layer.thresholds[c]);
      if (!layer.axon_weights.empty()) {
        joined.axon_weights.insert(joined.axon_weights.end(), counts[k], layer.axon_weights[c]);
      }
      for (std::size_t i = 0; i < joined.inputs.size(); ++i) {
        const std::vector<std::int16_t>& weights = layer.inputs[i].weights;
        const std::size_t per_class = weights.size() / static_cast<std::size_t>(classes);
        const auto from = weights.begin() + static_cast<std::ptrdiff_t>(c * per_class);
        for (std::int32_t copy = 0; copy < counts[k]; ++copy) {
          joined.inputs[i].weights.insert(joined.inputs[i].weights.end(), from, from + per_class);
        }
      }
    }
  }
  return joined;
}

}  // namespace

absl::StatusOr<FoldedReadout> FoldVotes(const StageGraph& graph, const Activations& activations) {
  const Stage& tail = graph.tail;
  Activations values = activations;
  FoldedReadout readout;
  if (tail.branches.empty()) {
    ApplyToActivations(tail.functions, 0, values);
    SPIKEMESH_RETURN_IF_ERROR(CheckValues(values));
    readout.classes.resize(values.active.size());
    std::iota(readout.classes.begin(), readout.classes.end(), 0);
    readout.class_count = static_cast<std::int32_t>(readout.classes.size());
    return readout;
  }
  if (tail.branches.size() > 1) {
    return Refuse("node \"", tail.name, "\" adds or joins ", tail.branches.size(), " sums");
  }
  const Branch& branch = tail.branches.front();
  ApplyToActivations(branch.before, 0, values);
  SPIKEMESH_RETURN_IF_ERROR(CheckValues(values));
  SPIKEMESH_RETURN_IF_ERROR(CheckIsDense(branch));
  SPIKEMESH_ASSIGN_OR_RETURN(readout.classes, ReadVotes(branch));
  readout.class_count = branch.output.channels;
  SPIKEMESH_RETURN_IF_ERROR(CheckVoters(branch, readout.classes, values.inactive[0]));
  const std::vector<float>& bias = branch.convolution.bias;
  if (!AllEqual(bias)) {
    const auto [least, greatest] = std::minmax_element(bias.begin(), bias.end());
    return Refuse(NameOf(branch), ": biases from ", *least, " to ", *greatest,
                  "; the same for every class is allowed");
  }
  for (const std::vector<ElementFunction>* functions : {&branch.functions, &tail.functions}) {
    for (const ElementFunction& function : *functions) {
      SPIKEMESH_RETURN_IF_ERROR(CheckCommonFunction(*function.node));
    }
  }
  return readout;
}

absl::StatusOr<FoldedLogits> FoldLogits(const Stage& tail, const std::vector<StageInput>& inputs,
                                        const LayerOptions& options) {
  if (tail.shape.height != 1 || tail.shape.width != 1) {
    return Refuse("node \"", tail.name, "\" gives ", ShapeText(tail.shape),
                  "; one value a class is allowed");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const PreparedInputs prepared, PrepareInputs(tail, inputs));
  std::vector<ChannelSum> sums;
  std::vector<ChannelSum::Range> ranges;
  for (std::int32_t c = 0; c < tail.shape.channels; ++c) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        ChannelSum sum, Annotate(ChannelSum::Create(tail, inputs, prepared.values, c, options),
                                 Concat("node \"", tail.name, "\", output channel ", c)));
    ranges.push_back(prepared.RangesOf(sum).front());  // one position, one class
    sums.push_back(std::move(sum));
  }
  std::int64_t fan_in = 0;
  for (const StageInput& input : inputs) {
    fan_in += input.branch->input.size() / input.branch->convolution.groups;
  }
  const LogitLevels levels = FindLogitLevels(sums, ranges, tail, fan_in);
  FoldedLogits folded;
  folded.exact = levels.exact;
  SPIKEMESH_ASSIGN_OR_RETURN(const FoldedLevels told,
                             FoldLayer(tail, inputs, levels.values, options));
  // Levels that no class tells apart add one vote to each: where nothing else needs them, they go.
  const std::vector<std::int32_t> counts = levels.even
                                               ? LevelCounts(told, levels.values.size())
                                               : std::vector<std::int32_t>(told.levels.size(), 1);
  folded.layer = JoinLevels(told.layers, counts, tail.shape.channels);
  folded.levels = folded.layer.output_shape.channels / tail.shape.channels;
  folded.layer.name = tail.name;
  folded.readout.class_count = tail.shape.channels;
  for (std::int32_t i = 0; i < tail.shape.channels * folded.levels; ++i) {
    folded.readout.classes.push_back(i / folded.levels);
  }
  return folded;
}

}  // namespace spikemesh
