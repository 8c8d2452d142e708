// SPDX-License-Identifier: Apache-2.0
#include "apps/recording.h"

#include <utility>

#include "core/base/atomic_file.h"

namespace spikemesh {

absl::StatusOr<std::unique_ptr<Recording>> Recording::Create(const ChipModel& chip,
                                                             const RecordingOptions& options,
                                                             Tick last) {
  std::unique_ptr<Recording> recording(new Recording);
  SPIKEMESH_RETURN_IF_ERROR(recording->OpenFiles(chip, options));
  std::vector<TickObserver*>& observers = recording->observers_;
  if (!options.raster.empty() && !chip.cores.empty()) {
    recording->raster_path_ = options.raster;
    observers.push_back(&recording->raster_.emplace(chip, last));
  }
  if (options.neuron_counts) {
    observers.push_back(&recording->counts_.emplace(chip));
  }
  if (options.timeline) {
    observers.push_back(&recording->timeline_.emplace(chip));
  }
  if (options.routed) {
    observers.push_back(&recording->traffic_.emplace(chip, options.late));
  }
  if (options.trace_ticks > 0) {
    observers.push_back(&recording->trace_.emplace(chip, options.trace_ticks));
  }
  return recording;
}

absl::Status Recording::OpenFiles(const ChipModel& chip, const RecordingOptions& options) {
  if (!options.spikes.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(options.spikes));
    observers_.push_back(&spikes_.emplace(chip, std::move(file)));
  }
  if (!options.outputs.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(options.outputs));
    observers_.push_back(&pins_.emplace(std::move(file)));
  }
  if (!options.potentials.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(options.potentials));
    observers_.push_back(&potentials_.emplace(chip, std::move(file)));
  }
  return absl::OkStatus();
}

absl::Status Recording::CheckLate() const {
  return traffic_ ? traffic_->CheckLate() : absl::OkStatus();
}

absl::Status Recording::Commit() {
  if (spikes_) {
    SPIKEMESH_RETURN_IF_ERROR(spikes_->Commit());
  }
  if (pins_) {
    SPIKEMESH_RETURN_IF_ERROR(pins_->Commit());
  }
  if (potentials_) {
    SPIKEMESH_RETURN_IF_ERROR(potentials_->Commit());
  }
  return raster_ ? WriteFileAtomically(raster_path_, raster_->FormatSvg()) : absl::OkStatus();
}

}  // namespace spikemesh
