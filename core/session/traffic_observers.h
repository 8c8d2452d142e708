// SPDX-License-Identifier: Apache-2.0
// Observers of a machine with cycle-accurate routers: what core/profile counts of its packets.
#ifndef SPIKEMESH_CORE_SESSION_TRAFFIC_OBSERVERS_H_
#define SPIKEMESH_CORE_SESSION_TRAFFIC_OBSERVERS_H_

#include <cstdint>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/profile/packet_trace.h"
#include "core/profile/spike_traffic.h"
#include "core/profile/traffic_timeline.h"
#include "core/session/session.h"

namespace spikemesh {

// What becomes of a spike that comes after its tick: it is delivered in the next, or ends the run.
enum class LateSpikes : std::uint8_t { kDeliver, kFail };

// `chip` must outlive each of these, and so must the machine that is looked at.
class TrafficObserver : public TickObserver {
 public:
  TrafficObserver(const ChipModel& chip, LateSpikes late) : traffic_(chip), late_(late) {}
  // Errors: DeadlineExceeded (a late spike, where late spikes fail; it is explained).
  absl::Status Look(const Machine& machine) override;
  // To be called after the last tick, for spikes that never arrived. Errors: as above.
  absl::Status CheckLate() const;

  const SpikeTraffic& traffic() const { return traffic_; }

 private:
  SpikeTraffic traffic_;
  LateSpikes late_;
};

class TimelineObserver : public TickObserver {
 public:
  explicit TimelineObserver(const ChipModel& chip) : timeline_(chip.spec.mesh) {}
  absl::Status Look(const Machine& machine) override;

  const TrafficTimeline& timeline() const { return timeline_; }

 private:
  TrafficTimeline timeline_;
};

class TraceObserver : public TickObserver {
 public:
  // `ticks`: PacketTrace's.
  TraceObserver(const ChipModel& chip, std::int64_t ticks) : trace_(chip, ticks) {}
  absl::Status Look(const Machine& machine) override;

  const PacketTrace& trace() const { return trace_; }

 private:
  PacketTrace trace_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_SESSION_TRAFFIC_OBSERVERS_H_
