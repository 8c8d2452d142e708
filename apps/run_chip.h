// SPDX-License-Identifier: Apache-2.0
// A .chip on the machine: images, input spikes, or nothing but its own activity.
#ifndef SPIKEMESH_APPS_RUN_CHIP_H_
#define SPIKEMESH_APPS_RUN_CHIP_H_

#include <optional>
#include <string>

#include "apps/run_command.h"
#include "core/base/status.h"
#include "core/profile/profile_report.h"
#include "core/report/run_report.h"

namespace spikemesh {

// What a run found; texts that were not asked for are empty.
struct RunResult {
  RunReport report;
  std::string predictions_csv;
  std::string spikes_csv;
  std::string pins_csv;
  std::string potentials_csv;
  std::string raster_svg;
  std::string diagnosis_svg;
  std::optional<ProfileReport> profile;  // where RunOptions::profile asked for it
  std::string profile_page;              // where RunOptions::page asked for it
  std::string traffic_csv;               // ParseTraffic's
  std::string trace_json;                // where RunOptions::trace_ticks asked for it
};

// Errors: those of reading the files named in `options`, of CheckImageRun, SpikingNetworkOf,
// LoadDiagnosis, Diagnose, ToRouter, Machine::Create and the recorder; OutOfRange (an input spike
// beyond the chip); FailedPrecondition (neither images nor ticks asked for).
absl::StatusOr<RunResult> RunChipModel(const RunOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_RUN_CHIP_H_
