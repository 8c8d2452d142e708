// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_layer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "converters/spiking/check_network.h"
#include "converters/spiking/fold_threshold.h"
#include "core/base/limits.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// What the taps inside the input contribute to one neuron's sum.
struct SumRange {
  std::int64_t min = 0;  // of n
  std::int64_t max = 0;
  double offset = 0.0;  // sum of q inactive
};

// The window's rows (or columns) by which of their taps lie inside; border outputs differ.
struct AxisClasses {
  std::vector<TapRange> ranges;        // the distinct ones
  std::vector<std::size_t> of_output;  // [output extent], position in ranges
};

AxisClasses ClassifyOutputs(const WindowAxis& axis, std::int64_t input_extent,
                            std::int64_t output_extent) {
  AxisClasses classes;
  for (std::int64_t output = 0; output < output_extent; ++output) {
    const TapRange range = TapsInside(axis, output, input_extent);
    const auto at = std::find(classes.ranges.begin(), classes.ranges.end(), range);
    classes.of_output.push_back(at - classes.ranges.begin());
    if (at == classes.ranges.end()) {
      classes.ranges.push_back(range);
    }
  }
  return classes;
}

// One output channel's weights, [input channels of the group, kernel_y, kernel_x].
struct ChannelWeights {
  const WindowGeometry& window;
  std::span<const std::int32_t> values;  // q
  std::span<const double> inactive;      // [input channels of the group]
  std::span<const std::int16_t> sign;    // likewise
};

SumRange RangeInside(const ChannelWeights& channel, const TapRange& rows, const TapRange& columns) {
  const WindowGeometry& window = channel.window;
  SumRange range;
  for (std::size_t c = 0; c < channel.inactive.size(); ++c) {
    for (std::int64_t ky = rows.begin; ky < rows.end; ++ky) {
      const std::size_t row = (c * window.kernel_y + ky) * window.kernel_x;
      for (std::int64_t kx = columns.begin; kx < columns.end; ++kx) {
        const std::int32_t weight = channel.values[row + kx];
        const std::int32_t signed_weight = weight * channel.sign[c];
        (signed_weight < 0 ? range.min : range.max) += signed_weight;
        range.offset += weight * channel.inactive[c];
      }
    }
  }
  return range;
}

// Folds one stage, output channel by output channel.
class LayerFolder {
 public:
  LayerFolder(const Stage& stage, const InputValues& inputs)
      : stage_(stage),
        node_(*stage.convolution),
        convolution_(std::get<ConvolutionNode>(node_.operation)),
        inputs_(inputs),
        rows_(ClassifyOutputs(AxisY(convolution_.window), stage.convolution_input.height,
                              node_.shape.height)),
        columns_(ClassifyOutputs(AxisX(convolution_.window), stage.convolution_input.width,
                                 node_.shape.width)) {
    layer_.name = node_.name;
    layer_.output_shape = node_.shape;
    LayerInput input;
    input.shape = stage.convolution_input;
    input.window = convolution_.window;
    input.groups = convolution_.groups;
    input.weights.reserve(convolution_.weights.size());
    layer_.inputs.push_back(std::move(input));
    layer_.thresholds.reserve(static_cast<std::size_t>(node_.shape.size()));
  }

  absl::StatusOr<SpikingLayer> Fold() {
    for (std::int64_t out = 0; out < node_.shape.channels; ++out) {
      SPIKEMESH_RETURN_IF_ERROR(
          Annotate(FoldChannel(out), Concat(NodeText(node_), ", output channel ", out)));
    }
    return std::move(layer_);
  }

 private:
  absl::Status FoldChannel(std::int64_t out);
  std::vector<SumRange> RangesOf(const ChannelWeights& channel) const;  // by RangeOf
  absl::StatusOr<FoldedThreshold> FoldNeuron(std::int64_t flat, double scale,
                                             const SumRange& range) const;
  absl::Status AppendThresholds(const std::vector<FoldedThreshold>& folded,
                                const std::vector<SumRange>& ranges, bool falling);
  double StepInput(std::int64_t flat, double scale, const SumRange& range, std::int64_t sum) const;
  std::size_t RangeOf(std::int64_t position) const {  // rows by columns
    return rows_.of_output[position / node_.shape.width] * columns_.ranges.size() +
           columns_.of_output[position % node_.shape.width];
  }
  std::int64_t plane() const { return std::int64_t{node_.shape.height} * node_.shape.width; }

  const Stage& stage_;
  const NetworkNode& node_;
  const ConvolutionNode& convolution_;
  const InputValues& inputs_;
  AxisClasses rows_;
  AxisClasses columns_;
  SpikingLayer layer_;
};

double LayerFolder::StepInput(std::int64_t flat, double scale, const SumRange& range,
                              std::int64_t sum) const {
  const double total = range.offset + inputs_.swing * static_cast<double>(sum);
  return ApplyFunctions(stage_.functions, flat,
                        ApplyScaleAndBias(scale, total, convolution_.bias[flat / plane()]));
}

absl::StatusOr<FoldedThreshold> LayerFolder::FoldNeuron(std::int64_t flat, double scale,
                                                        const SumRange& range) const {
  // Between two finite values a monotone function is finite.
  if (!std::isfinite(StepInput(flat, scale, range, range.min)) ||
      !std::isfinite(StepInput(flat, scale, range, range.max))) {
    return absl::InvalidArgumentError("the value before the step overflows");
  }
  const auto& step = std::get<StepNode>(stage_.step->operation);
  return FoldThreshold(range.min, range.max, [&](std::int64_t sum) {
    return StepIsHigh(step, StepInput(flat, scale, range, sum));
  });
}

absl::Status LayerFolder::AppendThresholds(const std::vector<FoldedThreshold>& folded,
                                           const std::vector<SumRange>& ranges, bool falling) {
  for (std::size_t position = 0; position < folded.size(); ++position) {
    const SumRange& range = ranges[RangeOf(static_cast<std::int64_t>(position))];
    std::int64_t threshold = folded[position].threshold;
    if (falling && folded[position].constant) {
      const bool always = threshold == range.min;  // then at -max, the least of the negated sums
      threshold = always ? -range.max : 1 - range.min;
    } else if (falling && !folded[position].falling) {
      return absl::UnimplementedError(
          "the step rises with the sum at some neurons and falls at others; neurons that share "
          "weights must agree");
    }
    layer_.thresholds.push_back(static_cast<std::int32_t>(threshold));
  }
  return absl::OkStatus();
}

std::vector<SumRange> LayerFolder::RangesOf(const ChannelWeights& channel) const {
  std::vector<SumRange> ranges;
  for (const TapRange& rows : rows_.ranges) {
    for (const TapRange& columns : columns_.ranges) {
      ranges.push_back(RangeInside(channel, rows, columns));
    }
  }
  return ranges;
}

absl::Status LayerFolder::FoldChannel(std::int64_t out) {
  const std::size_t fan_in = convolution_.weights.size() / node_.shape.channels;
  const std::optional<IntegerWeights> factored =
      FactorWeights(std::span(convolution_.weights).subspan(out * fan_in, fan_in));
  if (!factored.has_value()) {
    return absl::UnimplementedError(
        Concat("the weights are not whole multiples, ", -kWeightMax, "..", kWeightMax,
               ", of one scale; train with binary or ternary weights (--weights quantisation is "
               "not available yet)"));
  }
  const std::size_t group_inputs = stage_.convolution_input.channels / convolution_.groups;
  const std::int64_t group = out / (node_.shape.channels / convolution_.groups);
  const ChannelWeights channel = {
      convolution_.window, factored->values,
      std::span(inputs_.inactive).subspan(group * group_inputs, group_inputs),
      std::span(inputs_.sign).subspan(group * group_inputs, group_inputs)};
  const std::vector<SumRange> ranges = RangesOf(channel);
  std::vector<FoldedThreshold> folded;
  bool falling = false;
  for (std::int64_t position = 0; position < plane(); ++position) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        const FoldedThreshold found,
        FoldNeuron(out * plane() + position, factored->scale, ranges[RangeOf(position)]));
    falling = falling || found.falling;
    folded.push_back(found);
  }
  const std::size_t taps = fan_in / group_inputs;
  for (std::size_t i = 0; i < fan_in; ++i) {
    const std::int32_t weight = factored->values[i] * channel.sign[i / taps];
    layer_.inputs[0].weights.push_back(static_cast<std::int16_t>(falling ? -weight : weight));
  }
  return AppendThresholds(folded, ranges, falling);
}

// So that no sum of weights leaves 32 bits.
absl::Status CheckFanIn(const NetworkNode& node) {
  constexpr std::int64_t kFanInMax = std::numeric_limits<std::int32_t>::max() / kWeightMax - 1;
  const auto weights =
      static_cast<std::int64_t>(std::get<ConvolutionNode>(node.operation).weights.size());
  const std::int64_t fan_in = weights / node.shape.channels;
  if (fan_in > kFanInMax) {
    return absl::OutOfRangeError(Concat(NodeText(node), ": ", fan_in,
                                        " inputs per neuron, at most ", kFanInMax, " allowed"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SpikingLayer> FoldLayer(const Stage& stage, const Activations& inputs) {
  SPIKEMESH_RETURN_IF_ERROR(CheckFanIn(*stage.convolution));
  SPIKEMESH_ASSIGN_OR_RETURN(const InputValues values,
                             ToInputValues(inputs, stage.convolution_input, *stage.convolution));
  return LayerFolder(stage, values).Fold();
}

}  // namespace spikemesh
