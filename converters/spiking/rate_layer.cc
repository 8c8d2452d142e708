// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/rate_layer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "converters/spiking/channel_sum.h"
#include "core/base/limits.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// A threshold of fewer units would make rates coarse, and a codebook with fewer steps weights.
constexpr double kThresholdUnitsMin = 256;
constexpr std::int32_t kCodebookMagnitudeMin = 31;

// Folds one stage, output channel by output channel.
class RateLayerFolder {
 public:
  RateLayerFolder(const Stage& stage, const std::vector<StageInput>& inputs,
                  const RateLayerOptions& options)
      : stage_(stage), inputs_(inputs), options_(options) {}

  absl::StatusOr<SpikingLayer> Fold();

 private:
  absl::Status Prepare();
  absl::Status FoldChannel(std::int64_t channel);
  double BiasAt(const ChannelSum& sum, std::int64_t channel, std::int64_t position) const;
  std::int64_t plane() const { return std::int64_t{stage_.shape.height} * stage_.shape.width; }

  const Stage& stage_;
  const std::vector<StageInput>& inputs_;
  const RateLayerOptions& options_;
  std::vector<InputValues> values_;
  AxisClasses rows_;
  AxisClasses columns_;
  SpikingLayer layer_;
};

absl::Status RateLayerFolder::Prepare() {
  std::vector<WindowAxis> axes_y;
  std::vector<WindowAxis> axes_x;
  std::vector<std::int64_t> heights;
  std::vector<std::int64_t> widths;
  layer_.name = stage_.name;
  layer_.output_shape = stage_.shape;
  for (const StageInput& input : inputs_) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        InputValues values, ToInputValues(input.values, input.branch->input, input.branch->name));
    values_.push_back(std::move(values));
    axes_y.push_back(AxisY(input.branch->convolution.window));
    axes_x.push_back(AxisX(input.branch->convolution.window));
    heights.push_back(input.branch->input.height);
    widths.push_back(input.branch->input.width);
    layer_.inputs.push_back(EmptyEdge(input, stage_.shape));
  }
  rows_ = ClassifyOutputs(axes_y, heights, stage_.shape.height);
  columns_ = ClassifyOutputs(axes_x, widths, stage_.shape.width);
  return absl::OkStatus();
}

// The value of the stage's line without a spike, the correction of quantisation included.
double RateLayerFolder::BiasAt(const ChannelSum& sum, std::int64_t channel,
                               std::int64_t position) const {
  const ChannelSum::Range range =
      sum.RangeInside(rows_.ranges[rows_.of_output[position / stage_.shape.width]],
                      columns_.ranges[columns_.of_output[position % stage_.shape.width]]);
  const RateActivation& line = options_.lines[channel * plane() + position];
  return line.slope * sum.ValueOf(position, range, 0) + line.offset;
}

absl::Status RateLayerFolder::FoldChannel(std::int64_t channel) {
  const std::int64_t first = channel * plane();
  LayerOptions weights{.weights = options_.weights, .magnitude_max = kWeightMax};
  SPIKEMESH_ASSIGN_OR_RETURN(
      ChannelSum sum, ChannelSum::Create(stage_, inputs_, values_, channel, weights));
  std::vector<double> biases;
  double greatest = 0.0;  // of the biases' magnitudes
  double lambda_min = options_.lambda[first];
  for (std::int64_t position = 0; position < plane(); ++position) {
    biases.push_back(BiasAt(sum, channel, position));
    greatest = std::max(greatest, std::abs(biases.back()));
    lambda_min = std::min(lambda_min, options_.lambda[first + position]);
    if (!std::isfinite(biases.back()) || options_.lines[first].slope == 0.0) {
      return absl::InvalidArgumentError("its bias is not finite, or its scale is 0");
    }
  }
  // The unit: as fine as the axon weights allow, but so coarse that the leak holds the bias, where
  // that leaves threshold and codebook fine enough.
  const double slope = std::abs(options_.lines[first].slope);
  const AxonWeights& found = sum.axon_weights();
  const auto magnitude = [](const AxonWeights& values) {
    std::int32_t most = 1;
    for (const std::int16_t value : values) {
      most = std::max(most, std::abs(std::int32_t{value}));
    }
    return most;
  };
  const double finest = slope * sum.scale() * magnitude(found) / kWeightMax;
  const double coarsest = std::min(lambda_min / kThresholdUnitsMin,
                                   finest * kWeightMax / kCodebookMagnitudeMin);
  const double wanted = std::max(finest, std::min(coarsest, greatest / kLeakMax));
  std::int32_t multiple = 1;
  if (options_.weights == WeightKind::kCodebook) {
    weights.magnitude_max =
        std::clamp(static_cast<std::int32_t>(finest * kWeightMax / wanted), 8, int{kWeightMax});
    SPIKEMESH_ASSIGN_OR_RETURN(sum,
                               ChannelSum::Create(stage_, inputs_, values_, channel, weights));
    for (std::int64_t position = 0; position < plane(); ++position) {
      biases[position] = BiasAt(sum, channel, position);
    }
  } else {
    multiple = std::max(1, static_cast<std::int32_t>(slope * sum.scale() / wanted));
    multiple = std::min(multiple, kWeightMax / magnitude(found));
  }
  const double unit = slope * sum.scale() / multiple;
  const std::int32_t sign = options_.lines[first].slope < 0 ? -multiple : multiple;
  for (const ChannelInput& input : sum.inputs()) {
    std::vector<std::int32_t> whole = input.weights;
    for (std::int32_t& weight : whole) {
      weight *= sign;
    }
    SetEdgeWeights(*input.input, channel, stage_.shape, whole, layer_.inputs[input.position]);
  }
  AxonWeights& axon_weights = layer_.axon_weights.emplace_back(sum.axon_weights());
  for (std::int16_t& value : axon_weights) {
    value = static_cast<std::int16_t>(value * sign);
  }
  for (std::int64_t position = 0; position < plane(); ++position) {
    const double theta = std::round(options_.lambda[first + position] / unit);
    if (!(theta <= kThresholdMax)) {
      return absl::OutOfRangeError(Concat("a threshold of ", theta, " units, at most ",
                                          kThresholdMax, " allowed: its activations are too large "
                                          "for its weights"));
    }
    const auto threshold = std::max(1, static_cast<std::int32_t>(theta));
    layer_.thresholds.push_back(threshold);
    const double leak = std::clamp(std::round(biases[position] / unit), double{kPotentialMin},
                                   double{kPotentialMax});
    layer_.leaks.push_back(static_cast<std::int32_t>(leak));
    layer_.initial_potentials.push_back(threshold / 2);
  }
  return absl::OkStatus();
}

absl::StatusOr<SpikingLayer> RateLayerFolder::Fold() {
  SPIKEMESH_RETURN_IF_ERROR(Prepare());
  for (std::int64_t channel = 0; channel < stage_.shape.channels; ++channel) {
    SPIKEMESH_RETURN_IF_ERROR(
        Annotate(FoldChannel(channel),
                 Concat("node \"", stage_.name, "\", output channel ", channel)));
  }
  return std::move(layer_);
}

}  // namespace

absl::StatusOr<SpikingLayer> FoldRateLayer(const Stage& stage,
                                           const std::vector<StageInput>& inputs,
                                           const RateLayerOptions& options) {
  return RateLayerFolder(stage, inputs, options).Fold();
}

SpikingLayer FoldAveragePool(const Stage& stage, std::int32_t layer) {
  const WindowGeometry& window = stage.pool.window;
  SpikingLayer pool;
  pool.name = stage.name;
  pool.output_shape = stage.shape;
  LayerInput edge;
  edge.source = layer;
  edge.shape = stage.input;
  edge.window = window;
  edge.groups = stage.shape.channels;
  const std::int32_t places = window.kernel_y * window.kernel_x;
  edge.weights.assign(static_cast<std::size_t>(stage.shape.channels) * places, 1);
  pool.inputs.push_back(std::move(edge));
  for (std::int64_t i = 0; i < stage.shape.size(); ++i) {
    const auto x = static_cast<std::int32_t>(i % stage.shape.width);
    const auto y = static_cast<std::int32_t>(i / stage.shape.width % stage.shape.height);
    const TapRange rows = TapsInside(AxisY(window), y, stage.input.height);
    const TapRange columns = TapsInside(AxisX(window), x, stage.input.width);
    const auto inside =
        static_cast<std::int32_t>((rows.end - rows.begin) * (columns.end - columns.begin));
    const std::int32_t threshold = std::max(1, stage.pool.count_padding ? places : inside);
    pool.thresholds.push_back(threshold);
    pool.leaks.push_back(0);
    pool.initial_potentials.push_back(threshold / 2);
  }
  return pool;
}

void AlignRateLayer(std::int32_t depth, const std::vector<std::int32_t>& depths,
                    SpikingLayer& layer) {
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    layer.inputs[i].delay_ticks = depth - depths[i];
  }
  for (std::size_t n = 0; n < layer.leaks.size(); ++n) {
    const std::int64_t leak = layer.leaks[n];
    // After the first tick's leak it must still lie below the threshold.
    const std::int64_t highest = layer.thresholds[n] - 1 - std::min<std::int64_t>(leak, 0);
    const std::int64_t wanted = layer.initial_potentials[n] - leak * depth;
    layer.initial_potentials[n] = static_cast<std::int32_t>(std::clamp<std::int64_t>(
        wanted, kPotentialMin, std::min<std::int64_t>(highest, kPotentialMax)));
  }
}

}  // namespace spikemesh
