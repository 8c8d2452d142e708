// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/spiking_conversion.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>
#include <variant>

#include "converters/recipe/correct_readout.h"
#include "converters/spiking/average_pools.h"
#include "converters/spiking/calibration.h"
#include "converters/spiking/check_network.h"
#include "converters/spiking/choose_mode.h"
#include "converters/spiking/choose_weights.h"
#include "converters/spiking/compose_linear.h"
#include "converters/spiking/fold_rate.h"
#include "converters/spiking/image_input.h"
#include "converters/spiking/node_kinds.h"
#include "converters/spiking/output_rounding.h"
#include "core/base/process_usage.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "core/report/classification.h"
#include "core/report/text_table.h"
#include "networks/data/dataset.h"
#include "networks/data/pad_images.h"
#include "networks/data/preprocessing.h"
#include "networks/inference/answers.h"
#include "networks/inference/check_images.h"
#include "networks/inference/network_answers.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

constexpr std::uint64_t kCalibrationSeed = 1;  // of the built-in digits
constexpr std::int64_t kTicksChosenMax = 64;   // an image

// FailedPrecondition: `what` cannot be done without images.
absl::Status NeedsCalibration(std::string_view what) {
  return WithRemedy(absl::FailedPreconditionError(
                        Concat(what, " needs images to measure activations and weights on")),
                    {RemedyKind::kCalibrate});
}

// The kind that all layers get; kKeep where each gets its own, or none.
WeightKind KindOf(WeightsRequest weights) {
  switch (weights) {
    case WeightsRequest::kBinary:
      return WeightKind::kBinary;
    case WeightsRequest::kTernary:
      return WeightKind::kTernary;
    case WeightsRequest::kInt4:
      return WeightKind::kInt4;
    case WeightsRequest::kCodebook:
      return WeightKind::kCodebook;
    case WeightsRequest::kAuto:
    case WeightsRequest::kKeep:
      break;
  }
  return WeightKind::kKeep;
}

// The calibration images in both forms: bytes for spiking networks, numbers for the float one.
struct Calibration {
  Dataset dataset;
  bool labelled = true;  // by the data set; else by the float network's answers
  CalibrationImages images;
  std::vector<std::int32_t> answers;  // of the network that is folded
};

std::vector<std::int32_t> FloatAnswers(const Network& network, const CalibrationImages& images) {
  NetworkRunner runner(network);
  std::vector<std::int32_t> answers;
  for (const std::vector<double>& image : images.images) {
    runner.Run(image);
    answers.push_back(runner.predicted_class());
  }
  return answers;
}

double EqualShare(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
  const double equal =
      std::inner_product(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(), std::equal_to<>());
  return equal / static_cast<double>(a.size());
}

absl::StatusOr<double> SpikingAccuracy(const SpikingNetwork& network, const Dataset& images) {
  SPIKEMESH_ASSIGN_OR_RETURN(const NetworkAnswers answers,
                             RunSpikingNetwork(network, images, nullptr));
  return AccuracyOf(images, answers.predicted);
}

constexpr std::string_view kCalibrationImagesText = "calibration images";

// What is right of unlabelled images is what the float network answers, so that a loss is the share
// of answers that differ.
absl::Status LabelByAnswers(const Network& network, Calibration& calibration) {
  for (const std::int32_t answer : FloatAnswers(network, calibration.images)) {
    if (answer > std::numeric_limits<std::uint8_t>::max()) {
      return absl::UnimplementedError(Concat(kCalibrationImagesText, ": ", calibration.dataset.name,
                                             " has no labels, and class ", answer,
                                             " is no label; 0..255 are allowed"));
    }
    calibration.dataset.labels.push_back(static_cast<std::uint8_t>(answer));
  }
  return absl::OkStatus();
}

// The first `count` images.
absl::StatusOr<std::optional<Calibration>> LoadCalibration(const SpikingOptions& options,
                                                           const Network& network,
                                                           std::int64_t count) {
  if (!options.calibrate) {
    return std::optional<Calibration>();
  }
  Calibration calibration;
  SPIKEMESH_ASSIGN_OR_RETURN(
      calibration.dataset,
      Annotate(LoadImagesUpTo(*options.calibrate, DatasetSplit::kTrain, count, kCalibrationSeed),
               kCalibrationImagesText));
  SPIKEMESH_ASSIGN_OR_RETURN(const InputModel input,
                             ImageInput(network.input_shape, options.preprocessing));
  SPIKEMESH_ASSIGN_OR_RETURN(
      calibration.dataset,
      Annotate(PadImages(input.pad, std::move(calibration.dataset)), kCalibrationImagesText));
  SPIKEMESH_RETURN_IF_ERROR(
      Annotate(CheckImageShape(input, calibration.dataset), kCalibrationImagesText));
  for (std::int64_t i = 0; i < calibration.dataset.size(); ++i) {
    calibration.images.images.push_back(PreprocessImage(input, calibration.dataset.image(i)));
  }
  calibration.labelled = calibration.dataset.labelled();
  if (!calibration.labelled) {
    SPIKEMESH_RETURN_IF_ERROR(LabelByAnswers(network, calibration));
  }
  for (std::int64_t i = 0; i < calibration.dataset.size(); ++i) {
    calibration.images.labels.push_back(calibration.dataset.label(i));
  }
  return std::optional<Calibration>(std::move(calibration));
}

// The conversion of one network, with what the options and the calibration say.
class Converter {
 public:
  Converter(const SpikingOptions& options, const Network& network,
            const std::optional<Calibration>& calibration)
      : options_(options), network_(network), calibration_(calibration) {}

  absl::StatusOr<FoldedNetwork> FoldPipelined();
  absl::StatusOr<FoldedNetwork> FoldRate();

 private:
  absl::StatusOr<FoldedNetwork> FoldQuantised(const std::vector<WeightKind>& kinds) const;
  absl::StatusOr<FoldedNetwork> FoldBinary() const;
  absl::StatusOr<FoldedNetwork> FoldRateAs(const std::vector<WeightKind>& kinds);
  template <typename Fold>
  absl::StatusOr<FoldedNetwork> FoldChosen(const std::vector<std::int64_t>& weight_counts,
                                           PresentationMode mode, const Fold& fold) const;

  const SpikingOptions& options_;
  const Network& network_;
  const std::optional<Calibration>& calibration_;
  std::optional<RateMeasurements> measured_;  // rate mode
};

// Chooses kinds of weights by what they leave, and folds with them: of accuracy, for steps are
// trained with the weights that they get; in rate mode of the float network's answers, which tell
// more of a loss than their being right does.
template <typename Fold>
absl::StatusOr<FoldedNetwork> Converter::FoldChosen(const std::vector<std::int64_t>& weight_counts,
                                                    PresentationMode mode, const Fold& fold) const {
  const bool rate = mode == PresentationMode::kRate;
  const auto evaluate = [&](const std::vector<WeightKind>& kinds) -> absl::StatusOr<double> {
    SPIKEMESH_ASSIGN_OR_RETURN(const FoldedNetwork folded, fold(kinds));
    SPIKEMESH_ASSIGN_OR_RETURN(const NetworkAnswers answers,
                               RunSpikingNetwork(folded.network, calibration_->dataset, nullptr));
    return rate ? EqualShare(answers.predicted, calibration_->answers)
                : AccuracyOf(calibration_->dataset, answers.predicted);
  };
  SPIKEMESH_ASSIGN_OR_RETURN(
      const WeightChoice choice,
      ChooseWeights(weight_counts, rate ? kWeightsAnswersBound : kWeightsAccuracyBound, evaluate));
  return fold(choice.kinds);
}

absl::StatusOr<FoldedNetwork> Converter::FoldQuantised(const std::vector<WeightKind>& kinds) const {
  FoldOptions options;
  options.calibration = calibration_ ? &calibration_->images : nullptr;
  for (const WeightKind kind : kinds) {
    options.layers.push_back({.weights = kind});
  }
  return FoldNetwork(network_, options_.preprocessing, options);
}

// Latent weights of binary networks stand for their signs, with or without a scale: the better of
// the two on the calibration images; without images, with the scale.
absl::StatusOr<FoldedNetwork> Converter::FoldBinary() const {
  FoldOptions options;
  options.calibration = calibration_ ? &calibration_->images : nullptr;
  options.layer = {.weights = WeightKind::kBinary};
  SPIKEMESH_ASSIGN_OR_RETURN(FoldedNetwork scaled,
                             FoldNetwork(network_, options_.preprocessing, options));
  if (!calibration_) {
    return scaled;
  }
  options.layer.unit_scale = true;
  absl::StatusOr<FoldedNetwork> signs = FoldNetwork(network_, options_.preprocessing, options);
  if (!signs.ok()) {
    return scaled;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const double with,
                             SpikingAccuracy(scaled.network, calibration_->dataset));
  SPIKEMESH_ASSIGN_OR_RETURN(const double without,
                             SpikingAccuracy(signs->network, calibration_->dataset));
  FoldedNetwork& better = without > with ? *signs : scaled;
  better.warnings.push_back(
      Concat("binary weights: ", without > with ? "the signs alone" : "signs times their mean",
             " (calibration accuracy ", 100 * std::max(with, without), " %, the other way ",
             100 * std::min(with, without), " %)"));
  return std::move(better);
}

absl::StatusOr<FoldedNetwork> Converter::FoldPipelined() {
  if (options_.weights == WeightsRequest::kBinary) {
    return FoldBinary();
  }
  const WeightKind kind = KindOf(options_.weights);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> counts,
                             CountPipelinedWeights(network_));
  if (kind != WeightKind::kKeep) {
    return FoldQuantised(std::vector<WeightKind>(counts.size(), kind));
  }
  absl::StatusOr<FoldedNetwork> kept = FoldNetwork(network_, options_.preprocessing);
  const bool weights_at_fault =
      absl::IsUnimplemented(kept.status()) &&
      FoldQuantised(std::vector<WeightKind>(counts.size(), WeightKind::kTernary)).ok();
  if (options_.weights == WeightsRequest::kKeep || !weights_at_fault) {
    return kept;
  }
  if (!calibration_) {
    return WithRemedy(
        Annotate(NeedsCalibration("choosing a form of weights"),
                 std::string_view(kept.status().message().data(), kept.status().message().size())),
        {RemedyKind::kQuantiseWeights});
  }
  return FoldChosen(counts, PresentationMode::kPipelined,
                    [this](const std::vector<WeightKind>& kinds) { return FoldQuantised(kinds); });
}

absl::StatusOr<FoldedNetwork> Converter::FoldRateAs(const std::vector<WeightKind>& kinds) {
  RateFoldOptions options;
  options.ticks = options_.ticks.value_or(options.ticks);
  options.layers = kinds;
  SPIKEMESH_ASSIGN_OR_RETURN(
      FoldedNetwork folded,
      FoldRateNetwork(network_, options_.preprocessing, calibration_->images, options, *measured_));
  SPIKEMESH_RETURN_IF_ERROR(CorrectReadout(calibration_->dataset, kCorrectionImages, folded));
  return folded;
}

absl::StatusOr<FoldedNetwork> Converter::FoldRate() {
  if (!calibration_) {
    return NeedsCalibration("rate mode");
  }
  if (options_.preprocessing.host_first_layer) {
    return absl::InvalidArgumentError(
        "in rate mode cores compute the first layer, from images as they are; the host has none "
        "to compute");
  }
  if (options_.weights == WeightsRequest::kKeep) {
    return WithRemedy(
        absl::UnimplementedError("in rate mode weights are scaled by the activations they meet, "
                                 "so that none is kept as it is"),
        {RemedyKind::kQuantiseToTypes});
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> counts, CountRateWeights(network_));
  SPIKEMESH_ASSIGN_OR_RETURN(measured_, MeasureRates(network_, calibration_->images));
  if (options_.weights != WeightsRequest::kAuto) {
    return FoldRateAs(std::vector<WeightKind>(counts.size(), KindOf(options_.weights)));
  }
  return FoldChosen(counts, PresentationMode::kRate,
                    [this](const std::vector<WeightKind>& kinds) { return FoldRateAs(kinds); });
}

// What averages in the places of max pools would lose.
void DescribeExactPools(const Network& network, const AveragedPools& averaged,
                        const Calibration& calibration, SpikingConversion& result) {
  result.exact_pools =
      ExactPools{.pools = averaged.replaced,
                 .neurons = 0,
                 .neurons_average = 0,
                 .cores = std::nullopt,
                 .cores_average = std::nullopt,
                 .average_accuracy = AccuracyOf(
                     calibration.dataset, FloatAnswers(averaged.network, calibration.images))};
  for (const NetworkNode& node : network.nodes) {
    if (IsMaxPool(node)) {
      result.pool_names.push_back(node.name);
    }
  }
}

// What rate mode does with max pools: it has them exactly, and tells what averages would lose;
// refuses the first one; or averages all of them, which changes `network`.
absl::Status DecidePools(PoolRequest request, std::optional<Calibration>& calibration,
                         Network& network, SpikingConversion& result) {
  AveragedPools averaged = AverageMaxPools(network);
  if (averaged.replaced == 0) {
    return absl::OkStatus();
  }
  if (request == PoolRequest::kRefuse) {
    return RefuseMaxPool(std::ranges::find_if(network.nodes, IsMaxPool)->name);
  }
  if (request == PoolRequest::kExact) {
    if (calibration) {
      DescribeExactPools(network, averaged, *calibration, result);
    }
    return absl::OkStatus();
  }
  if (!calibration) {
    return NeedsCalibration("averaging max pools");
  }
  result.warnings.push_back(Concat(averaged.replaced, " max pools became average pools"));
  network = std::move(averaged.network);
  calibration->answers = FloatAnswers(network, calibration->images);
  result.answers->pooled = calibration->answers;
  return absl::OkStatus();
}

absl::StatusOr<ModeChoice> ModeOf(ModeRequest request, const Network& network) {
  switch (request) {
    case ModeRequest::kPipelined:
      return ModeChoice{PresentationMode::kPipelined, "as asked for"};
    case ModeRequest::kRate:
      return ModeChoice{PresentationMode::kRate, "as asked for"};
    case ModeRequest::kAuto:
      break;
  }
  return ChooseMode(network);
}

// Linear layers without an activation between become one. ReLU networks may take neurons between
// where they do not. A quantiser of the logits goes.
absl::Status Compose(ModeRequest mode, Network& network, std::vector<std::string>& warnings) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  if (std::string left_out = LeaveOutOutputRounding(network); !left_out.empty()) {
    warnings.push_back(std::move(left_out));
  }
  const bool rectifies = std::ranges::any_of(network.nodes, IsAnyOf<ClipNode>);
  const bool rate = mode == ModeRequest::kRate || (mode == ModeRequest::kAuto && rectifies);
  SPIKEMESH_ASSIGN_OR_RETURN(network,
                             ComposeLinear(network, rate ? LinearCut::kRails : LinearCut::kRefuse));
  return absl::OkStatus();
}

// Where the usual ticks lose accuracy that more of them bring, images get as many as help, up to
// kTicksChosenMax. Whether they do.
bool ChooseTicks(const Calibration& calibration, SpikingConversion& result) {
  const double loss = AccuracyOf(calibration.dataset, result.answers->trained) -
                      AccuracyOf(calibration.dataset, result.answers->spiking.predicted);
  SpikingNetwork& network = result.folded.network;
  if (!result.sufficient_ticks || loss <= kLossTold) {
    return false;
  }
  network.presentation.ticks_per_image = static_cast<std::int32_t>(
      std::min<std::int64_t>(result.sufficient_ticks->ticks, kTicksChosenMax));
  result.mode_reason += Concat("; ", network.presentation.ticks_per_image, " ticks an image, for ",
                               kRateTicksDefault, " would lose ", FormatPoints(loss));
  return true;
}

// Measures the folded network on the calibration images.
absl::Status Answer(const Calibration& calibration, bool rate, SpikingConversion& result) {
  CalibrationAnswers& answers = *result.answers;
  SpikingNetwork& network = result.folded.network;
  const Stopwatch stopwatch;
  SPIKEMESH_ASSIGN_OR_RETURN(answers.spiking,
                             RunSpikingNetwork(network, calibration.dataset, nullptr));
  answers.cpu_seconds = stopwatch.cpu_seconds();
  if (rate) {
    SPIKEMESH_ASSIGN_OR_RETURN(result.sufficient_ticks, FindSufficientTicks(network, answers));
  }
  result.doubtful_preprocessing = IsDoubtfulAccuracy(AccuracyOf(answers.images, answers.trained),
                                                     answers.images.size(), network.class_count);
  SPIKEMESH_ASSIGN_OR_RETURN(result.encoded,
                             EncodeImages(network, calibration.dataset, kEncodedImages));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SpikingNetwork> SketchRateNetwork(const SpikingOptions& options, WeightKind weights,
                                                 Network network) {
  std::vector<std::string> warnings;
  SPIKEMESH_RETURN_IF_ERROR(Compose(options.mode, network, warnings));
  SPIKEMESH_ASSIGN_OR_RETURN(const ModeChoice choice, ModeOf(options.mode, network));
  if (choice.mode != PresentationMode::kRate) {
    return absl::FailedPreconditionError("the network is for pipelined mode");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::optional<Calibration> calibration,
                             LoadCalibration(options, network, kSketchImages));
  if (!calibration) {
    return NeedsCalibration("rate mode");
  }
  if (options.pool == PoolRequest::kAverage) {
    network = AverageMaxPools(network).network;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> counts, CountRateWeights(network));
  SPIKEMESH_ASSIGN_OR_RETURN(RateMeasurements measured, MeasureRates(network, calibration->images));
  RateFoldOptions fold;
  fold.layers.assign(counts.size(), weights);
  SPIKEMESH_ASSIGN_OR_RETURN(
      FoldedNetwork folded,
      FoldRateNetwork(network, options.preprocessing, calibration->images, fold, measured));
  return std::move(folded.network);
}

absl::StatusOr<SpikingConversion> ConvertToSpikes(const SpikingOptions& options, Network& network) {
  SPIKEMESH_ASSIGN_OR_RETURN(std::optional<Calibration> calibration,
                             LoadCalibration(options, network, kCalibrationImages));
  SpikingConversion result;
  result.warnings = network.warnings;
  if (calibration) {
    CalibrationAnswers& answers = result.answers.emplace();
    answers.images = calibration->dataset;
    answers.labelled = calibration->labelled;
    answers.trained = FloatAnswers(network, calibration->images);
    calibration->answers = answers.trained;
  }
  SPIKEMESH_RETURN_IF_ERROR(Compose(options.mode, network, result.warnings));
  SPIKEMESH_ASSIGN_OR_RETURN(const ModeChoice choice, ModeOf(options.mode, network));
  const bool rate = choice.mode == PresentationMode::kRate;
  result.mode = RunModeOf(choice.mode);
  result.mode_reason = choice.reason;
  if (rate) {
    SPIKEMESH_RETURN_IF_ERROR(DecidePools(options.pool, calibration, network, result));
  }
  if (!rate && options.ticks) {
    return absl::InvalidArgumentError(
        "ticks an image are for rate mode only; this network runs pipelined");
  }
  Converter converter(options, network, calibration);
  SPIKEMESH_ASSIGN_OR_RETURN(result.folded,
                             rate ? converter.FoldRate() : converter.FoldPipelined());
  result.warnings.insert(result.warnings.end(), result.folded.warnings.begin(),
                         result.folded.warnings.end());
  if (calibration) {
    SPIKEMESH_RETURN_IF_ERROR(Answer(*calibration, rate, result));
    if (rate && !options.ticks && ChooseTicks(*calibration, result)) {
      SPIKEMESH_RETURN_IF_ERROR(Answer(*calibration, rate, result));
    }
  }
  return result;
}

}  // namespace spikemesh
