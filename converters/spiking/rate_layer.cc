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

std::int32_t Magnitude(const AxonWeights& values) {
  std::int32_t greatest = 1;
  for (const std::int16_t value : values) {
    greatest = std::max(greatest, std::abs(std::int32_t{value}));
  }
  return greatest;
}

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
  std::vector<double> Biases(const ChannelSum& sum, std::int64_t channel) const;
  double WantedUnit(const ChannelSum& sum, std::int64_t channel,
                    const std::vector<double>& biases) const;
  void SetWeights(const ChannelSum& sum, std::int64_t channel, std::int32_t factor);
  absl::Status AppendNeurons(std::int64_t channel, const std::vector<double>& biases, double unit);
  std::int64_t plane() const { return std::int64_t{stage_.shape.height} * stage_.shape.width; }

  const Stage& stage_;
  const std::vector<StageInput>& inputs_;
  const RateLayerOptions& options_;
  PreparedInputs prepared_;
  SpikingLayer layer_;
};

absl::Status RateLayerFolder::Prepare() {
  SPIKEMESH_ASSIGN_OR_RETURN(prepared_, PrepareInputs(stage_, inputs_));
  layer_.name = stage_.name;
  layer_.output_shape = stage_.shape;
  layer_.inputs = prepared_.edges;
  return absl::OkStatus();
}

// The values of the stage's line without a spike, the correction of quantisation included, by
// position.
std::vector<double> RateLayerFolder::Biases(const ChannelSum& sum, std::int64_t channel) const {
  const std::vector<ChannelSum::Range> ranges = prepared_.RangesOf(sum);
  std::vector<double> biases;
  for (std::int64_t position = 0; position < plane(); ++position) {
    const RateActivation& line = options_.lines[channel * plane() + position];
    const std::size_t of = prepared_.ClassOf(position, stage_.shape.width);
    biases.push_back(line.slope * sum.ValueOf(position, ranges[of], 0) + line.offset);
  }
  return biases;
}

// The value of one unit of potential: as fine as the axon weights allow, but so coarse that the
// leak holds the greatest bias, where that leaves threshold and codebook fine enough.
double RateLayerFolder::WantedUnit(const ChannelSum& sum, std::int64_t channel,
                                   const std::vector<double>& biases) const {
  double greatest = 0.0;
  for (const double bias : biases) {
    greatest = std::max(greatest, std::abs(bias));
  }
  const auto lambda = options_.lambda.begin() + channel * plane();
  const double lambda_min = *std::min_element(lambda, lambda + plane());
  const double slope = std::abs(options_.lines[channel * plane()].slope);
  const double finest = slope * sum.scale() * Magnitude(sum.axon_weights()) / kWeightMax;
  const double coarsest =
      std::min(lambda_min / kThresholdUnitsMin, finest * kWeightMax / kCodebookMagnitudeMin);
  return std::max(finest, std::min(coarsest, greatest / kLeakMax));
}

absl::Status RateLayerFolder::FoldChannel(std::int64_t channel) {
  LayerOptions weights{.weights = options_.weights, .magnitude_max = kWeightMax};
  SPIKEMESH_ASSIGN_OR_RETURN(
      ChannelSum sum, ChannelSum::Create(stage_, inputs_, prepared_.values, channel, weights));
  std::vector<double> biases = Biases(sum, channel);
  const double slope = std::abs(options_.lines[channel * plane()].slope);
  const double wanted = WantedUnit(sum, channel, biases);
  if (!std::isfinite(wanted) || !(slope > 0.0)) {
    return absl::InvalidArgumentError("its bias is not finite, or its scale is 0");
  }
  std::int32_t multiple = 1;
  if (options_.weights == WeightKind::kCodebook) {
    const double finest = slope * sum.scale() * Magnitude(sum.axon_weights());
    weights.magnitude_max =
        std::clamp(static_cast<std::int32_t>(finest / wanted), 8, int{kWeightMax});
    SPIKEMESH_ASSIGN_OR_RETURN(
        sum, ChannelSum::Create(stage_, inputs_, prepared_.values, channel, weights));
    biases = Biases(sum, channel);
  } else {
    multiple = std::clamp(static_cast<std::int32_t>(slope * sum.scale() / wanted), 1,
                          kWeightMax / Magnitude(sum.axon_weights()));
  }
  SetWeights(sum, channel, options_.lines[channel * plane()].slope < 0 ? -multiple : multiple);
  return AppendNeurons(channel, biases, slope * sum.scale() / multiple);
}

// All weights of the channel times `factor`.
void RateLayerFolder::SetWeights(const ChannelSum& sum, std::int64_t channel, std::int32_t factor) {
  for (const ChannelInput& input : sum.inputs()) {
    std::vector<std::int32_t> whole = input.weights;
    for (std::int32_t& weight : whole) {
      weight *= factor;
    }
    SetEdgeWeights(*input.input, channel, stage_.shape, whole, layer_.inputs[input.position]);
  }
  for (std::int16_t& value : layer_.axon_weights.emplace_back(sum.axon_weights())) {
    value = static_cast<std::int16_t>(value * factor);
  }
}

absl::Status RateLayerFolder::AppendNeurons(std::int64_t channel, const std::vector<double>& biases,
                                            double unit) {
  for (std::int64_t position = 0; position < plane(); ++position) {
    const double theta = std::round(options_.lambda[channel * plane() + position] / unit);
    const double leak = std::round(biases[position] / unit);
    if (!(theta <= kThresholdMax) || !std::isfinite(leak)) {
      return absl::OutOfRangeError(Concat("a threshold of ", theta, " and a leak of ", leak,
                                          " units, thresholds of at most ", kThresholdMax,
                                          " allowed: its activations are too large for its "
                                          "weights"));
    }
    const auto threshold = std::max(1, static_cast<std::int32_t>(theta));
    layer_.thresholds.push_back(threshold);
    layer_.leaks.push_back(
        static_cast<std::int32_t>(std::clamp(leak, double{kPotentialMin}, double{kPotentialMax})));
    layer_.initial_potentials.push_back(threshold / 2);
  }
  return absl::OkStatus();
}

absl::StatusOr<SpikingLayer> RateLayerFolder::Fold() {
  SPIKEMESH_RETURN_IF_ERROR(Prepare());
  for (std::int64_t channel = 0; channel < stage_.shape.channels; ++channel) {
    SPIKEMESH_RETURN_IF_ERROR(Annotate(
        FoldChannel(channel), Concat("node \"", stage_.name, "\", output channel ", channel)));
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
    const auto counted = static_cast<std::int32_t>(CountedTaps(stage.pool, stage.input, y, x));
    const std::int32_t threshold = std::max(1, counted);
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
