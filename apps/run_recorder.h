// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind beside its report: looks at the machine after every tick and writes
// spikes, pins and potentials as CSV text and spikes into a raster picture. Each text is held in
// memory, because files appear whole or not at all, and is limited to kEventFileBytesMax, the most
// that the readers of these files take.
#ifndef SPIKEMESH_APPS_RUN_RECORDER_H_
#define SPIKEMESH_APPS_RUN_RECORDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "core/profile/packet_trace.h"
#include "core/profile/spike_traffic.h"
#include "core/profile/traffic_timeline.h"
#include "core/report/raster_svg.h"
#include "core/stats/traffic_file.h"

namespace spikemesh {

struct RecorderOptions {
  bool spikes = false;
  bool pins = false;
  bool potentials = false;
  std::optional<Tick> raster_last = std::nullopt;  // a picture of ticks 1..raster_last
  bool neuron_spikes = false;
  bool traffic = false;          // of a machine with routers
  bool timeline = false;         // of the traffic, where there is any
  bool late_fails = false;       // then a late spike ends the run
  std::int64_t trace_ticks = 0;  // of a machine with routers: PacketTrace's; 0: no trace
};

class RunRecorder {
 public:
  // `chip` must outlive the recorder.
  RunRecorder(const ChipModel& chip, const RecorderOptions& options);

  // Whether there is anything to look at; where not, the machine may jump over quiet ticks.
  bool active() const;

  // To be called once after every tick. Errors: ResourceExhausted (a text beyond its limit; says
  // which flag and tick), DeadlineExceeded (a late spike, where late_fails).
  absl::Status Look(const Machine& machine);

  // To be called after the last tick, for spikes that never arrived. Errors: DeadlineExceeded, as
  // above.
  absl::Status CheckLate() const;

  const std::string& spikes_csv() const { return spikes_; }
  const std::string& pins_csv() const { return pins_; }
  const std::string& potentials_csv() const { return potentials_; }
  std::string FormatRaster() const;  // only where raster_last was given
  // Neurons that fired, where asked for.
  std::vector<NeuronSpikes> neuron_spikes() const;
  // Null where it was not asked for.
  const SpikeTraffic* traffic() const { return traffic_ ? &*traffic_ : nullptr; }
  const TrafficTimeline* timeline() const { return timeline_ ? &*timeline_ : nullptr; }
  const PacketTrace* trace() const { return trace_ ? &*trace_ : nullptr; }

 private:
  void LookAtPotentials(const Machine& machine);
  absl::Status LookAtTraffic(const Machine& machine);

  const ChipModel& chip_;
  RecorderOptions options_;
  std::string spikes_;
  std::string pins_;
  std::string potentials_;
  std::vector<std::int64_t> raster_first_row_;  // [core]
  std::optional<RasterPicture> raster_;
  std::optional<SpikeTraffic> traffic_;
  std::optional<TrafficTimeline> timeline_;
  std::optional<PacketTrace> trace_;
  std::vector<std::int64_t> spikes_of_;  // [core * 256 + neuron]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_RUN_RECORDER_H_
