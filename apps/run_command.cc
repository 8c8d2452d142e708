// SPDX-License-Identifier: Apache-2.0
#include "apps/run_command.h"

#include <array>
#include <utility>
#include <vector>

#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "apps/run_chip.h"
#include "apps/run_network_model.h"
#include "converters/recipe/file_kind.h"
#include "core/base/atomic_file.h"
#include "core/base/strings.h"

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
  const std::array<std::pair<const char*, bool>, 13> flags = {{
      {"--input", !options.input.empty()},
      {"--ticks", options.ticks.has_value()},
      {"--verify", options.verify},
      {"--diagnose", options.diagnose.has_value()},
      {"--model", !options.float_model.empty()},
      {"--spikes", !options.spikes.empty()},
      {"--outputs", !options.outputs.empty()},
      {"--potentials", !options.potentials.empty()},
      {"--raster", !options.raster.empty()},
      {"--router", options.router.name.value_or(RouterName::kIdeal) != RouterName::kIdeal},
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

absl::Status CheckFiles(const RunOptions& options) {
  if (!options.float_model.empty() && !options.verify && !options.diagnose) {
    return absl::FailedPreconditionError(
        "--model: is what --verify and --diagnose hold the chip against; give one of them");
  }
  const std::array<FileArgument, 5> inputs = {{{"MODEL", options.model},
                                               {"--router-config", options.router.config},
                                               {"--model", options.float_model},
                                               {"--input", options.input},
                                               {"--energy-constants", options.energy_constants}}};
  return CheckOutputFiles(inputs, OutputsOf(options));
}

absl::Status CheckPreprocessing(const RunOptions& options, FileKind kind) {
  if (kind == FileKind::kOnnx || !options.preprocessing.given()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      Concat("--input-range, --mean, --std, --pad: ", options.model,
             " holds its own preprocessing; they are for .onnx models"));
}

absl::Status CheckSignZero(const RunOptions& options, FileKind kind) {
  if (kind == FileKind::kOnnx || !options.float_model.empty() ||
      options.onnx.sign_zero == SignZero::kZero) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(Concat(
      "--sign-zero: ", options.model, " has no Sign nodes any more; it is for .onnx models"));
}

absl::StatusOr<RunResult> RunByKind(const RunOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FileKind kind, RecognizeFile(options.model));
  SPIKEMESH_RETURN_IF_ERROR(CheckPreprocessing(options, kind));
  SPIKEMESH_RETURN_IF_ERROR(CheckSignZero(options, kind));
  if (kind == FileKind::kChip) {
    return RunChipModel(options);
  }
  if (kind == FileKind::kOnnx || kind == FileKind::kSpikingNetwork) {
    SPIKEMESH_RETURN_IF_ERROR(RefuseChipFlags(options));
  }
  return RunNetworkModel(options);
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

absl::Status InterruptStatus(const RunResult& result) {
  if (!result.images_asked) {
    return absl::OkStatus();
  }
  return absl::CancelledError(Concat("interrupted after ", result.report.dataset->images, " of ",
                                     *result.images_asked,
                                     " images; the report and the predictions are of these"));
}

// A run that Ctrl-C ended leaves no records of ticks: they are those of the whole run or not there.
absl::Status WriteFiles(const RunOptions& options, RunResult& result) {
  SPIKEMESH_RETURN_IF_ERROR(WriteIfNamed(options.predictions, result.predictions_csv));
  if (result.images_asked) {
    return absl::OkStatus();
  }
  if (result.recording != nullptr) {
    SPIKEMESH_RETURN_IF_ERROR(result.recording->Commit());
  }
  return WriteIfNamed(options.picture, result.diagnosis_svg);
}

}  // namespace

absl::Status RunCommand(const RunOptions& options) {
  // What is wrong with the names of files is said before any work.
  SPIKEMESH_RETURN_IF_ERROR(CheckFiles(options));

  // A chip runs on the machine, a network as what it is.
  SPIKEMESH_ASSIGN_OR_RETURN(RunResult result, RunByKind(options));

  // Files first: who reads the report finds them there.
  SPIKEMESH_RETURN_IF_ERROR(WriteFiles(options, result));
  SPIKEMESH_RETURN_IF_ERROR(
      DeliverReport(options.json, FormsOf(result.report, options.show_constants)));

  // A chip that differs from its network is a job that failed, with the report as its evidence.
  SPIKEMESH_RETURN_IF_ERROR(VerifyStatus(result.report));
  return InterruptStatus(result);
}

}  // namespace spikemesh
