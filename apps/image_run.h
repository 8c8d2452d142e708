// SPDX-License-Identifier: Apache-2.0
// Streams images through a machine in pipelined mode: one image a tick. Image k (from 0) is active
// on the input lines of tick k + 1 and read from the pins of tick k + 1 + latency_ticks. Its class
// is the one that most pins of it fired for, ties to the lowest. Nothing is reset in between: the
// neurons are memoryless.
// With verification every image also goes through the spiking network that the chip was made from,
// and the pins are compared one by one.
#ifndef SPIKEMESH_APPS_IMAGE_RUN_H_
#define SPIKEMESH_APPS_IMAGE_RUN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/run_recorder.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "core/stats/run_report.h"
#include "networks/data/dataset.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// Whether `images` fit an image encoder of `input`. Errors: FailedPrecondition (no encoder),
// InvalidArgument (another shape).
absl::Status CheckImages(const InputModel& input, const Dataset& images);

// Whether the chip can classify these images: CheckImages, a pipelined presentation and classes of
// pins. Further errors: FailedPrecondition, Unimplemented (rate mode).
absl::Status CheckImageRun(const ChipModel& chip, const Dataset& images);

// The spiking network inside the chip file, fit to verify the chip's pins. Errors:
// FailedPrecondition (there is none), DataLoss, InvalidArgument (not of this chip's pins).
absl::StatusOr<SpikingNetwork> SpikingNetworkOf(const ChipModel& chip);

// The class with most spikes; `spikes` counts them by pin. Ties to the lowest; pins of class -1 do
// not vote. 0 where nothing fired.
std::int32_t PredictClass(const std::vector<std::int32_t>& pin_classes,
                          const std::vector<std::int32_t>& spikes);

struct ImageRunOptions {
  const SpikingNetwork* verify = nullptr;      // null: no verification
  std::function<void(std::int64_t)> progress;  // told the number of images done
};

struct ImageRunResult {
  std::vector<std::int32_t> predicted;  // [images]
  std::optional<VerifySummary> verify;
};

// Runs all images through `machine`, which must be a fresh machine of `chip`; both must pass
// CheckImageRun. Errors: those of the recorder.
absl::StatusOr<ImageRunResult> RunImages(const ChipModel& chip, const Dataset& images,
                                         const ImageRunOptions& options, Machine& machine,
                                         RunRecorder& recorder);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_IMAGE_RUN_H_
