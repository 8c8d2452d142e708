// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_layer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <variant>

#include "converters/spiking/channel_sum.h"
#include "converters/spiking/fold_threshold.h"
#include "core/base/limits.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Folds one stage, output channel by output channel.
class LayerFolder {
 public:
  LayerFolder(const Stage& stage, const std::vector<StageInput>& inputs, const LevelValues& levels,
              const LayerOptions& options)
      : stage_(stage), inputs_(inputs), levels_(levels), options_(options) {
    for (const ElementFunction& function : stage.functions) {
      if (!std::holds_alternative<AffineNode>(function.node->operation) &&
          !std::holds_alternative<BatchNormNode>(function.node->operation)) {
        break;
      }
      affine_.push_back(function);
    }
  }

  absl::StatusOr<FoldedLevels> Fold();

 private:
  absl::Status Prepare();
  absl::Status FoldChannel(std::int64_t channel);
  absl::StatusOr<FoldedThreshold> FoldNeuron(const ChannelSum& sum, std::int64_t channel,
                                             std::int64_t position, const ChannelSum::Range& range,
                                             std::size_t level) const;
  absl::StatusOr<std::vector<FoldedThreshold>> FoldLevel(
      const ChannelSum& sum, std::int64_t channel, const std::vector<ChannelSum::Range>& ranges,
      std::size_t level) const;
  bool AlwaysActive(const std::vector<FoldedThreshold>& folded,
                    const std::vector<ChannelSum::Range>& ranges) const;
  absl::Status AppendThresholds(const std::vector<FoldedThreshold>& folded,
                                const std::vector<ChannelSum::Range>& ranges, bool falling,
                                SpikingLayer& layer) const;
  void SetWeights(const ChannelSum& sum, std::int64_t channel, bool falling,
                  SpikingLayer& layer) const;
  std::size_t ClassOf(std::int64_t position) const {
    return prepared_.ClassOf(position, stage_.shape.width);
  }
  std::int64_t plane() const { return std::int64_t{stage_.shape.height} * stage_.shape.width; }

  const Stage& stage_;
  const std::vector<StageInput>& inputs_;
  const LevelValues& levels_;
  const LayerOptions& options_;
  std::vector<ElementFunction> affine_;  // the stage's functions ahead of its activation
  PreparedInputs prepared_;
  std::vector<SpikingLayer> layers_;  // [level]
  // [level]: whether any neuron of it differs from that of the level below it, which for the first
  // is always active.
  std::vector<bool> is_told_;
};

absl::Status LayerFolder::Prepare() {
  SPIKEMESH_ASSIGN_OR_RETURN(prepared_, PrepareInputs(stage_, inputs_));
  SpikingLayer layer;
  layer.name = stage_.name;
  layer.output_shape = stage_.shape;
  layer.inputs = prepared_.edges;
  layer.thresholds.reserve(static_cast<std::size_t>(stage_.shape.size()));
  layers_.assign(levels_.size() - 1, layer);
  is_told_.assign(layers_.size(), false);
  for (std::size_t level = 1; level < layers_.size(); ++level) {
    layers_[level].name = LevelName(stage_.name, level + 1);
  }
  return absl::OkStatus();
}

absl::StatusOr<FoldedThreshold> LayerFolder::FoldNeuron(const ChannelSum& sum, std::int64_t channel,
                                                        std::int64_t position,
                                                        const ChannelSum::Range& range,
                                                        std::size_t level) const {
  const std::int64_t flat = channel * plane() + position;
  // Between two finite values a monotone function is finite.
  for (const std::int64_t end : {range.min, range.max}) {
    if (!std::isfinite(ApplyFunctions(affine_, flat, sum.ValueOf(position, range, end)))) {
      return absl::InvalidArgumentError("the value before the step overflows");
    }
  }
  return FoldThreshold(range.min, range.max, [&](std::int64_t n) {
    return ApplyFunctions(stage_.functions, flat, sum.ValueOf(position, range, n)) >=
           levels_[level + 1];
  });
}

bool LayerFolder::AlwaysActive(const std::vector<FoldedThreshold>& folded,
                               const std::vector<ChannelSum::Range>& ranges) const {
  for (std::size_t position = 0; position < folded.size(); ++position) {
    const std::int64_t min = ranges[ClassOf(static_cast<std::int64_t>(position))].min;
    if (!folded[position].constant || folded[position].threshold != min) {
      return false;
    }
  }
  return true;
}

absl::Status LayerFolder::AppendThresholds(const std::vector<FoldedThreshold>& folded,
                                           const std::vector<ChannelSum::Range>& ranges,
                                           bool falling, SpikingLayer& layer) const {
  for (std::size_t position = 0; position < folded.size(); ++position) {
    const ChannelSum::Range& range = ranges[ClassOf(static_cast<std::int64_t>(position))];
    std::int64_t threshold = folded[position].threshold;
    if (falling && folded[position].constant) {
      const bool always = threshold == range.min;  // then at -max, the least of the negated sums
      threshold = always ? -range.max : 1 - range.min;
    } else if (falling && !folded[position].falling) {
      return absl::UnimplementedError(
          "the step rises with the sum at some neurons and falls at others; neurons that share "
          "weights must agree");
    }
    layer.thresholds.push_back(static_cast<std::int32_t>(threshold));
  }
  return absl::OkStatus();
}

void LayerFolder::SetWeights(const ChannelSum& sum, std::int64_t channel, bool falling,
                             SpikingLayer& layer) const {
  for (const ChannelInput& input : sum.inputs()) {
    std::vector<std::int32_t> weights = input.weights;
    for (std::int32_t& weight : weights) {
      weight = falling ? -weight : weight;
    }
    SetEdgeWeights(*input.input, channel, stage_.shape, weights, layer.inputs[input.position]);
  }
  if (sum.axon_weights() != AxonWeights{}) {
    AxonWeights& values = layer.axon_weights.emplace_back(sum.axon_weights());
    for (std::int16_t& value : values) {
      value = static_cast<std::int16_t>(falling ? -value : value);
    }
  }
}

absl::StatusOr<std::vector<FoldedThreshold>> LayerFolder::FoldLevel(
    const ChannelSum& sum, std::int64_t channel, const std::vector<ChannelSum::Range>& ranges,
    std::size_t level) const {
  std::vector<FoldedThreshold> folded;
  for (std::int64_t position = 0; position < plane(); ++position) {
    SPIKEMESH_ASSIGN_OR_RETURN(folded.emplace_back(), FoldNeuron(sum, channel, position,
                                                                 ranges[ClassOf(position)], level));
  }
  return folded;
}

// All neurons of a channel, whatever their level, have the same weights: where its functions fall,
// the negated ones.
absl::Status LayerFolder::FoldChannel(std::int64_t channel) {
  SPIKEMESH_ASSIGN_OR_RETURN(
      const ChannelSum sum,
      ChannelSum::Create(stage_, inputs_, prepared_.values, channel, options_));
  const std::vector<ChannelSum::Range> ranges = prepared_.RangesOf(sum);
  std::vector<std::vector<FoldedThreshold>> levels(layers_.size());
  bool falling = false;
  for (std::size_t level = 0; level < layers_.size(); ++level) {
    SPIKEMESH_ASSIGN_OR_RETURN(levels[level], FoldLevel(sum, channel, ranges, level));
    is_told_[level] = is_told_[level] || (level == 0 ? !AlwaysActive(levels[0], ranges)
                                                     : levels[level] != levels[level - 1]);
    falling = falling || std::ranges::any_of(levels[level], &FoldedThreshold::falling);
  }
  for (std::size_t level = 0; level < layers_.size(); ++level) {
    SetWeights(sum, channel, falling, layers_[level]);
    SPIKEMESH_RETURN_IF_ERROR(AppendThresholds(levels[level], ranges, falling, layers_[level]));
  }
  return absl::OkStatus();
}

absl::StatusOr<FoldedLevels> LayerFolder::Fold() {
  SPIKEMESH_RETURN_IF_ERROR(Prepare());
  for (std::int64_t channel = 0; channel < stage_.shape.channels; ++channel) {
    SPIKEMESH_RETURN_IF_ERROR(Annotate(
        FoldChannel(channel), Concat("node \"", stage_.name, "\", output channel ", channel)));
  }
  FoldedLevels folded;
  for (std::size_t level = 0; level < layers_.size(); ++level) {
    const bool is_last_chance = folded.layers.empty() && level + 1 == layers_.size();
    if (is_told_[level] || is_last_chance) {
      folded.layers.push_back(std::move(layers_[level]));
      folded.levels.push_back(level + 1);
    }
  }
  return folded;
}

}  // namespace

absl::StatusOr<FoldedLevels> FoldLayer(const Stage& stage, const std::vector<StageInput>& inputs,
                                       const LevelValues& values, const LayerOptions& options) {
  return LayerFolder(stage, inputs, values, options).Fold();
}

}  // namespace spikemesh
