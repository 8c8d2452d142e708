// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_rate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <limits>
#include <utility>

#include "converters/spiking/check_network.h"
#include "converters/spiking/fold_pool.h"
#include "converters/spiking/image_input.h"
#include "converters/spiking/rate_layer.h"
#include "converters/spiking/rate_max_pool.h"
#include "converters/spiking/rate_readout.h"
#include "converters/spiking/spike_means.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Of outputs kept for covariances, of all images together: 4 bytes each.
constexpr std::int64_t kSampledValuesMax = std::int64_t{1} << 25;
// What lambda is at least, as a share of a channel's norm.
constexpr double kNormShareMin = 0.1;

// A stage in spikes.
struct RateStage {
  std::int32_t layer = kEncodedInput;
  std::vector<double> lambda;  // [size]: the value of one spike a tick
  std::vector<double> means;   // [channels]: spikes a tick on calibration images
};

class RateFolder {
 public:
  RateFolder(const Network& network, const StageGraph& graph, const CalibrationImages& calibration,
             const RateFoldOptions& options, RateReadout readout, RateMeasurements& measured)
      : network_(network),
        graph_(graph),
        calibration_(calibration),
        options_(options),
        readout_(std::move(readout)),
        measured_(measured) {
    folded_.network.name = network.name;
  }

  absl::Status FoldImage(const Preprocessing& preprocessing);
  absl::Status FoldStages();
  absl::Status FoldReadout();
  absl::StatusOr<FoldedNetwork> Finish();

 private:
  absl::Status FoldSum(const Stage& stage, const ChannelStatistics& statistics, WeightKind weights);
  void FoldAverages(const Stage& stage, const ChannelStatistics& statistics);
  void FoldGreatest(const Stage& stage, const ChannelStatistics& statistics);
  StageInput InputOf(const Branch& branch);
  StageInput ImageInputOf(const Branch& branch);
  std::vector<StageInput> InputsOf(const Stage& stage);
  SampledRates RatesOf(const Branch& branch);
  absl::StatusOr<RateLayer> FoldLayer(const Stage& stage, RateLayerOptions& options);
  void AddLayer(SpikingLayer layer, std::int32_t node);
  WeightKind NextWeights() {
    const std::size_t layer = sum_stages_++;
    return options_.layers.empty() ? options_.weights : options_.layers[layer];
  }

  const Network& network_;
  const StageGraph& graph_;
  const CalibrationImages& calibration_;
  const RateFoldOptions& options_;
  const RateReadout readout_;
  RateMeasurements& measured_;
  double image_greatest_ = 1.0;      // x_max
  bool image_negative_ = false;      // second lines
  std::vector<double> image_means_;  // [encoder channels]
  SampledValues image_rates_;        // [encoder line]
  std::vector<RateStage> stages_;
  std::vector<std::int32_t> depths_;   // [layer]
  std::deque<Branch> image_branches_;  // those of the image over the encoder's channels
  std::size_t sum_stages_ = 0;
  FoldedNetwork folded_;
};

absl::Status RateFolder::FoldImage(const Preprocessing& preprocessing) {
  SpikingNetwork& network = folded_.network;
  SPIKEMESH_ASSIGN_OR_RETURN(network.input, ImageInput(network_.input_shape, preprocessing));
  network.input.encoder = EncoderKind::kRate;
  image_greatest_ = LargestInputMagnitude(network.input);
  image_negative_ = CanBeNegative(network.input);
  if (!(image_greatest_ > 0.0) || !std::isfinite(image_greatest_)) {
    return absl::InvalidArgumentError(Concat("preprocessing: the greatest input is ",
                                             image_greatest_, ", a positive one is allowed"));
  }
  network.encoded_shape = network_.input_shape;
  network.encoded_shape.channels *= image_negative_ ? 2 : 1;
  const std::int32_t channels = network_.input_shape.channels;
  const std::size_t plane = calibration_.images[0].size() / static_cast<std::size_t>(channels);
  image_means_.assign(static_cast<std::size_t>(network.encoded_shape.channels), 0.0);
  const double share =
      1.0 / (static_cast<double>(plane * calibration_.images.size()) * image_greatest_);
  const std::size_t sampled =
      measured_.samples.empty() ? calibration_.images.size() : measured_.samples.front().size();
  for (const std::vector<double>& image : calibration_.images) {
    const bool is_sampled = image_rates_.size() < sampled;
    std::vector<float> rates(is_sampled ? plane * image_means_.size() : 0, 0.0F);
    for (std::size_t i = 0; i < image.size(); ++i) {
      const std::size_t second =
          image[i] < 0 && image_negative_ ? static_cast<std::size_t>(channels) : 0;
      image_means_[i / plane + second] += std::abs(image[i]) * share;
      if (is_sampled) {
        rates[i + second * plane] = static_cast<float>(std::abs(image[i]) / image_greatest_);
      }
    }
    if (is_sampled) {
      image_rates_.push_back(std::move(rates));
    }
  }
  return absl::OkStatus();
}

// The image's lines: channel c for x > 0, channel channels + c for x < 0.
StageInput RateFolder::ImageInputOf(const Branch& branch) {
  Branch& wide = image_branches_.emplace_back(branch);
  const std::int32_t factor = image_negative_ ? 2 : 1;
  const std::int32_t channels = branch.input.channels;
  wide.input.channels = channels * factor;
  if (image_negative_) {
    const ConvolutionNode& from = branch.convolution;
    const std::size_t taps = std::size_t(from.window.kernel_y) * from.window.kernel_x;
    const std::size_t outputs = from.bias.size();
    const std::size_t in_group = static_cast<std::size_t>(channels / from.groups);
    wide.convolution.groups = 1;
    wide.convolution.precise_weights.clear();
    wide.convolution.weights.assign(outputs * wide.input.channels * taps, 0.0F);
    for (std::size_t out = 0; out < outputs; ++out) {
      const std::size_t first = out / (outputs / from.groups) * in_group;
      for (const std::size_t half : {std::size_t{0}, static_cast<std::size_t>(channels)}) {
        std::copy_n(&from.weights[out * in_group * taps], in_group * taps,
                    &wide.convolution.weights[(out * wide.input.channels + half + first) * taps]);
      }
    }
  }
  StageInput input;
  input.branch = &wide;
  input.layer = kEncodedInput;
  input.carries_constants = branch.carries_constants;
  const std::int64_t size = network_.input_shape.size();
  for (std::int32_t half = 0; half < factor; ++half) {
    for (std::int64_t flat = 0; flat < size; ++flat) {
      const double none = ApplyFunctions(branch.before, flat, 0.0);
      const double full =
          ApplyFunctions(branch.before, flat, half == 0 ? image_greatest_ : -image_greatest_);
      input.values.inactive.push_back(half == 0 ? none : 0.0);
      input.values.active.push_back(half == 0 ? full : full - none);
    }
  }
  input.spike_means = MeansOfInput(image_means_, folded_.network.encoded_shape, wide.input);
  return input;
}

StageInput RateFolder::InputOf(const Branch& branch) {
  if (branch.source == kImage) {
    return ImageInputOf(branch);
  }
  const RateStage& source = stages_[static_cast<std::size_t>(branch.source)];
  StageInput input;
  input.branch = &branch;
  input.layer = source.layer;
  input.carries_constants = branch.carries_constants;
  for (std::size_t i = 0; i < source.lambda.size(); ++i) {
    const auto flat = static_cast<std::int64_t>(i);
    input.values.inactive.push_back(ApplyFunctions(branch.before, flat, 0.0));
    input.values.active.push_back(ApplyFunctions(branch.before, flat, source.lambda[i]));
  }
  input.spike_means = MeansOfInput(
      source.means, graph_.stages[static_cast<std::size_t>(branch.source)].shape, branch.input);
  return input;
}

std::vector<StageInput> RateFolder::InputsOf(const Stage& stage) {
  std::vector<StageInput> inputs;
  for (const Branch& branch : stage.branches) {
    inputs.push_back(InputOf(branch));
  }
  return inputs;
}

SampledRates RateFolder::RatesOf(const Branch& branch) {
  if (branch.source == kImage) {
    return {
        &image_rates_,
        std::vector<float>(static_cast<std::size_t>(folded_.network.encoded_shape.size()), 1.0F)};
  }
  const auto source = static_cast<std::size_t>(branch.source);
  SampledRates rates{&measured_.samples[source], {}};
  for (const double lambda : stages_[source].lambda) {
    rates.scale.push_back(static_cast<float>(1.0 / lambda));
  }
  return rates;
}

absl::StatusOr<RateLayer> RateFolder::FoldLayer(const Stage& stage, RateLayerOptions& options) {
  const std::vector<StageInput> inputs = InputsOf(stage);
  std::vector<SampledRates> rates;
  for (const Branch& branch : stage.branches) {
    rates.push_back(RatesOf(branch));
  }
  options.covariance = [&, number = folded_.network.layers.size()](std::int64_t channel) {
    return measured_.moments.CovarianceOf(number, stage, inputs, rates, channel);
  };
  return FoldRateLayer(stage, inputs, options);
}

// The tick of a layer is the longest way to it from the encoder.
void RateFolder::AddLayer(SpikingLayer layer, std::int32_t node) {
  std::vector<std::int32_t> sources;
  std::int32_t depth = 0;
  for (const LayerInput& input : layer.inputs) {
    sources.push_back(input.source == kEncodedInput ? 0 : depths_[input.source]);
    depth = std::max(depth, input.source == kEncodedInput ? 0 : sources.back() + 1);
  }
  AlignRateLayer(depth, sources, layer);
  depths_.push_back(depth);
  folded_.network.layers.push_back(std::move(layer));
  folded_.layer_nodes.push_back(node);
}

absl::Status RateFolder::FoldSum(const Stage& stage, const ChannelStatistics& statistics,
                                 WeightKind weights) {
  const auto measured = static_cast<std::int64_t>(statistics.quantile.size());
  const double of_layer = *std::max_element(statistics.quantile.begin(), statistics.quantile.end());
  RateLayerOptions options{
      .weights = weights, .lambda = {}, .norm_share_min = kNormShareMin, .lines = {}};
  const std::int64_t size = stage.shape.size();
  for (std::int64_t flat = 0; flat < size; ++flat) {
    SPIKEMESH_ASSIGN_OR_RETURN(const RateActivation line,
                               ReadRateActivation(stage.functions, flat));
    const double seen =
        options_.per_channel ? statistics.quantile[flat * measured / size] : of_layer;
    options.lambda.push_back(line.quantised ? line.high : std::min(line.high, seen));
    options.lines.push_back(line);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(RateLayer made, FoldLayer(stage, options));
  RateStage folded;
  const std::int64_t plane = std::int64_t{stage.shape.height} * stage.shape.width;
  folded.means.assign(static_cast<std::size_t>(stage.shape.channels), 0.0);
  for (std::int64_t flat = 0; flat < size; ++flat) {
    folded.means[flat / plane] += statistics.mean_clipped[flat * measured / size] /
                                  made.lambda[flat] / static_cast<double>(plane);
  }
  folded.layer = static_cast<std::int32_t>(folded_.network.layers.size());
  folded.lambda = std::move(made.lambda);
  AddLayer(std::move(made.layer), stage.node);
  stages_.push_back(std::move(folded));
  return absl::OkStatus();
}

// A mean is at most the greatest of what it is of, and of wide windows far below it.
void RateFolder::FoldAverages(const Stage& stage, const ChannelStatistics& statistics) {
  const RateStage& source = stages_[static_cast<std::size_t>(stage.source)];
  const std::size_t plane_in = std::size_t(stage.input.height) * stage.input.width;
  const std::size_t plane_out = std::size_t(stage.shape.height) * stage.shape.width;
  const std::int32_t places = stage.pool.window.kernel_y * stage.pool.window.kernel_x;
  std::vector<double> shares;
  RateStage folded;
  for (std::size_t channel = 0; channel < source.means.size(); ++channel) {
    const double whole = source.lambda[channel * plane_in];
    const double seen =
        statistics.quantile[channel * statistics.quantile.size() / source.means.size()];
    shares.push_back(
        std::clamp(seen / whole, kNormShareMin / std::sqrt(static_cast<double>(places)), 1.0));
    folded.lambda.insert(folded.lambda.end(), plane_out, shares.back() * whole);
    folded.means.push_back(source.means[channel] / shares.back());
  }
  folded.layer = static_cast<std::int32_t>(folded_.network.layers.size());
  AddLayer(FoldAveragePool(stage, source.layer, shares), stage.node);
  stages_.push_back(std::move(folded));
}

// The greatest has the scale of what it is of.
void RateFolder::FoldGreatest(const Stage& stage, const ChannelStatistics& statistics) {
  const auto at = static_cast<std::size_t>(stage.source);
  const RateStage& source = stages_[at];
  std::vector<bool> least(static_cast<std::size_t>(stage.shape.channels), false);
  if (stage.commuted) {
    least = FallingChannels(graph_.stages[at]);
  }
  const auto first = static_cast<std::int32_t>(folded_.network.layers.size());
  std::vector<SpikingLayer> layers = FoldRateMaxPool(stage, source.layer, first, least);
  RateStage folded;
  folded.layer = first + static_cast<std::int32_t>(layers.size()) - 1;
  const std::size_t plane_in = std::size_t(stage.input.height) * stage.input.width;
  const std::size_t plane_out = std::size_t(stage.shape.height) * stage.shape.width;
  const auto size = static_cast<std::size_t>(stage.shape.size());
  folded.means.assign(least.size(), 0.0);
  for (std::size_t flat = 0; flat < size; ++flat) {
    folded.lambda.push_back(source.lambda[flat / plane_out * plane_in]);
    const std::size_t measured = flat * statistics.mean_clipped.size() / size;
    folded.means[flat / plane_out] +=
        statistics.mean_clipped[measured] / folded.lambda.back() / static_cast<double>(plane_out);
  }
  for (SpikingLayer& layer : layers) {
    const bool is_pool = layer.name == stage.name;
    AddLayer(std::move(layer), is_pool ? stage.node : -1);
  }
  stages_.push_back(std::move(folded));
}

absl::Status RateFolder::FoldStages() {
  const std::size_t folded = graph_.stages.size() - (readout_.replaces_last ? 1 : 0);
  for (std::size_t s = 0; s < folded; ++s) {
    const Stage& stage = graph_.stages[s];
    if (stage.kind == StageKind::kAveragePool) {
      FoldAverages(stage, measured_.statistics[s]);
    } else if (stage.kind == StageKind::kMaxPool) {
      FoldGreatest(stage, measured_.statistics[s]);
    } else {
      SPIKEMESH_RETURN_IF_ERROR(FoldSum(stage, measured_.statistics[s], NextWeights()));
    }
  }
  return absl::OkStatus();
}

absl::Status RateFolder::FoldReadout() {
  const Stage& stage = readout_.stage;
  SPIKEMESH_ASSIGN_OR_RETURN(ReadoutScale scale,
                             ScaleReadout(network_, graph_, readout_, calibration_));
  const bool weighs = readout_.is_activation || !graph_.tail.branches.empty();
  RateLayerOptions options{.weights = weighs ? NextWeights() : WeightKind::kCodebook,
                           .lambda = std::vector<double>(scale.lines.size(), scale.span),
                           .norm_share_min = 0.0,
                           .lines = scale.lines};
  SPIKEMESH_ASSIGN_OR_RETURN(const RateLayer made, FoldLayer(stage, options));
  SpikingNetwork& network = folded_.network;
  network.class_count = stage.shape.channels;
  AddLayer(ReadoutLayer(made.layer, scale, network.output_classes), -1);
  folded_.readout_rates = std::move(scale.rates);
  return absl::OkStatus();
}

absl::StatusOr<FoldedNetwork> RateFolder::Finish() {
  SpikingNetwork& network = folded_.network;
  network.presentation = {.mode = PresentationMode::kRate,
                          .ticks_per_image = options_.ticks,
                          .latency_ticks = depths_.back()};
  SPIKEMESH_RETURN_IF_ERROR(Annotate(ValidateSpiking(network), "folded network"));
  return std::move(folded_);
}

}  // namespace

absl::StatusOr<std::vector<std::int64_t>> CountRateWeights(const Network& network) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph graph,
                             BuildStageGraph(network, {.average_pool_stages = true}));
  std::vector<std::int64_t> counts;
  for (const Stage& stage : graph.stages) {
    if (stage.kind == StageKind::kSum) {
      counts.push_back(CountWeights(stage));
    }
  }
  if (!graph.tail.branches.empty()) {
    counts.push_back(CountWeights(graph.tail));
  }
  return counts;
}

absl::StatusOr<RateMeasurements> MeasureRates(const Network& network,
                                              const CalibrationImages& calibration,
                                              double quantile) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  if (calibration.images.empty()) {
    return WithRemedy(
        absl::FailedPreconditionError("rate mode scales thresholds by the activations of "
                                      "calibration images, and there are none"),
        {RemedyKind::kCalibrate});
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph graph,
                             BuildStageGraph(network, {.average_pool_stages = true}));
  std::vector<std::int32_t> nodes;
  for (std::size_t s = 0; s < graph.stages.size(); ++s) {
    // Activations that were moved ahead of a max pool are no node's; what the pool makes of them
    // is.
    nodes.push_back(graph.stages[s].node >= 0 ? graph.stages[s].node : graph.stages[s + 1].node);
  }
  RateMeasurements measured;
  measured.statistics = MeasureChannels(network, calibration, nodes, quantile);
  measured.samples = SampleOutputs(network, calibration, nodes, kSampledValuesMax);
  return measured;
}

absl::StatusOr<FoldedNetwork> FoldRateNetwork(const Network& network,
                                              const Preprocessing& preprocessing,
                                              const CalibrationImages& calibration,
                                              const RateFoldOptions& options,
                                              RateMeasurements& measured) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph graph,
                             BuildStageGraph(network, {.average_pool_stages = true}));
  SPIKEMESH_ASSIGN_OR_RETURN(RateReadout readout, ReadoutOf(graph));
  // Image -> lines -> layer -> layer, each with the scale of its activations. Logits -> classes.
  RateFolder folder(network, graph, calibration, options, std::move(readout), measured);
  SPIKEMESH_RETURN_IF_ERROR(folder.FoldImage(preprocessing));
  SPIKEMESH_RETURN_IF_ERROR(folder.FoldStages());
  SPIKEMESH_RETURN_IF_ERROR(folder.FoldReadout());
  return folder.Finish();
}

absl::StatusOr<FoldedNetwork> FoldRateNetwork(const Network& network,
                                              const Preprocessing& preprocessing,
                                              const CalibrationImages& calibration,
                                              const RateFoldOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(RateMeasurements measured,
                             MeasureRates(network, calibration, options.quantile));
  return FoldRateNetwork(network, preprocessing, calibration, options, measured);
}

}  // namespace spikemesh
