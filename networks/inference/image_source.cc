// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/image_source.h"

#include <utility>

namespace spikemesh {

ImageSource::ImageSource(const ChipModel& chip, const Dataset& images, std::int64_t count,
                         ImageLines encoder)
    : schedule_(chip.presentation),
      first_line_(chip.input.first_line),
      images_(images),
      count_(count),
      encoder_(std::move(encoder)) {}

absl::StatusOr<ImageSource> ImageSource::Create(const ChipModel& chip, const Dataset& images,
                                                std::int64_t count) {
  SPIKEMESH_CHECK(count <= images.size());
  SPIKEMESH_ASSIGN_OR_RETURN(ImageLines encoder, ImageLines::Create(chip.input, chip.presentation));
  return ImageSource(chip, images, count, std::move(encoder));
}

absl::Status ImageSource::SendUntil(Tick until, Machine& machine) {
  for (Tick tick = machine.now() + 1; tick <= until; tick = tick + 1) {
    const ImageTick input = schedule_.Input(tick);
    if (input.image < 0 || input.image >= count_) {
      continue;
    }
    lines_.clear();
    encoder_.Append(images_.image(input.image), input.tick, lines_);
    for (const std::uint32_t line : lines_) {
      machine.SendLine(LineIndex(first_line_ + line), tick);
    }
  }
  return absl::OkStatus();
}

absl::Status PresentImages(ImageSource& source, std::int64_t first, std::int64_t end,
                           std::span<TickObserver* const> observers, Machine& machine) {
  const ImageSchedule& schedule = source.schedule();
  if (schedule.resets()) {
    SPIKEMESH_CHECK(end == first + 1);
    machine.ResetAt(schedule.Begin(first));
  }
  return RunSession(machine, source, observers, schedule.End(end));
}

}  // namespace spikemesh
