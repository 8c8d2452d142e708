// SPDX-License-Identifier: Apache-2.0
#include "apps/spiking_conversion.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "apps/image_run.h"
#include "apps/spiking_classifier.h"
#include "apps/terminal.h"
#include "converters/spiking/average_pools.h"
#include "converters/spiking/calibration.h"
#include "converters/spiking/choose_mode.h"
#include "converters/spiking/choose_weights.h"
#include "converters/spiking/fold_rate.h"
#include "converters/spiking/image_input.h"
#include "core/base/strings.h"
#include "networks/data/dataset.h"
#include "networks/data/preprocessing.h"

namespace spikemesh {
namespace {

constexpr std::int32_t kTicksFlagMax = 4096;
constexpr std::uint64_t kCalibrationSeed = 1;  // of the built-in digits
constexpr const char* kNeedsCalibration =
    "needs images to measure activations and weights on; give --calibrate DATASET (its training "
    "split is read)";

WeightKind KindOf(const std::string& name) {
  for (const WeightKind kind :
       {WeightKind::kBinary, WeightKind::kTernary, WeightKind::kInt4, WeightKind::kCodebook}) {
    if (name == WeightKindName(kind)) {
      return kind;
    }
  }
  return WeightKind::kKeep;
}

// The calibration images in both forms: bytes for spiking networks, numbers for the float one.
struct Calibration {
  Dataset dataset;
  CalibrationImages images;
};

absl::StatusOr<std::optional<Calibration>> LoadCalibration(const ConversionFlags& flags,
                                                           const Network& network,
                                                           const Preprocessing& preprocessing) {
  if (flags.calibrate.empty()) {
    return std::optional<Calibration>();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const DatasetSpec spec,
                             Annotate(ParseDatasetSpec(flags.calibrate), "--calibrate"));
  Calibration calibration;
  SPIKEMESH_ASSIGN_OR_RETURN(
      calibration.dataset,
      Annotate(LoadDataset(spec, DatasetSplit::kTrain, kCalibrationImages, kCalibrationSeed),
               "--calibrate"));
  SPIKEMESH_ASSIGN_OR_RETURN(const InputModel input,
                             ImageInput(network.input_shape, preprocessing));
  SPIKEMESH_RETURN_IF_ERROR(Annotate(CheckImageShape(input, calibration.dataset), "--calibrate"));
  for (std::int64_t i = 0; i < calibration.dataset.size(); ++i) {
    calibration.images.images.push_back(PreprocessImage(input, calibration.dataset.image(i)));
    calibration.images.labels.push_back(calibration.dataset.labels[static_cast<std::size_t>(i)]);
  }
  return std::optional<Calibration>(std::move(calibration));
}

// The conversion of one network, with what the flags and the calibration say.
class Converter {
 public:
  Converter(const ConversionFlags& flags, const Network& network, Preprocessing preprocessing,
            const std::optional<Calibration>& calibration)
      : flags_(flags),
        network_(network),
        preprocessing_(std::move(preprocessing)),
        calibration_(calibration) {}

  absl::StatusOr<FoldedNetwork> FoldPipelined();
  absl::StatusOr<FoldedNetwork> FoldRate();

 private:
  absl::StatusOr<FoldedNetwork> FoldQuantised(const std::vector<WeightKind>& kinds) const;
  absl::StatusOr<FoldedNetwork> FoldBinary() const;
  absl::StatusOr<FoldedNetwork> FoldRateAs(const std::vector<WeightKind>& kinds) const;
  template <typename Fold>
  absl::StatusOr<FoldedNetwork> FoldChosen(const std::vector<std::int64_t>& weight_counts,
                                           const Fold& fold) const;

  const ConversionFlags& flags_;
  const Network& network_;
  const Preprocessing preprocessing_;
  const std::optional<Calibration>& calibration_;
};

// Chooses kinds of weights by the accuracy that they leave, and folds with them.
template <typename Fold>
absl::StatusOr<FoldedNetwork> Converter::FoldChosen(const std::vector<std::int64_t>& weight_counts,
                                                    const Fold& fold) const {
  SPIKEMESH_ASSIGN_OR_RETURN(
      const WeightChoice choice,
      ChooseWeights(weight_counts, kWeightsAccuracyBound,
                    [&](const std::vector<WeightKind>& kinds) -> absl::StatusOr<double> {
                      SPIKEMESH_ASSIGN_OR_RETURN(const FoldedNetwork folded, fold(kinds));
                      return SpikingAccuracy(folded.network, calibration_->dataset);
                    }));
  return fold(choice.kinds);
}

absl::StatusOr<FoldedNetwork> Converter::FoldQuantised(const std::vector<WeightKind>& kinds) const {
  FoldOptions options;
  options.calibration = calibration_ ? &calibration_->images : nullptr;
  for (const WeightKind kind : kinds) {
    options.layers.push_back({.weights = kind});
  }
  return FoldNetwork(network_, preprocessing_, options);
}

// Latent weights of binary networks stand for their signs, with or without a scale: the better of
// the two on the calibration images; without images, with the scale.
absl::StatusOr<FoldedNetwork> Converter::FoldBinary() const {
  FoldOptions options;
  options.calibration = calibration_ ? &calibration_->images : nullptr;
  options.layer = {.weights = WeightKind::kBinary};
  SPIKEMESH_ASSIGN_OR_RETURN(FoldedNetwork scaled, FoldNetwork(network_, preprocessing_, options));
  if (!calibration_) {
    return scaled;
  }
  options.layer.unit_scale = true;
  absl::StatusOr<FoldedNetwork> signs = FoldNetwork(network_, preprocessing_, options);
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
  if (flags_.weights == "binary") {
    return FoldBinary();
  }
  const WeightKind kind = KindOf(flags_.weights);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> counts,
                             CountPipelinedWeights(network_));
  if (kind != WeightKind::kKeep) {
    return FoldQuantised(std::vector<WeightKind>(counts.size(), kind));
  }
  absl::StatusOr<FoldedNetwork> kept = FoldNetwork(network_, preprocessing_);
  const bool weights_at_fault =
      absl::IsUnimplemented(kept.status()) &&
      FoldQuantised(std::vector<WeightKind>(counts.size(), WeightKind::kTernary)).ok();
  if (flags_.weights == "keep" || !weights_at_fault) {
    return kept;
  }
  if (!calibration_) {
    return absl::FailedPreconditionError(
        Concat("--weights auto ", kNeedsCalibration,
               ", or name a form of weights; without: ", std::string(kept.status().message())));
  }
  return FoldChosen(counts,
                    [this](const std::vector<WeightKind>& kinds) { return FoldQuantised(kinds); });
}

absl::StatusOr<FoldedNetwork> Converter::FoldRateAs(const std::vector<WeightKind>& kinds) const {
  RateFoldOptions options;
  options.ticks = flags_.ticks.value_or(options.ticks);
  options.layers = kinds;
  return FoldRateNetwork(network_, preprocessing_, calibration_->images, options);
}

absl::StatusOr<FoldedNetwork> Converter::FoldRate() {
  if (!calibration_) {
    return absl::FailedPreconditionError(Concat("--mode rate ", kNeedsCalibration));
  }
  if (flags_.weights == "keep") {
    return absl::UnimplementedError(
        "--weights keep: in rate mode weights are scaled by the activations they meet, which keeps "
        "none; give auto, ternary, int4 or codebook");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> counts, CountRateWeights(network_));
  if (flags_.weights != "auto") {
    return FoldRateAs(std::vector<WeightKind>(counts.size(), KindOf(flags_.weights)));
  }
  return FoldChosen(counts,
                    [this](const std::vector<WeightKind>& kinds) { return FoldRateAs(kinds); });
}

// What rate mode does with max pools: refuse the first one, or average all of them and tell the
// change in accuracy of the float network.
absl::Status ReplaceOrRefusePools(const ConversionFlags& flags,
                                  const std::optional<Calibration>& calibration, Network& network,
                                  std::vector<std::string>& warnings) {
  AveragedPools averaged = AverageMaxPools(network);
  if (averaged.replaced == 0) {
    return absl::OkStatus();
  }
  if (flags.pool != "average") {
    const auto first = std::ranges::find_if(network.nodes, [](const NetworkNode& node) {
      const auto* pool = std::get_if<PoolNode>(&node.operation);
      return pool != nullptr && pool->kind == PoolKind::kMax;
    });
    return absl::UnimplementedError(
        Concat("node \"", first->name,
               "\" (max pooling): the greatest of several rates is not what the "
               "neurons of a core compute; train with average pooling or strides, or replace all "
               "max pools "
               "by average pools with --pool average, which tells the change in accuracy"));
  }
  if (!calibration) {
    return absl::FailedPreconditionError(Concat("--pool average ", kNeedsCalibration));
  }
  warnings.push_back(Concat(averaged.replaced,
                            " max pools became average pools: float accuracy on ",
                            calibration->images.images.size(), " calibration images ",
                            100 * AccuracyOf(network, calibration->images), " % -> ",
                            100 * AccuracyOf(averaged.network, calibration->images), " %"));
  network = std::move(averaged.network);
  return absl::OkStatus();
}

absl::StatusOr<ModeChoice> ModeOf(const ConversionFlags& flags, const Network& network) {
  if (flags.mode == "pipelined") {
    return ModeChoice{PresentationMode::kPipelined, "asked for with --mode"};
  }
  if (flags.mode == "rate") {
    return ModeChoice{PresentationMode::kRate, "asked for with --mode"};
  }
  return ChooseMode(network);
}

}  // namespace

bool ConversionFlags::given() const {
  return mode != "auto" || weights != "auto" || ticks || !calibrate.empty() || pool != "refuse" ||
         preprocessing.given();
}

void AddConversionFlags(CLI::App& app, ConversionFlags& flags) {
  app.add_option(
         "--mode", flags.mode,
         "pipelined: steps, one image a tick; rate: ReLU, --ticks an image; auto: pipelined "
         "if every activation is a step")
      ->check(CLI::IsMember({"auto", "pipelined", "rate"}).description(""))
      ->capture_default_str()
      ->type_name("MODE");
  app.add_option("--weights", flags.weights,
                 "keep: as trained, or refuse; binary, ternary (2 axons an input), int4, codebook "
                 "(up to 4); auto: keep where that is possible, else the cheapest form of each "
                 "layer that loses at most 0.5 points on calibration images in all")
      ->check(
          CLI::IsMember({"auto", "keep", "binary", "ternary", "int4", "codebook"}).description(""))
      ->capture_default_str()
      ->type_name("WAY");
  app.add_option("--ticks", flags.ticks, "Ticks an image in rate mode (default: 32)")
      ->check(NumberWithin(1, kTicksFlagMax))
      ->type_name("T");
  app.add_option("--calibrate", flags.calibrate,
                 "Images to measure activations on: the first 500 of the training split")
      ->type_name("DATASET");
  app.add_option("--pool", flags.pool,
                 "Max pools in rate mode: refuse, or average (the change in accuracy is printed)")
      ->check(CLI::IsMember({"refuse", "average"}).description(""))
      ->capture_default_str()
      ->type_name("WAY");
  AddPreprocessingFlags(app, flags.preprocessing);
}

absl::StatusOr<SpikingConversion> ConvertToSpikes(const ConversionFlags& flags,
                                                  ImportedOnnx& imported) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Preprocessing preprocessing,
                             ToPreprocessing(flags.preprocessing));
  Network& network = imported.network;
  SPIKEMESH_ASSIGN_OR_RETURN(const std::optional<Calibration> calibration,
                             LoadCalibration(flags, network, preprocessing));
  SpikingConversion result;
  result.warnings = network.warnings;
  SPIKEMESH_ASSIGN_OR_RETURN(const ModeChoice choice, ModeOf(flags, network));
  const bool rate = choice.mode == PresentationMode::kRate;
  result.mode = RunModeOf(choice.mode);
  result.mode_reason = choice.reason;
  if (rate) {
    SPIKEMESH_RETURN_IF_ERROR(ReplaceOrRefusePools(flags, calibration, network, result.warnings));
  }
  if (!rate && flags.ticks) {
    return absl::InvalidArgumentError("--ticks: for rate mode only; this network runs pipelined");
  }
  Converter converter(flags, network, preprocessing, calibration);
  SPIKEMESH_ASSIGN_OR_RETURN(result.folded,
                             rate ? converter.FoldRate() : converter.FoldPipelined());
  result.warnings.insert(result.warnings.end(), result.folded.warnings.begin(),
                         result.folded.warnings.end());
  if (calibration) {
    SPIKEMESH_ASSIGN_OR_RETURN(const double spiking,
                               SpikingAccuracy(result.folded.network, calibration->dataset));
    result.calibration = {.dataset = calibration->dataset.name,
                          .images = calibration->dataset.size(),
                          .float_accuracy = AccuracyOf(network, calibration->images),
                          .spiking_accuracy = spiking};
    SPIKEMESH_ASSIGN_OR_RETURN(
        result.encoded, EncodeImages(result.folded.network, calibration->dataset, kEncodedImages));
  }
  return result;
}

}  // namespace spikemesh
