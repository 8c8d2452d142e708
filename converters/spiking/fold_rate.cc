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
#include "converters/spiking/spike_means.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// The read-out's window: the runner-up's logit is above its low end in all but this share of
// calibration images, the greatest below its high end.
constexpr double kReadoutOutside = 0.01;

// A stage in spikes.
struct RateStage {
  std::int32_t layer = kEncodedInput;
  std::vector<double> lambda;  // [size]: the value of one spike a tick
  std::vector<double> means;   // [channels]: spikes a tick on calibration images
};

class RateFolder {
 public:
  RateFolder(const Network& network, const StageGraph& graph, const CalibrationImages& calibration,
             const RateFoldOptions& options)
      : network_(network), graph_(graph), calibration_(calibration), options_(options) {
    folded_.network.name = network.name;
  }

  absl::Status FoldImage(const Preprocessing& preprocessing);
  void MeasureStages();
  absl::Status FoldStages();
  absl::Status FoldReadout();
  absl::StatusOr<FoldedNetwork> Finish();

 private:
  absl::Status FoldSum(const Stage& stage, const ChannelStatistics& statistics, WeightKind weights);
  void FoldAverages(const Stage& stage);
  void FoldGreatest(const Stage& stage, const ChannelStatistics& statistics);
  StageInput InputOf(const Branch& branch);
  StageInput ImageInputOf(const Branch& branch);
  std::vector<StageInput> InputsOf(const Stage& stage);
  void AddLayer(SpikingLayer layer, std::int32_t node);
  WeightKind NextWeights() {
    return options_.layers.empty() ? options_.weights : options_.layers[sum_stages_++];
  }

  const Network& network_;
  const StageGraph& graph_;
  const CalibrationImages& calibration_;
  const RateFoldOptions& options_;
  double image_greatest_ = 1.0;                // x_max
  bool image_negative_ = false;                // second lines
  std::vector<double> image_means_;            // [encoder channels]
  std::vector<ChannelStatistics> statistics_;  // [stage]
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
  for (const std::vector<double>& image : calibration_.images) {
    for (std::size_t i = 0; i < image.size(); ++i) {
      const std::size_t second = image[i] < 0 ? static_cast<std::size_t>(channels) : 0;
      image_means_[i / plane + (image_negative_ ? second : 0)] += std::abs(image[i]) * share;
    }
  }
  return absl::OkStatus();
}

void RateFolder::MeasureStages() {
  std::vector<std::int32_t> nodes;
  for (std::size_t s = 0; s < graph_.stages.size(); ++s) {
    // Activations that were moved ahead of a max pool are no node's; what the pool makes of them
    // is.
    nodes.push_back(graph_.stages[s].node >= 0 ? graph_.stages[s].node : graph_.stages[s + 1].node);
  }
  statistics_ = MeasureChannels(network_, calibration_, nodes, options_.quantile);
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
  RateLayerOptions layer{.weights = weights, .lambda = {}, .lines = {}};
  RateStage folded;
  const auto channels = static_cast<std::size_t>(stage.shape.channels);
  const std::int64_t plane = std::int64_t{stage.shape.height} * stage.shape.width;
  folded.means.assign(channels, 0.0);
  for (std::int64_t flat = 0; flat < stage.shape.size(); ++flat) {
    SPIKEMESH_ASSIGN_OR_RETURN(const RateActivation line,
                               ReadRateActivation(stage.functions, flat));
    const auto channel = static_cast<std::size_t>(flat * measured / stage.shape.size());
    const double quantile = options_.per_channel ? statistics.quantile[channel] : of_layer;
    const double seen = quantile > 0.0 ? quantile : 1.0;  // a layer that is always silent
    const double lambda = line.quantised ? line.high : std::min(line.high, seen);
    layer.lambda.push_back(lambda);
    layer.lines.push_back(line);
    folded.means[flat / plane] +=
        statistics.mean_clipped[channel] / lambda / static_cast<double>(plane);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(SpikingLayer made, FoldRateLayer(stage, InputsOf(stage), layer));
  folded.layer = static_cast<std::int32_t>(folded_.network.layers.size());
  folded.lambda = std::move(layer.lambda);
  AddLayer(std::move(made), stage.node);
  stages_.push_back(std::move(folded));
  return absl::OkStatus();
}

// A mean is at most the greatest of what it is of: its lambda is its source's.
void RateFolder::FoldAverages(const Stage& stage) {
  const RateStage& source = stages_[static_cast<std::size_t>(stage.source)];
  const std::size_t plane_in = std::size_t(stage.input.height) * stage.input.width;
  const std::size_t plane_out = std::size_t(stage.shape.height) * stage.shape.width;
  RateStage folded;
  for (std::size_t flat = 0; flat < static_cast<std::size_t>(stage.shape.size()); ++flat) {
    folded.lambda.push_back(source.lambda[flat / plane_out * plane_in]);
  }
  folded.means = source.means;
  folded.layer = static_cast<std::int32_t>(folded_.network.layers.size());
  AddLayer(FoldAveragePool(stage, source.layer), stage.node);
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
  for (std::size_t s = 0; s < graph_.stages.size(); ++s) {
    const Stage& stage = graph_.stages[s];
    if (stage.kind == StageKind::kAveragePool) {
      FoldAverages(stage);
    } else if (stage.kind == StageKind::kMaxPool) {
      FoldGreatest(stage, statistics_[s]);
    } else {
      SPIKEMESH_RETURN_IF_ERROR(FoldSum(stage, statistics_[s], NextWeights()));
    }
  }
  return absl::OkStatus();
}

// The window of logits that the read-out's rates show.
struct LogitWindow {
  double low = 0.0;
  double high = 1.0;
};

LogitWindow FindWindow(std::vector<std::vector<double>> outputs) {
  std::vector<double> greatest;
  std::vector<double> second;
  for (std::vector<double>& logits : outputs) {
    std::sort(logits.begin(), logits.end());
    greatest.push_back(logits.back());
    second.push_back(logits.size() > 1 ? logits[logits.size() - 2] : logits.back());
  }
  std::sort(greatest.begin(), greatest.end());
  std::sort(second.begin(), second.end());
  const auto outside =
      static_cast<std::size_t>(kReadoutOutside * static_cast<double>(outputs.size()));
  LogitWindow window{second[outside], greatest[greatest.size() - 1 - outside]};
  if (!(window.high > window.low)) {
    window.high = window.low + 1.0;
  }
  return window;
}

// One layer of `neurons` a class from the layer of the classes; neuron k begins (k + 1/2) / neurons
// of the threshold above 0, which after T ticks makes their sum T * neurons steps fine.
SpikingLayer Stagger(const SpikingLayer& layer, std::int32_t neurons) {
  SpikingLayer joined = layer;
  const std::int32_t classes = layer.output_shape.channels;
  joined.output_shape.channels = classes * neurons;
  for (LayerInput& edge : joined.inputs) {
    const std::vector<std::int16_t> from = std::move(edge.weights);
    const std::size_t per_class = from.size() / static_cast<std::size_t>(classes);
    edge.weights.clear();
    for (std::int32_t i = 0; i < classes * neurons; ++i) {
      const auto begin = from.begin() + i / neurons * per_class;
      edge.weights.insert(edge.weights.end(), begin, begin + per_class);
    }
  }
  joined.axon_weights.clear();
  joined.thresholds.clear();
  joined.leaks.clear();
  joined.initial_potentials.clear();
  for (std::int32_t i = 0; i < classes * neurons; ++i) {
    const std::int32_t from = i / neurons;
    joined.axon_weights.push_back(layer.axon_weights[from]);
    joined.thresholds.push_back(layer.thresholds[from]);
    joined.leaks.push_back(layer.leaks[from]);
    const std::int64_t threshold = layer.thresholds[from];
    joined.initial_potentials.push_back(static_cast<std::int32_t>(
        threshold * (2 * (i % neurons) + 1) / (std::int64_t{2} * neurons)));
  }
  return joined;
}

absl::Status RateFolder::FoldReadout() {
  const Stage& tail = graph_.tail;
  SpikingNetwork& network = folded_.network;
  if (tail.branches.empty()) {
    // The activations themselves are the classes.
    if (graph_.tail_source == kImage ||
        stages_[static_cast<std::size_t>(graph_.tail_source)].layer + 1 !=
            static_cast<std::int32_t>(network.layers.size()) ||
        !tail.functions.empty()) {
      return absl::UnimplementedError(
          Concat("network \"", network_.name,
                 "\": its output is an activation that is scaled or not the "
                 "last one; end with a dense layer"));
    }
    network.class_count = static_cast<std::int32_t>(network.layers.back().output_shape.size());
    for (std::int32_t i = 0; i < network.class_count; ++i) {
      network.output_classes.push_back(i);
    }
    return absl::OkStatus();
  }
  if (tail.shape.height != 1 || tail.shape.width != 1) {
    return absl::UnimplementedError(Concat("node \"", tail.name, "\" gives ", ShapeText(tail.shape),
                                           "; one value a class is allowed"));
  }
  const LogitWindow window = FindWindow(RunOutputs(network_, calibration_));
  RateLayerOptions layer{.weights = NextWeights(), .lambda = {}, .lines = {}};
  for (std::int64_t c = 0; c < tail.shape.channels; ++c) {
    RateActivation line = ReadAffine(tail.functions, c);
    line.offset -= window.low;
    layer.lines.push_back(line);
    layer.lambda.push_back(window.high - window.low);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const SpikingLayer made, FoldRateLayer(tail, InputsOf(tail), layer));
  AddLayer(Stagger(made, kReadoutNeurons), -1);
  network.class_count = tail.shape.channels;
  for (std::int32_t i = 0; i < network.class_count * kReadoutNeurons; ++i) {
    network.output_classes.push_back(i / kReadoutNeurons);
  }
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

absl::StatusOr<FoldedNetwork> FoldRateNetwork(const Network& network,
                                              const Preprocessing& preprocessing,
                                              const CalibrationImages& calibration,
                                              const RateFoldOptions& options) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  if (calibration.images.empty()) {
    return WithRemedy(
        absl::FailedPreconditionError("rate mode scales thresholds by the activations of "
                                      "calibration images, and there are none"),
        {RemedyKind::kCalibrate});
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph graph,
                             BuildStageGraph(network, {.average_pool_stages = true}));
  // Image -> lines -> layer -> layer, each with the scale of its activations. Logits -> classes.
  RateFolder folder(network, graph, calibration, options);
  SPIKEMESH_RETURN_IF_ERROR(folder.FoldImage(preprocessing));
  folder.MeasureStages();
  SPIKEMESH_RETURN_IF_ERROR(folder.FoldStages());
  SPIKEMESH_RETURN_IF_ERROR(folder.FoldReadout());
  return folder.Finish();
}

}  // namespace spikemesh
