// SPDX-License-Identifier: Apache-2.0
// A .chip on the machine: images, input spikes, or nothing but its own activity.
#ifndef SPIKEMESH_APPS_RUN_CHIP_H_
#define SPIKEMESH_APPS_RUN_CHIP_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/recording.h"
#include "apps/run_command.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "core/report/run_report.h"

namespace spikemesh {

// What a run found. Texts that were not asked for are empty.
struct RunResult {
  RunReport report;
  std::vector<std::int32_t> predicted;  // [images]
  std::string predictions_csv;
  std::string diagnosis_svg;
  // Of a run that Ctrl-C ended, whose report is of the images done: how many there were.
  std::optional<std::int64_t> images_asked;
  // Of a chip. The recording looks into both others.
  std::unique_ptr<const ChipModel> chip;
  std::unique_ptr<Machine> machine;
  std::unique_ptr<Recording> recording;
};

// Errors: those of reading the files named in `options`, of CheckImageRun, SpikingNetworkOf,
// LoadDiagnosis, Diagnose, ToRouter, Machine::Create and the observers; OutOfRange (an input spike
// beyond the chip); FailedPrecondition (neither images nor ticks asked for).
absl::StatusOr<RunResult> RunChipModel(const RunOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_RUN_CHIP_H_
