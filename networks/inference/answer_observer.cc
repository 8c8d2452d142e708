// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/answer_observer.h"

#include <cstddef>
#include <utility>

namespace spikemesh {

AnswerObserver::AnswerObserver(const ChipModel& chip, const Dataset& images, ImageProgress progress,
                               std::vector<std::int32_t>& predicted)
    : schedule_(chip.presentation),
      images_(images),
      progress_(std::move(progress)),
      predicted_(predicted),
      readout_(chip.pin_classes, schedule_.ticks_per_image()) {}

absl::Status AnswerObserver::Look(const Machine& machine) {
  const ImageTick at = schedule_.Readout(machine.now());
  const auto image = static_cast<std::size_t>(at.image);
  if (at.image < 0 || image >= predicted_.size()) {
    return absl::OkStatus();
  }
  readout_.Add(at.tick, machine.pins(), images_.label(at.image));
  if (at.tick == schedule_.ticks_per_image()) {
    predicted_[image] = readout_.answer();
    if (progress_) {
      progress_(at.image + 1);
    }
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
