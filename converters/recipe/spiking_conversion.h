// SPDX-License-Identifier: Apache-2.0
// From a float network to a spiking one, as the options ask: the mode, the weights of each layer,
// calibration. Shared by all that convert or tell whether they could, so that they speak of the
// same network.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_SPIKING_CONVERSION_H_
#define SPIKEMESH_CONVERTERS_RECIPE_SPIKING_CONVERSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "converters/recipe/conversion_loss.h"
#include "converters/recipe/convert_options.h"
#include "converters/spiking/fold_network.h"
#include "core/base/status.h"
#include "core/report/convert_report.h"
#include "core/report/run_mode.h"
#include "networks/ir/encoded_image.h"
#include "networks/ir/network.h"

namespace spikemesh {

// Calibration images: of the training split, from its beginning.
inline constexpr std::int64_t kCalibrationImages = 500;
// Of them, those that splits of wide layers are fitted on.
inline constexpr std::int64_t kEncodedImages = 32;
// Of them, those that the read-out's mean error is measured on.
inline constexpr std::int64_t kCorrectionImages = 200;
// What a choice of weights may lose on them, in all: of accuracy, or in rate mode of the answers
// that are the float network's.
inline constexpr double kWeightsAccuracyBound = 0.005;
inline constexpr double kWeightsAnswersBound = 0.002;

struct SpikingConversion {
  FoldedNetwork folded;
  RunMode mode = RunMode::kPipelined;  // or kRate
  std::string mode_reason;
  std::vector<std::string> warnings;
  std::optional<CalibrationAnswers> answers;        // of the calibration images
  std::optional<SufficientTicks> sufficient_ticks;  // rate mode
  std::optional<ExactPools> exact_pools;            // rate mode; sizes are still to come
  std::vector<std::string> pool_names;              // of them
  // The float network is right on less than twice chance.
  bool doubtful_preprocessing = false;
  std::vector<EncodedImage> encoded;  // some of the calibration images, for splits to be fitted on
};

// What rate mode makes of a network, in a moment: of few images, with one form of weights, and
// unmeasured. For estimates of what it takes alone. Errors: as ConvertToSpikes;
// FailedPrecondition (a network for pipelined mode).
inline constexpr std::int64_t kSketchImages = 4;
absl::StatusOr<SpikingNetwork> SketchRateNetwork(const SpikingOptions& options, WeightKind weights,
                                                 Network network);

// `network` loses its max pools where they are to be averaged. Errors: those of folding;
// FailedPrecondition with the remedy kCalibrate where weights or activations must be measured;
// those of loading the calibration images.
absl::StatusOr<SpikingConversion> ConvertToSpikes(const SpikingOptions& options, Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_SPIKING_CONVERSION_H_
