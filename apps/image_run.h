// SPDX-License-Identifier: Apache-2.0
// Classifying images on a chip: what both presentations share. pipelined_run.h streams images
// through one machine, one a tick; rate_run.h gives each image its ticks and a fresh state.
#ifndef SPIKEMESH_APPS_IMAGE_RUN_H_
#define SPIKEMESH_APPS_IMAGE_RUN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/report/run_report.h"
#include "networks/data/dataset.h"

namespace spikemesh {

// Errors: InvalidArgument (images of another shape than the model's; both named).
absl::Status CheckImageShape(const InputModel& input, const Dataset& images);

// Whether `images` fit an image encoder of `input`. Errors: FailedPrecondition (no encoder),
// InvalidArgument (another shape).
absl::Status CheckImages(const InputModel& input, const Dataset& images);

// Whether the chip can classify these images: CheckImages, a presentation that goes with the
// encoder, classes of pins, and at most kTicksMax ticks. Further errors: FailedPrecondition,
// Unimplemented (levels in rate mode, a rate encoder in pipelined mode), OutOfRange (ticks).
absl::Status CheckImageRun(const ChipModel& chip, const Dataset& images);

// The ticks that `images` images take. The chip's presentation is not kNone.
std::int64_t TicksOfImages(const PresentationModel& presentation, std::int64_t images);

// Counts the spikes of pins by the class of the pin; pins of class -1 do not vote.
class PinVotes {
 public:
  // `pin_classes` must outlive the votes; one is 0 or above.
  explicit PinVotes(const std::vector<std::int32_t>& pin_classes);

  void Clear();
  // `pins`: one entry a spike.
  void Add(std::span<const PinIndex> pins);
  // The class with most spikes, ties to the lowest; 0 where nothing fired.
  std::int32_t Leader() const;

 private:
  const std::vector<std::int32_t>& pin_classes_;
  std::vector<std::int64_t> votes_;  // [class]
};

// Told about how many images are done, by the thread that started the run.
using ImageProgress = std::function<void(std::int64_t)>;

struct ImageRunResult {
  std::vector<std::int32_t> predicted;  // [images]
  std::int64_t ticks = 0;
  Counters counts;
  std::optional<VerifySummary> verify;             // where asked for
  std::vector<AccuracyAfter> accuracy_over_ticks;  // rate
};

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_IMAGE_RUN_H_
