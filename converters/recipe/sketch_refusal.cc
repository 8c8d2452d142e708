// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/sketch_refusal.h"

#include <utility>

#include "converters/recipe/spiking_conversion.h"

namespace spikemesh {
namespace {

std::optional<SketchRefusal> RefusalWith(WeightKind weights, const SpikingOptions& options,
                                         const MappingOptions& mapping, const Network& network) {
  absl::StatusOr<SpikingNetwork> sketch = SketchRateNetwork(options, weights, network);
  if (!sketch.ok()) {
    return std::nullopt;
  }
  absl::Status status = CheckEstimate(*sketch, mapping);
  if (status.ok()) {
    return std::nullopt;
  }
  return SketchRefusal{.status = std::move(status), .sketch = *std::move(sketch)};
}

}  // namespace

std::optional<SketchRefusal> SketchRateRefusal(const SpikingOptions& options,
                                               const MappingOptions& mapping,
                                               const Network& network) {
  if (!options.calibrate) {
    return std::nullopt;
  }
  std::optional<SketchRefusal> fewest =
      RefusalWith(WeightKind::kTernary, options, mapping, network);
  if (!fewest || options.weights == WeightsRequest::kTernary) {
    return fewest;
  }
  std::optional<SketchRefusal> usual =
      RefusalWith(WeightKind::kCodebook, options, mapping, network);
  return usual ? std::move(usual) : std::move(fewest);
}

}  // namespace spikemesh
