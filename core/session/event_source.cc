// SPDX-License-Identifier: Apache-2.0
#include "core/session/event_source.h"

#include <optional>

#include "core/base/strings.h"

namespace spikemesh {

absl::StatusOr<EventSource> EventSource::Create(const ChipModel& chip,
                                                std::span<const AxonEvent> events) {
  std::vector<Spike> spikes;
  spikes.reserve(events.size());
  for (const AxonEvent& event : events) {
    const std::optional<CoreId> core = FindCore(chip, event.core);
    if (!core) {
      return absl::OutOfRangeError(
          Concat("tick ", event.tick, ": core ", event.core, " is not a used core of the chip"));
    }
    const std::size_t axons = chip.cores[core->value()].axon_types.size();
    if (event.axon.value() >= axons) {
      return absl::OutOfRangeError(Concat("tick ", event.tick, ": axon ", event.axon, " of core ",
                                          event.core, ", allowed: below ", axons,
                                          ", the axons it uses"));
    }
    spikes.push_back({event.tick, {*core, event.axon}});
  }
  return EventSource(std::move(spikes));
}

absl::Status EventSource::SendUntil(Tick until, Machine& machine) {
  for (; next_ < spikes_.size() && spikes_[next_].tick <= until; ++next_) {
    machine.SendAxon(spikes_[next_].axon, spikes_[next_].tick);
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
