// SPDX-License-Identifier: Apache-2.0
// From an imported network to a spiking one, as the flags of `convert` ask: the mode, the weights
// of each layer, calibration. Shared by `convert`, `inspect` and `run --diagnose`, so that all
// three speak of the same network.
#ifndef SPIKEMESH_APPS_SPIKING_CONVERSION_H_
#define SPIKEMESH_APPS_SPIKING_CONVERSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/flags.h"
#include "converters/mapping/map_network.h"
#include "converters/onnx/import_onnx.h"
#include "converters/spiking/fold_network.h"
#include "core/base/status.h"
#include "core/report/convert_report.h"

namespace spikemesh {

// Images of the training split that --calibrate takes, from its beginning.
inline constexpr std::int64_t kCalibrationImages = 500;
// Of them, those that splits of wide layers are fitted on.
inline constexpr std::int64_t kEncodedImages = 32;
// What --weights auto may lose on them, in all.
inline constexpr double kWeightsAccuracyBound = 0.005;

struct ConversionFlags {
  std::string mode = "auto";
  std::string weights = "auto";
  std::optional<std::int32_t> ticks;
  std::string calibrate;
  std::string pool = "refuse";
  PreprocessingFlags preprocessing;
  // Whether any differs from what it is when left out.
  bool given() const;
};
void AddConversionFlags(CLI::App& app, ConversionFlags& flags);

struct SpikingConversion {
  FoldedNetwork folded;
  RunMode mode = RunMode::kPipelined;  // or kRate
  std::string mode_reason;
  std::vector<std::string> warnings;
  std::optional<CalibrationSummary> calibration;
  std::vector<EncodedImage> encoded;  // some of the calibration images, for splits to be fitted on
};

// `imported` loses its max pools where --pool average asks for it. Errors: those of folding;
// FailedPrecondition naming --calibrate where weights or activations must be measured; those of
// loading the calibration images.
absl::StatusOr<SpikingConversion> ConvertToSpikes(const ConversionFlags& flags,
                                                  ImportedOnnx& imported);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_SPIKING_CONVERSION_H_
