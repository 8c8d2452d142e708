// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/conversion_loss.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "converters/diagnosis/diagnose.h"
#include "core/base/strings.h"
#include "core/chip/validate.h"
#include "core/report/diagnose_report.h"
#include "core/report/text_table.h"
#include "networks/inference/answers.h"

namespace spikemesh {
namespace {

// Accuracy that further ticks may still bring without being called a gain.
constexpr double kTicksGain = 0.005;
// Of the difference of two shares.
constexpr double kRounding = 1e-9;
// Read-outs of so many times the ticks are tried.
constexpr std::int32_t kTicksFactorMax = 8;
constexpr std::int64_t kTicksWork = std::int64_t{1} << 31;
constexpr std::int64_t kTicksImagesMin = 32;
constexpr std::int64_t kDiagnosedImagesMin = 10;
constexpr std::int64_t kDiagnosedImagesMax = 100;

// As many images as keep neurons times ticks within kTicksWork: bytes of chips depend on what they
// answer, so not on time.
std::int64_t ImagesWithinWork(const SpikingNetwork& network) {
  return std::max<std::int64_t>(
      kTicksWork /
          std::max<std::int64_t>(1, CountNeurons(network) * network.presentation.ticks_per_image),
      kTicksImagesMin);
}

// The layer behind which the float network that goes on is worse than behind the one before it, by
// the most.
std::optional<WorstLayer> FindWorstLayer(const DiagnoseReport& diagnosis) {
  std::optional<WorstLayer> worst;
  double before = diagnosis.accuracy_float;
  for (const LayerAgreement& layer : diagnosis.layers) {
    if (!layer.accuracy) {
      continue;
    }
    const double drop = before - *layer.accuracy;
    if (drop > 0.0 && (!worst || drop > worst->before - worst->after)) {
      worst = {.name = layer.name,
               .images = diagnosis.images,
               .before = before,
               .after = *layer.accuracy};
    }
    before = *layer.accuracy;
  }
  return worst;
}

// What would help, most first.
std::vector<Remedy> RemediesFor(const CalibrationSummary& calibration,
                                const std::optional<SufficientTicks>& ticks,
                                const SpikingOptions& options) {
  std::vector<Remedy> remedies;
  const double half = calibration.loss / 2;
  if (calibration.pooled_accuracy &&
      calibration.float_accuracy - *calibration.pooled_accuracy > half) {
    remedies.push_back({RemedyKind::kExactPools});
  }
  if (ticks) {
    remedies.push_back({RemedyKind::kMoreTicks, std::to_string(ticks->ticks)});
  }
  const bool coarse =
      options.weights != WeightsRequest::kCodebook && options.weights != WeightsRequest::kKeep;
  if (coarse) {
    remedies.push_back({RemedyKind::kCodebook});
  }
  return remedies;
}

// What the split of wide layers lost, on the images that it was measured on; 0 without one.
double SplitLoss(const CalibrationSummary& calibration, const CalibrationAnswers& answers) {
  if (!calibration.split_accuracy) {
    return 0.0;
  }
  const auto spiking = std::span(answers.spiking.predicted)
                           .first(static_cast<std::size_t>(calibration.split_images));
  return AccuracyOf(answers.images, spiking) - *calibration.split_accuracy;
}

std::string LossText(const CalibrationSummary& calibration, const std::optional<WorstLayer>& worst,
                     double split_loss) {
  std::string text = Concat("the conversion loses ", FormatPoints(calibration.loss), " of ",
                            FormatPercent(calibration.float_accuracy),
                            calibration.labelled ? " on calibration images"
                                                 : " of answers to calibration images, which "
                                                   "were the float network's");
  if (worst) {
    text +=
        Concat("; most in layer ", PrintableName(worst->name), " (", FormatPercent(worst->before),
               " -> ", FormatPercent(worst->after), " of ", worst->images, " images)");
  }
  if (split_loss > calibration.loss / 2) {
    text += Concat("; ", FormatPoints(split_loss),
                   " by splitting layers of more inputs than a core has axons: fewer inputs a "
                   "neuron, or groups, need no split");
  }
  return text;
}

}  // namespace

bool IsLossTold(const CalibrationSummary& calibration) {
  return calibration.loss > kLossTold + kRounding;
}

CalibrationSummary SummarizeCalibration(const CalibrationAnswers& answers) {
  CalibrationSummary summary;
  summary.dataset = answers.images.name;
  summary.images = answers.images.size();
  summary.labelled = answers.labelled;
  summary.float_accuracy = AccuracyOf(answers.images, answers.trained);
  if (answers.pooled) {
    summary.pooled_accuracy = AccuracyOf(answers.images, *answers.pooled);
  }
  summary.spiking_accuracy = AccuracyOf(answers.images, answers.spiking.predicted);
  summary.loss = summary.float_accuracy - summary.spiking_accuracy;
  return summary;
}

absl::Status MeasureSplit(const SpikingNetwork& network, const CalibrationAnswers& answers,
                          CalibrationSummary& summary) {
  SPIKEMESH_ASSIGN_OR_RETURN(
      const NetworkAnswers split,
      RunSpikingNetwork(network, answers.images, nullptr, {.cpu_seconds = kMeasureCpuSeconds}));
  summary.split_images = static_cast<std::int64_t>(split.predicted.size());
  summary.split_accuracy = AccuracyOf(answers.images, split.predicted);
  const auto trained = std::span(answers.trained).first(split.predicted.size());
  summary.loss = AccuracyOf(answers.images, trained) - *summary.split_accuracy;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SufficientTicks>> FindSufficientTicks(
    const SpikingNetwork& network, const CalibrationAnswers& answers) {
  const std::int64_t ticks = network.presentation.ticks_per_image;
  const std::vector<AccuracyAfter>& so_far = answers.spiking.accuracy_over_ticks;
  const double rise =
      so_far.back().accuracy - (so_far.size() < 2 ? 0.0 : so_far.end()[-2].accuracy);
  const double loss = AccuracyOf(answers.images, answers.trained) -
                      AccuracyOf(answers.images, answers.spiking.predicted);
  if (!(rise > 0.0) || !(loss > kTicksGain)) {
    return std::nullopt;
  }
  SpikingNetwork longer = network;
  while (longer.presentation.ticks_per_image < kTicksFactorMax * ticks &&
         longer.presentation.ticks_per_image <= kPresentationTicksMax / 2) {
    longer.presentation.ticks_per_image *= 2;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(
      const NetworkAnswers answered,
      RunSpikingNetwork(longer, FirstImages(answers.images, ImagesWithinWork(longer)), nullptr));
  double best = 0.0;
  for (const AccuracyAfter& after : answered.accuracy_over_ticks) {
    best = std::max(best, after.accuracy);
  }
  // On the images of the longer run.
  const auto same = std::span(answers.spiking.predicted).first(answered.predicted.size());
  const double now = AccuracyOf(answers.images, same);
  for (const AccuracyAfter& after : answered.accuracy_over_ticks) {
    if (after.ticks > ticks && after.accuracy >= best - kTicksGain &&
        after.accuracy > now + kTicksGain) {
      return SufficientTicks{.ticks = after.ticks,
                             .images = static_cast<std::int64_t>(same.size()),
                             .accuracy = after.accuracy,
                             .accuracy_now = now};
    }
  }
  return std::nullopt;
}

absl::Status JudgeLoss(const Network& network, const SpikingNetwork& spiking,
                       const CalibrationAnswers& answers, const SpikingOptions& options,
                       ConvertReport& report) {
  const CalibrationSummary& calibration = *report.calibration;
  if (!IsLossTold(calibration)) {
    return absl::OkStatus();
  }
  // A diagnosis runs each network twice an image, and parts of the float one.
  const double seconds = answers.cpu_seconds / static_cast<double>(answers.images.size());
  const auto affordable =
      static_cast<std::int64_t>(kMeasureCpuSeconds / std::max(4.0 * seconds, 1e-3));
  const std::int64_t count = std::min(
      answers.images.size(), std::clamp(affordable, kDiagnosedImagesMin, kDiagnosedImagesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const DiagnoseReport diagnosis,
                             DiagnoseConversion(network, spiking, answers.images, count));
  ConversionLoss loss;
  loss.worst = FindWorstLayer(diagnosis);
  loss.text = LossText(calibration, loss.worst, SplitLoss(calibration, answers));
  loss.remedies = RemediesFor(calibration, report.sufficient_ticks, options);
  if (calibration.loss > options.max_loss + kRounding) {
    absl::Status status = absl::FailedPreconditionError(
        Concat(loss.text, "; at most ", FormatPoints(options.max_loss), " are allowed"));
    for (const Remedy& remedy : loss.remedies) {
      status = WithRemedy(std::move(status), remedy);
    }
    return WithRemedy(std::move(status), {RemedyKind::kMaxLoss});
  }
  report.loss = std::move(loss);
  return absl::OkStatus();
}

}  // namespace spikemesh
