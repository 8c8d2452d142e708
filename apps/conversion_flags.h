// SPDX-License-Identifier: Apache-2.0
// The flags of conversion, which `convert` and `inspect` share.
#ifndef SPIKEMESH_APPS_CONVERSION_FLAGS_H_
#define SPIKEMESH_APPS_CONVERSION_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "apps/flags.h"
#include "converters/recipe/convert_options.h"
#include "converters/recipe/import_model.h"
#include "core/base/status.h"

namespace spikemesh {

// Of pipelined mode, where it reads real numbers.
enum class FirstLayer : std::uint8_t { kCores, kHost };

struct ConversionFlags {
  ModeRequest mode = ModeRequest::kAuto;
  WeightsRequest weights = WeightsRequest::kAuto;
  std::optional<std::int32_t> ticks;
  std::string calibrate;
  PoolRequest pool = PoolRequest::kExact;
  std::optional<double> max_loss;  // points
  FirstLayer first_layer = FirstLayer::kCores;
  PreprocessingFlags preprocessing;
  OnnxOptions onnx;
  // Whether any differs from what it is when left out.
  bool given() const;
};
// Adds --sign-zero.
CLI::Option* AddSignZeroFlag(CLI::App& app, OnnxOptions& options);

void AddConversionFlags(CLI::App& app, ConversionFlags& flags);

// Errors: those of ToPreprocessing and ParseDatasetSpec.
absl::StatusOr<SpikingOptions> ToSpikingOptions(const ConversionFlags& flags);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_CONVERSION_FLAGS_H_
