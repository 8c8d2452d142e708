// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/image_schedule.h"

#include "core/base/status.h"

namespace spikemesh {

ImageSchedule::ImageSchedule(const PresentationModel& presentation)
    : resets_(presentation.mode == PresentationMode::kRate),
      ticks_(resets_ ? presentation.ticks_per_image : 1),
      latency_(presentation.latency_ticks),
      period_(resets_ ? ticks_ + latency_ : 1) {
  SPIKEMESH_CHECK(presentation.mode != PresentationMode::kNone);
}

ImageTick ImageSchedule::Input(Tick tick) const {
  const std::int64_t since_first = tick.value() - 1;
  const std::int64_t within = since_first % period_;
  if (within >= ticks_) {
    return {};
  }
  return {since_first / period_, static_cast<std::int32_t>(within) + 1};
}

ImageTick ImageSchedule::Readout(Tick tick) const {
  const std::int64_t since_first = tick.value() - 1 - latency_;
  if (since_first < 0) {
    return {};
  }
  const std::int64_t within = since_first % period_;
  if (within >= ticks_) {
    return {};
  }
  return {since_first / period_, static_cast<std::int32_t>(within) + 1};
}

}  // namespace spikemesh
