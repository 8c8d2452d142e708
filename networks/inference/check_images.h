// SPDX-License-Identifier: Apache-2.0
// Whether images go with a model, asked before any runs.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_CHECK_IMAGES_H_
#define SPIKEMESH_NETWORKS_INFERENCE_CHECK_IMAGES_H_

#include <cstdint>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "networks/data/dataset.h"

namespace spikemesh {

// A run of this many ticks takes 11 days of the chip's time, and its counts fit 63 bits for any
// chip that a file can hold.
inline constexpr std::int64_t kTicksMax = 1'000'000'000;

// `images` are padded already. Errors: InvalidArgument (images of another shape than the model's;
// both named; remedy kPadImages, or kConvertPadded, where they are smaller).
absl::Status CheckImageShape(const InputModel& input, const Dataset& images);

// Whether `images` fit an image encoder of `input`. Errors: FailedPrecondition (no encoder),
// InvalidArgument (another shape).
absl::Status CheckImages(const InputModel& input, const Dataset& images);

// Whether the chip can classify these images: CheckImages, a presentation that goes with the
// encoder, classes of pins, and at most kTicksMax ticks. Further errors: FailedPrecondition,
// Unimplemented (levels in rate mode, a rate encoder in pipelined mode), OutOfRange (ticks).
absl::Status CheckImageRun(const ChipModel& chip, const Dataset& images);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_CHECK_IMAGES_H_
