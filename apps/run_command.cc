// SPDX-License-Identifier: Apache-2.0
#include "apps/run_command.h"

#include <array>

#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "apps/run_chip.h"
#include "apps/run_network_model.h"
#include "core/base/atomic_file.h"
#include "core/base/json.h"
#include "core/base/strings.h"
#include "core/report/run_json.h"

namespace spikemesh {
namespace {

std::vector<FileArgument> OutputsOf(const RunOptions& options) {
  return {{"--json", options.json},
          {"--predictions", options.predictions},
          {"--spikes", options.spikes},
          {"--outputs", options.outputs},
          {"--potentials", options.potentials},
          {"--raster", options.raster},
          {"--picture", options.picture}};
}

// What only a chip has, asked of a model that is none.
absl::Status RefuseChipFlags(const RunOptions& options) {
  const std::array<std::pair<const char*, bool>, 12> flags = {{
      {"--input", !options.input.empty()},
      {"--ticks", options.ticks.has_value()},
      {"--verify", options.verify},
      {"--diagnose", options.diagnose.has_value()},
      {"--spikes", !options.spikes.empty()},
      {"--outputs", !options.outputs.empty()},
      {"--potentials", !options.potentials.empty()},
      {"--raster", !options.raster.empty()},
      {"--router", options.router.name != "ideal"},
      {"--volts", options.volts.has_value()},
      {"--tick-us", options.tick_us.has_value()},
      {"--energy-constants", !options.energy_constants.empty()},
  }};
  for (const auto& [flag, given] : flags) {
    if (given) {
      return absl::FailedPreconditionError(
          Concat(flag, ": ", options.model,
                 " is no chip; `spikemesh convert` makes a .chip of a network"));
    }
  }
  if (options.dataset.empty()) {
    return absl::FailedPreconditionError(
        Concat(options.model, ": a network needs images; name them with --dataset"));
  }
  return absl::OkStatus();
}

absl::StatusOr<RunResult> RunByKind(const RunOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const ModelKind kind, ModelKindOf(options.model));
  if (kind != ModelKind::kOnnx && options.preprocessing.given()) {
    return absl::FailedPreconditionError(
        Concat("--input-range, --mean, --std: ", options.model,
               " holds its own preprocessing; they are for .onnx models"));
  }
  if (kind == ModelKind::kChip) {
    return RunChipModel(options);
  }
  SPIKEMESH_RETURN_IF_ERROR(RefuseChipFlags(options));
  return kind == ModelKind::kSpiking ? RunSpikingModel(options) : RunOnnxModel(options);
}

absl::Status WriteIfNamed(const std::string& path, const std::string& text) {
  return path.empty() ? absl::OkStatus() : WriteFileAtomically(path, text);
}

// A chip that differs from its network is a job that failed, told after the report is out.
absl::Status VerifyStatus(const RunReport& report) {
  if (!report.verify || report.verify->mismatched_spikes == 0) {
    return absl::OkStatus();
  }
  return absl::InternalError(Concat("--verify: ", report.verify->mismatched_spikes,
                                    " output spikes of ", report.verify->mismatched_images,
                                    " images differ from the spiking network, allowed: 0"));
}

}  // namespace

absl::Status RunCommand(const RunOptions& options) {
  const std::array<FileArgument, 5> inputs = {{{"MODEL", options.model},
                                               {"--router-config", options.router.config},
                                               {"--model", options.diagnose_model},
                                               {"--input", options.input},
                                               {"--energy-constants", options.energy_constants}}};
  SPIKEMESH_RETURN_IF_ERROR(CheckOutputFiles(inputs, OutputsOf(options)));
  SPIKEMESH_ASSIGN_OR_RETURN(const RunResult result, RunByKind(options));

  SPIKEMESH_RETURN_IF_ERROR(WriteIfNamed(options.predictions, result.predictions_csv));
  SPIKEMESH_RETURN_IF_ERROR(WriteIfNamed(options.spikes, result.spikes_csv));
  SPIKEMESH_RETURN_IF_ERROR(WriteIfNamed(options.outputs, result.pins_csv));
  SPIKEMESH_RETURN_IF_ERROR(WriteIfNamed(options.potentials, result.potentials_csv));
  SPIKEMESH_RETURN_IF_ERROR(WriteIfNamed(options.raster, result.raster_svg));
  SPIKEMESH_RETURN_IF_ERROR(WriteIfNamed(options.picture, result.diagnosis_svg));
  SPIKEMESH_RETURN_IF_ERROR(DeliverReport(options.json, RunReportJson(result.report),
                                          FormatRunReport(result.report, options.show_constants)));
  return VerifyStatus(result.report);
}

}  // namespace spikemesh
