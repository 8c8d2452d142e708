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
constexpr std::int32_t kCodebookMagnitudeLeast = 8;  // where a threshold would be too large else
// Of a channel without weights.
constexpr double kBiasThreshold = 4096;
// Of a spike in a mean: thresholds are as fine as that.
constexpr std::int16_t kMeanWeight = 32;

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

  absl::StatusOr<RateLayer> Fold();

 private:
  absl::Status Prepare();
  absl::Status FoldChannel(std::int64_t channel);
  std::vector<double> Biases(const ChannelSum& sum, std::int64_t channel) const;
  void SetLambda(double norm, const std::vector<double>& biases, std::int64_t channel);
  double WantedUnit(const ChannelSum& sum, std::int64_t channel,
                    const std::vector<double>& biases) const;
  void SetWeights(const ChannelSum& sum, std::int64_t channel, std::int32_t factor);
  void AppendNeurons(const ChannelSum& sum, std::int64_t channel, const std::vector<double>& biases,
                     double unit);
  std::int64_t plane() const { return std::int64_t{stage_.shape.height} * stage_.shape.width; }
  double LambdaMin(std::int64_t channel) const {
    const auto lambda = made_.lambda.begin() + channel * plane();
    return *std::min_element(lambda, lambda + plane());
  }
  double LambdaMax(std::int64_t channel) const {
    const auto lambda = made_.lambda.begin() + channel * plane();
    return *std::max_element(lambda, lambda + plane());
  }

  const Stage& stage_;
  const std::vector<StageInput>& inputs_;
  const RateLayerOptions& options_;
  PreparedInputs prepared_;
  RateLayer made_;
};

absl::Status RateLayerFolder::Prepare() {
  SPIKEMESH_ASSIGN_OR_RETURN(prepared_, PrepareInputs(stage_, inputs_));
  made_.layer.name = stage_.name;
  made_.layer.output_shape = stage_.shape;
  made_.layer.inputs = prepared_.edges;
  made_.lambda = options_.lambda;
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

// What the calibration did not show, or showed to be next to nothing, comes from the weights; from
// the bias where there are none.
void RateLayerFolder::SetLambda(double norm, const std::vector<double>& biases,
                                std::int64_t channel) {
  double greatest = 0.0;
  for (const double bias : biases) {
    greatest = std::max(greatest, std::abs(bias));
  }
  const double otherwise = norm > 0.0 ? norm : greatest > 0.0 ? greatest : 1.0;
  for (std::int64_t flat = channel * plane(); flat < (channel + 1) * plane(); ++flat) {
    double& lambda = made_.lambda[flat];
    if (!options_.lines[flat].quantised) {
      lambda =
          std::min(std::max(lambda, options_.norm_share_min * norm), options_.lines[flat].high);
    }
    lambda = lambda > 0.0 ? lambda : otherwise;
  }
}

// The value of one unit of potential: as fine as the axon weights allow, but so coarse that the
// leak holds the greatest bias, where that leaves threshold and codebook fine enough, and that no
// threshold is too large.
double RateLayerFolder::WantedUnit(const ChannelSum& sum, std::int64_t channel,
                                   const std::vector<double>& biases) const {
  double greatest = 0.0;
  for (const double bias : biases) {
    greatest = std::max(greatest, std::abs(bias));
  }
  const double slope = std::abs(options_.lines[channel * plane()].slope);
  const double finest = slope * sum.scale() * Magnitude(sum.axon_weights()) / kWeightMax;
  const double coarsest = std::min(LambdaMin(channel) / kThresholdUnitsMin,
                                   finest * kWeightMax / kCodebookMagnitudeMin);
  const double wanted = std::max(finest, std::min(coarsest, greatest / kLeakMax));
  return std::max(wanted, LambdaMax(channel) / kThresholdMax);
}

absl::Status RateLayerFolder::FoldChannel(std::int64_t channel) {
  LayerOptions weights{.weights = options_.weights, .magnitude_max = kWeightMax};
  weights.covariance = options_.covariance ? options_.covariance(channel) : weights.covariance;
  SPIKEMESH_ASSIGN_OR_RETURN(
      ChannelSum sum, ChannelSum::Create(stage_, inputs_, prepared_.values, channel, weights));
  std::vector<double> biases = Biases(sum, channel);
  const double slope = std::abs(options_.lines[channel * plane()].slope);
  SetLambda(slope * sum.norm(), biases, channel);
  const double wanted = WantedUnit(sum, channel, biases);
  if (!std::isfinite(wanted)) {
    return absl::InvalidArgumentError("its bias or its scale is not finite");
  }
  const bool codebook = options_.weights == WeightKind::kCodebook;
  // The least weight that is a whole number of units, of those that the channel has.
  const double unit_weight =
      codebook ? sum.scale() * Magnitude(sum.axon_weights()) / kCodebookMagnitudeLeast
               : sum.scale();
  if (slope * sum.greatest() == 0.0 || slope * unit_weight < wanted) {
    sum.DropWeights();
    SetWeights(sum, channel, 1);
    AppendNeurons(sum, channel, Biases(sum, channel), LambdaMax(channel) / kBiasThreshold);
    return absl::OkStatus();
  }
  std::int32_t multiple = 1;
  if (codebook) {
    const double finest = slope * sum.scale() * Magnitude(sum.axon_weights());
    weights.magnitude_max = std::clamp(static_cast<std::int32_t>(finest / wanted),
                                       kCodebookMagnitudeLeast, int{kWeightMax});
    SPIKEMESH_ASSIGN_OR_RETURN(
        sum, ChannelSum::Create(stage_, inputs_, prepared_.values, channel, weights));
    biases = Biases(sum, channel);
  } else {
    multiple = std::clamp(static_cast<std::int32_t>(slope * sum.scale() / wanted), 1,
                          kWeightMax / Magnitude(sum.axon_weights()));
  }
  SetWeights(sum, channel, options_.lines[channel * plane()].slope < 0 ? -multiple : multiple);
  AppendNeurons(sum, channel, biases, slope * sum.scale() / multiple);
  return absl::OkStatus();
}

// All weights of the channel times `factor`.
void RateLayerFolder::SetWeights(const ChannelSum& sum, std::int64_t channel, std::int32_t factor) {
  for (const ChannelInput& input : sum.inputs()) {
    std::vector<std::int32_t> whole = input.weights;
    for (std::int32_t& weight : whole) {
      weight *= factor;
    }
    SetEdgeWeights(*input.input, channel, stage_.shape, whole, made_.layer.inputs[input.position]);
  }
  for (std::int16_t& value : made_.layer.axon_weights.emplace_back(sum.axon_weights())) {
    value = static_cast<std::int16_t>(value * factor);
  }
}

// A leak beyond what the inputs can make up for is the same as one just there: the neuron never
// fires, or always.
void RateLayerFolder::AppendNeurons(const ChannelSum& sum, std::int64_t channel,
                                    const std::vector<double>& biases, double unit) {
  const std::vector<ChannelSum::Range> ranges = prepared_.RangesOf(sum);
  for (std::int64_t position = 0; position < plane(); ++position) {
    const std::int64_t flat = channel * plane() + position;
    const ChannelSum::Range& range = ranges[prepared_.ClassOf(position, stage_.shape.width)];
    const double to_units = options_.lines[flat].slope * sum.scale() / unit;
    const double ends[] = {to_units * static_cast<double>(range.min),
                           to_units * static_cast<double>(range.max)};
    const double theta =
        std::clamp(std::round(made_.lambda[flat] / unit), 1.0, static_cast<double>(kThresholdMax));
    const double least = -std::ceil(std::max({0.0, ends[0], ends[1]})) - 1.0;
    const double greatest = theta - std::floor(std::min({0.0, ends[0], ends[1]}));
    const double leak = std::clamp(std::round(biases[position] / unit), least, greatest);
    const auto threshold = static_cast<std::int32_t>(theta);
    made_.layer.thresholds.push_back(threshold);
    made_.layer.leaks.push_back(
        static_cast<std::int32_t>(std::clamp(leak, double{kPotentialMin}, double{kPotentialMax})));
    made_.layer.initial_potentials.push_back(threshold / 2);
  }
}

absl::StatusOr<RateLayer> RateLayerFolder::Fold() {
  SPIKEMESH_RETURN_IF_ERROR(Prepare());
  for (std::int64_t channel = 0; channel < stage_.shape.channels; ++channel) {
    SPIKEMESH_RETURN_IF_ERROR(Annotate(
        FoldChannel(channel), Concat("node \"", stage_.name, "\", output channel ", channel)));
  }
  return std::move(made_);
}

}  // namespace

absl::StatusOr<RateLayer> FoldRateLayer(const Stage& stage, const std::vector<StageInput>& inputs,
                                        const RateLayerOptions& options) {
  return RateLayerFolder(stage, inputs, options).Fold();
}

SpikingLayer FoldAveragePool(const Stage& stage, std::int32_t layer,
                             const std::vector<double>& lambda) {
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
  edge.weights.assign(static_cast<std::size_t>(stage.shape.channels) * places, kMeanWeight);
  pool.inputs.push_back(std::move(edge));
  const std::int64_t plane = std::int64_t{stage.shape.height} * stage.shape.width;
  for (std::int64_t i = 0; i < stage.shape.size(); ++i) {
    const auto x = static_cast<std::int32_t>(i % stage.shape.width);
    const auto y = static_cast<std::int32_t>(i / stage.shape.width % stage.shape.height);
    const auto divisor =
        std::max(1, static_cast<std::int32_t>(CountedTaps(stage.pool, stage.input, y, x)));
    const double share = lambda[static_cast<std::size_t>(i / plane)];
    const auto threshold = static_cast<std::int32_t>(
        std::clamp(std::round(kMeanWeight * share * divisor), 1.0, double{kThresholdMax}));
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
