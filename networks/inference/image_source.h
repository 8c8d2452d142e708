// SPDX-License-Identifier: Apache-2.0
// Images as a source of spikes: puts each on the chip's input lines when its schedule says.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_IMAGE_SOURCE_H_
#define SPIKEMESH_NETWORKS_INFERENCE_IMAGE_SOURCE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/session/session.h"
#include "networks/data/dataset.h"
#include "networks/inference/image_lines.h"
#include "networks/inference/image_schedule.h"

namespace spikemesh {

class ImageSource : public SpikeSource {
 public:
  // Shows the first `count` of `images`, which must outlive the source. Errors: those of creating
  // the encoder.
  static absl::StatusOr<ImageSource> Create(const ChipModel& chip, const Dataset& images,
                                            std::int64_t count);

  absl::Status SendUntil(Tick until, Machine& machine) override;

  const ImageSchedule& schedule() const { return schedule_; }

 private:
  ImageSource(const ChipModel& chip, const Dataset& images, std::int64_t count, ImageLines encoder);

  ImageSchedule schedule_;
  std::uint32_t first_line_;
  const Dataset& images_;
  std::int64_t count_;
  ImageLines encoder_;
  std::vector<std::uint32_t> lines_;  // of a tick
};

// The one way to show images to a machine: first .. end-1 of `source`, each later than any before
// it, until the last is read; where images find the initial state (resets()), one image. Errors:
// those of the observers.
absl::Status PresentImages(ImageSource& source, std::int64_t first, std::int64_t end,
                           std::span<TickObserver* const> observers, Machine& machine);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_IMAGE_SOURCE_H_
