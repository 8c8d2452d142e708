// SPDX-License-Identifier: Apache-2.0
#include "apps/run_network_model.h"

#include <iterator>
#include <utility>
#include <variant>

#include "apps/file_arguments.h"
#include "apps/image_files.h"
#include "apps/image_progress.h"
#include "apps/interrupt.h"
#include "apps/remedies.h"
#include "apps/terminal.h"
#include "converters/recipe/import_model.h"
#include "converters/spiking/image_input.h"
#include "core/base/process_usage.h"
#include "core/base/strings.h"
#include "core/report/version.h"
#include "networks/inference/answers.h"
#include "networks/inference/network_answers.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {
namespace {

void ReportAnswers(const RunOptions& options, const ImagePad& pad, const Dataset& images,
                   const Stopwatch& stopwatch, NetworkAnswers answers, RunResult& result) {
  result.report.dataset = SummarizeDataset(options, images, pad);
  result.report.classification = Classify(images, answers.predicted);
  result.report.accuracy_over_ticks = std::move(answers.accuracy_over_ticks);
  result.predictions_csv = FormatAnswers(images, answers.predicted);
  result.report.simulator = {.version = ProjectVersion(),
                             .wall_seconds = stopwatch.wall_seconds(),
                             .cpu_seconds = stopwatch.cpu_seconds(),
                             .threads = 1,
                             .simd = "",
                             .seed = options.machine.seed.value_or(0),
                             .peak_memory_bytes = PeakMemoryBytes()};
}

absl::StatusOr<NetworkAnswers> RunSpiking(const RunOptions& options, const SpikingNetwork& network,
                                          const Dataset& images, const ImageProgress& progress,
                                          const StopFlag* stop, RunReport& report) {
  report.mode = RunMode::kSpikingNetwork;
  report.model.name = network.name;
  report.model.neurons = CountNeurons(network);
  report.host_work = HostWorkOf(network.input);
  if (network.presentation.mode == PresentationMode::kRate) {
    report.ticks_per_image = network.presentation.ticks_per_image;
    report.latency_ticks = network.presentation.latency_ticks;
  }
  return Annotate(RunSpikingNetwork(network, images, progress, {.stop = stop}), options.model);
}

absl::StatusOr<NetworkAnswers> RunFloat(const RunOptions& options, const Network& network,
                                        const InputModel& input, const Dataset& images,
                                        const ImageProgress& progress, const StopFlag* stop,
                                        RunReport& report) {
  for (const std::string& warning : network.warnings) {
    LogWarning(Concat(options.model, ": ", warning));
  }
  report.mode = RunMode::kFloatNetwork;
  report.model.name = FileStem(options.model);
  return Annotate(RunFloatNetwork(network, input, images, progress, {.stop = stop}), "--dataset");
}

// What the model takes: a float network as the flags say, a spiking one as it was converted.
absl::StatusOr<InputModel> InputOf(const RunOptions& options, const ImportedModel& imported) {
  if (const auto* const spiking = std::get_if<SpikingNetwork>(&imported.model)) {
    return spiking->input;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Preprocessing preprocessing,
                             ToPreprocessing(options.preprocessing));
  return Annotate(ImageInput(std::get<Network>(imported.model).input_shape, preprocessing),
                  options.model);
}

}  // namespace

absl::StatusOr<RunResult> RunNetworkModel(const RunOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(
      const ImportedModel imported,
      ImportModel(options.model, {.onnx = WithImageValues(options.onnx, options.preprocessing),
                                  .reads_besides = "chips (.chip)"}));
  SPIKEMESH_ASSIGN_OR_RETURN(const InputModel input, InputOf(options, imported));
  SPIKEMESH_ASSIGN_OR_RETURN(Dataset images, LoadImages(options, input.pad));
  RunResult result;
  result.report.model.sha256 = imported.sha256;
  ImageProgressLine line(images.size(), options.images.has_value());
  const ImageProgress progress = [&line](std::int64_t done) { line.Update(done); };
  const Stopwatch stopwatch;
  const auto* const network = std::get_if<Network>(&imported.model);
  const InterruptCatcher catcher;
  SPIKEMESH_ASSIGN_OR_RETURN(
      NetworkAnswers answers,
      network != nullptr
          ? RunFloat(options, *network, input, images, progress, catcher.stop(), result.report)
          : RunSpiking(options, std::get<SpikingNetwork>(imported.model), images, progress,
                       catcher.stop(), result.report));
  KeepImagesDone(std::ssize(answers.predicted), images, result);
  ReportAnswers(options, input.pad, images, stopwatch, std::move(answers), result);
  const Classification& found = *result.report.classification;
  if (network != nullptr &&
      IsDoubtfulAccuracy(found.accuracy(), found.images(), found.class_count())) {
    result.report.warnings.push_back(DoubtfulAccuracyText(found.accuracy(), found.images()));
  }
  return result;
}

}  // namespace spikemesh
