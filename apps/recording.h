// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind beside its report: the observers that flags ask for, and their files.
#ifndef SPIKEMESH_APPS_RECORDING_H_
#define SPIKEMESH_APPS_RECORDING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/session/event_writers.h"
#include "core/session/session.h"
#include "core/session/spike_observers.h"
#include "core/session/traffic_observers.h"

namespace spikemesh {

// Empty paths stand for files that were not asked for.
struct RecordingOptions {
  std::string spikes;
  std::string outputs;
  std::string potentials;
  std::string raster;
  bool routed = false;           // the machine has routers
  bool neuron_counts = false;    // how often each neuron fired
  bool timeline = false;         // of a machine with routers
  std::int64_t trace_ticks = 0;  // of a machine with routers; 0: no trace
  LateSpikes late = LateSpikes::kDeliver;
};

// Observers keep pointers into one another's chip, so a recording stays where it is.
class Recording {
 public:
  // Of ticks 1..`last`. `chip` must outlive the recording. Errors: those of creating its files.
  static absl::StatusOr<std::unique_ptr<Recording>> Create(const ChipModel& chip,
                                                           const RecordingOptions& options,
                                                           Tick last);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  // Those that were asked for.
  const std::vector<TickObserver*>& observers() const { return observers_; }

  // After the last tick. Errors: those of TrafficObserver::CheckLate.
  absl::Status CheckLate() const;

  // Puts the files in their places. Errors: those of writing them.
  absl::Status Commit();

  // Null where it was not asked for.
  const SpikeTraffic* traffic() const { return traffic_ ? &traffic_->traffic() : nullptr; }
  const TrafficTimeline* timeline() const { return timeline_ ? &timeline_->timeline() : nullptr; }
  const PacketTrace* trace() const { return trace_ ? &trace_->trace() : nullptr; }
  const NeuronCounter* neuron_counts() const { return counts_ ? &*counts_ : nullptr; }

 private:
  Recording() = default;
  absl::Status OpenFiles(const ChipModel& chip, const RecordingOptions& options);

  std::optional<SpikeWriter> spikes_;
  std::optional<PinWriter> pins_;
  std::optional<PotentialWriter> potentials_;
  std::string raster_path_;
  std::optional<RasterObserver> raster_;
  std::optional<NeuronCounter> counts_;
  std::optional<TrafficObserver> traffic_;
  std::optional<TimelineObserver> timeline_;
  std::optional<TraceObserver> trace_;
  std::vector<TickObserver*> observers_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_RECORDING_H_
