// SPDX-License-Identifier: Apache-2.0
// What a conversion loses on its calibration images, step by step: as trained, with replaced pools,
// in spikes, after wide layers were split. Loss is the accuracy as trained less that of the last
// step, on the images that the last step was run on.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_CONVERSION_LOSS_H_
#define SPIKEMESH_CONVERTERS_RECIPE_CONVERSION_LOSS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "converters/recipe/convert_options.h"
#include "core/base/status.h"
#include "core/report/convert_report.h"
#include "networks/data/dataset.h"
#include "networks/inference/network_answers.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// More than this, 0..1, is told with the layer that loses most.
inline constexpr double kLossTold = 0.01;
// What the measurement of splits may take.
inline constexpr double kMeasureCpuSeconds = 15.0;

// The answers of each step to the calibration images; the last may have fewer.
struct CalibrationAnswers {
  Dataset images;
  bool labelled = true;  // else their labels are the float network's answers
  std::vector<std::int32_t> trained;
  std::optional<std::vector<std::int32_t>> pooled;  // where max pools were averaged
  NetworkAnswers spiking;
  double cpu_seconds = 0.0;  // of the spiking answers
};

// The steps up to the spiking network. `answers` has images.
CalibrationSummary SummarizeCalibration(const CalibrationAnswers& answers);

// One more step: `network` is the spiking network that was mapped, with split layers. Errors: those
// of RunSpikingNetwork.
absl::Status MeasureSplit(const SpikingNetwork& network, const CalibrationAnswers& answers,
                          CalibrationSummary& summary);

// Rate mode: the fewest ticks after which a longer read-out is told (ReadoutCuts) and beyond which
// accuracy rises by no more than half a point, on the first images; nothing where those of
// `network` are enough. Errors: those of RunSpikingNetwork.
absl::StatusOr<std::optional<SufficientTicks>> FindSufficientTicks(
    const SpikingNetwork& network, const CalibrationAnswers& answers);

// Whether its loss is more than kLossTold.
bool IsLossTold(const CalibrationSummary& calibration);

// Adds to report.loss what loses most, and what helps, where IsLossTold(report.calibration).
// `network`: what was folded; `spiking`: what became of it, the last step's. Errors:
// FailedPrecondition, with remedies (a loss of more than max_loss, 0..1).
absl::Status JudgeLoss(const Network& network, const SpikingNetwork& spiking,
                       const CalibrationAnswers& answers, const SpikingOptions& options,
                       ConvertReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_CONVERSION_LOSS_H_
