// SPDX-License-Identifier: Apache-2.0
// The host's spikes that have not arrived yet. Arrivals of the next ticks, where nearly all lie,
// go to a ring of lists; later ones wait in a heap by tick. A spike counts as sent when it
// arrives, so counters of a tick depend only on what happened until then.
#ifndef SPIKEMESH_CORE_MACHINE_HOST_QUEUE_H_
#define SPIKEMESH_CORE_MACHINE_HOST_QUEUE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/base/limits.h"

namespace spikemesh {

// A spike of the host: on an input line, or on one axon.
struct HostSpike {
  static constexpr std::int32_t kWholeLine = -1;
  std::uint32_t index;  // the line, or the core
  std::int32_t axon;    // kWholeLine, or the axon
};

class HostQueue {
 public:
  // `arrival` is later than `now`.
  void Add(HostSpike spike, Tick arrival, Tick now);

  // Removes and returns what arrives in `tick`, in no particular order. Valid until the next call.
  // Ticks must be taken in ascending order, none with an arrival left out.
  std::span<const HostSpike> Take(Tick tick);

  // The first tick later than `now` with an arrival; nullopt when the queue is empty.
  std::optional<Tick> NextArrival(Tick now) const;

  void Clear();

 private:
  struct Waiting {
    Tick arrival;
    HostSpike spike;
  };
  static bool Later(const Waiting& a, const Waiting& b) { return a.arrival > b.arrival; }

  std::array<std::vector<HostSpike>, kDelaySlots> near_;  // [tick mod 16]: at most 15 ticks ahead
  std::vector<Waiting> far_;                              // heap, earliest arrival on top
  std::vector<HostSpike> taken_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_HOST_QUEUE_H_
