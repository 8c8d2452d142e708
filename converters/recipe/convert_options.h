// SPDX-License-Identifier: Apache-2.0
// What may be asked of a conversion.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_CONVERT_OPTIONS_H_
#define SPIKEMESH_CONVERTERS_RECIPE_CONVERT_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "converters/mapping/map_network.h"
#include "converters/spiking/fold_network.h"
#include "networks/data/dataset.h"

namespace spikemesh {

enum class ModeRequest : std::uint8_t { kAuto, kPipelined, kRate };

// kAuto: keep where that is possible, else the cheapest form of each layer that keeps the accuracy.
enum class WeightsRequest : std::uint8_t { kAuto, kKeep, kBinary, kTernary, kInt4, kCodebook };

// Of max pools in rate mode: kExact by rails (rate_max_pool.h), kAverage as average pools.
enum class PoolRequest : std::uint8_t { kExact, kAverage, kRefuse };

// From a float network to a spiking one.
struct SpikingOptions {
  ModeRequest mode = ModeRequest::kAuto;
  WeightsRequest weights = WeightsRequest::kAuto;
  std::optional<std::int32_t> ticks;  // an image, rate mode
  // Images to measure on: the first kCalibrationImages of the training split.
  std::optional<DatasetSpec> calibrate;
  PoolRequest pool = PoolRequest::kExact;
  Preprocessing preprocessing;
  double max_loss = 0.1;  // of accuracy on the images to measure on, 0..1; more is an error
};

// From a model to a chip, or to a spiking network.
struct ConvertOptions {
  SpikingOptions spiking;
  bool to_chip = true;
  MappingOptions mapping;             // of a chip; its images are the calibration's
  std::optional<std::uint64_t> seed;  // stored in the chip
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_CONVERT_OPTIONS_H_
