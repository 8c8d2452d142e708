// SPDX-License-Identifier: Apache-2.0
// Spikes of an input file (core/events) as a source.
#ifndef SPIKEMESH_CORE_SESSION_EVENT_SOURCE_H_
#define SPIKEMESH_CORE_SESSION_EVENT_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/events/event_files.h"
#include "core/session/session.h"

namespace spikemesh {

class EventSource : public SpikeSource {
 public:
  // `events` as ParseInputEvents gives them. Errors: OutOfRange (a core or an axon that the chip
  // does not use; tick, found, allowed).
  static absl::StatusOr<EventSource> Create(const ChipModel& chip,
                                            std::span<const AxonEvent> events);

  absl::Status SendUntil(Tick until, Machine& machine) override;

  // Spikes not sent so far: after a session, those that arrive later.
  std::int64_t left() const { return static_cast<std::int64_t>(spikes_.size() - next_); }

 private:
  struct Spike {
    Tick tick;
    AxonAddress axon;
  };
  explicit EventSource(std::vector<Spike> spikes) : spikes_(std::move(spikes)) {}

  std::vector<Spike> spikes_;  // by tick
  std::size_t next_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_SESSION_EVENT_SOURCE_H_
