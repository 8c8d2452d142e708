// SPDX-License-Identifier: Apache-2.0
// Observers that keep sums of spikes: a picture, and how often each neuron fired.
#ifndef SPIKEMESH_CORE_SESSION_SPIKE_OBSERVERS_H_
#define SPIKEMESH_CORE_SESSION_SPIKE_OBSERVERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/report/raster_svg.h"
#include "core/session/session.h"
#include "core/stats/traffic_file.h"

namespace spikemesh {

// Draws the spikes of the ticks 1..`last`, cores by layer. `chip` must outlive the observer.
class RasterObserver : public TickObserver {
 public:
  RasterObserver(const ChipModel& chip, Tick last);
  absl::Status Look(const Machine& machine) override;
  // Empty for a chip without cores.
  std::string FormatSvg() const;

 private:
  const ChipModel& chip_;
  std::vector<std::int64_t> first_row_;   // [core]
  std::optional<RasterPicture> picture_;  // of a chip that has cores
};

// `chip` must outlive the counter.
class NeuronCounter : public TickObserver {
 public:
  explicit NeuronCounter(const ChipModel& chip);
  absl::Status Look(const Machine& machine) override;
  // Of neurons that fired, as FormatTraffic takes them.
  std::vector<NeuronSpikes> counts() const;

 private:
  const ChipModel& chip_;
  std::vector<std::int64_t> spikes_;  // [core * 256 + neuron]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_SESSION_SPIKE_OBSERVERS_H_
