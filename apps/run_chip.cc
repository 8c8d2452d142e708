// SPDX-License-Identifier: Apache-2.0
#include "apps/run_chip.h"

#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "apps/image_files.h"
#include "apps/image_progress.h"
#include "apps/interrupt.h"
#include "apps/remedies.h"
#include "apps/terminal.h"
#include "converters/diagnosis/diagnose.h"
#include "core/base/atomic_file.h"
#include "core/base/process_usage.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "core/chip/chip_file.h"
#include "core/events/event_files.h"
#include "core/report/chip_summary.h"
#include "core/report/diagnose_svg.h"
#include "core/report/energy_json.h"
#include "core/report/version.h"
#include "core/session/event_source.h"
#include "core/stats/energy_constants.h"
#include "core/stats/energy_model.h"
#include "networks/inference/answers.h"
#include "networks/inference/check_images.h"
#include "networks/inference/image_run.h"
#include "networks/inference/image_schedule.h"
#include "networks/inference/network_answers.h"
#include "networks/inference/verifier.h"

namespace spikemesh {
namespace {

// Draws the progress line of a session.
class ProgressObserver : public TickObserver {
 public:
  explicit ProgressObserver(Tick last) : line_("ticks", last.value()) {}
  bool every_tick() const override { return false; }
  absl::Status Look(const Machine& machine) override {
    line_.Update(machine.now().value());
    return absl::OkStatus();
  }

 private:
  ProgressLine line_;
};

absl::StatusOr<EnergyConstants> LoadConstants(const std::string& path) {
  if (path.empty()) {
    return EnergyConstants();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kEnergyFileBytesMax));
  return Annotate(ParseEnergyConstants(text), path);
}

RecordingOptions ToRecording(const RunOptions& options) {
  const bool routed = options.router.name.value_or(RouterName::kIdeal) != RouterName::kIdeal;
  return {.spikes = options.spikes,
          .outputs = options.outputs,
          .potentials = options.potentials,
          .raster = options.raster,
          .routed = routed,
          .neuron_counts = options.profile,
          .timeline = routed && options.page,
          .trace_ticks = options.trace_ticks,
          .late = options.router.late};
}

// What the report says whatever went through the chip; its ticks, counts and data set are there.
void FillReport(const RunOptions& options, const ChipModel& chip, const Machine& machine,
                const Stopwatch& stopwatch, RunReport& report) {
  report.tick_us = options.tick_us.value_or(chip.spec.tick_us);
  const Operation operation = {
      .ticks = report.ticks,
      .volts = options.volts.value_or(chip.spec.volts),
      .tick_us = report.tick_us,
      .images = report.dataset ? std::optional(report.dataset->images) : std::nullopt};
  const ChipEnergy energy = ComputeChipEnergy(chip, *report.counts, operation, report.constants);
  report.energy = energy.used_cores;
  report.energy_whole_chip = energy.whole_chip;
  report.simulator = {.version = ProjectVersion(),
                      .wall_seconds = stopwatch.wall_seconds(),
                      .cpu_seconds = stopwatch.cpu_seconds(),
                      .threads = options.machine.threads,
                      .simd = std::string(machine.simd_name()),
                      .seed = options.machine.seed.value_or(chip.seed),
                      .peak_memory_bytes = PeakMemoryBytes()};
}

// The float network and what its chip has of it, read before any image runs; nothing where it was
// not named.
absl::StatusOr<std::optional<DiagnosisModels>> LoadModels(const RunOptions& options,
                                                          const ChipModel& chip,
                                                          std::int64_t images) {
  if (options.float_model.empty()) {
    return std::nullopt;
  }
  if (options.diagnose && *options.diagnose > images) {
    return absl::OutOfRangeError(Concat("--diagnose: ", *options.diagnose, " images, allowed: 1..",
                                        images, ", those that run"));
  }
  return Annotate(LoadDiagnosis(chip, options.float_model, options.onnx), "--model");
}

// On a machine of its own, so that the report's counts are those of the run.
absl::Status AddDiagnosis(const RunOptions& options, const DiagnosisModels& models,
                          const ChipModel& chip, const Dataset& images, const Machine& machine,
                          RunResult& result) {
  ProgressLine progress("steps of the diagnosis", 3 * *options.diagnose);
  Machine replica = machine.Replica(options.machine.threads);
  SPIKEMESH_ASSIGN_OR_RETURN(
      result.report.diagnosis,
      Diagnose(
          models, chip, images, *options.diagnose,
          [&progress](std::int64_t done) { progress.Update(done); }, replica));
  if (!options.picture.empty()) {
    result.diagnosis_svg = FormatDiagnosisSvg(
        *result.report.diagnosis,
        Concat("Layers of ", chip.name.empty() ? "the chip" : chip.name, " on ", images.name));
  }
  return absl::OkStatus();
}

// What the flags ask of images, read before any runs.
struct ImageJob {
  Dataset images;
  std::optional<SpikingNetwork> reference;  // to verify against
  std::optional<DiagnosisModels> models;    // to diagnose, and to verify the answers
};

absl::StatusOr<ImageJob> LoadImageJob(const RunOptions& options, const ChipModel& chip) {
  ImageJob job;
  SPIKEMESH_ASSIGN_OR_RETURN(job.images, LoadImages(options, chip.input.pad));
  SPIKEMESH_RETURN_IF_ERROR(Annotate(CheckImageRun(chip, job.images), "--dataset"));
  if (options.diagnose && !job.images.labelled()) {
    return absl::FailedPreconditionError(
        Concat("--diagnose: ", job.images.name, " has no labels, which tell where accuracy goes"));
  }
  if (options.verify) {
    SPIKEMESH_ASSIGN_OR_RETURN(job.reference, Annotate(SpikingNetworkOf(chip), "--verify"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(job.models, LoadModels(options, chip, job.images.size()));
  return job;
}

void ReportAnswers(const RunOptions& options, const ChipModel& chip, const Dataset& images,
                   ImageRunResult answers, RunResult& result) {
  RunReport& report = result.report;
  report.mode = RunModeOf(chip.presentation.mode);
  report.ticks = answers.ticks;
  report.counts = answers.counts;
  report.ticks_per_image = chip.presentation.ticks_per_image;
  report.latency_ticks = chip.presentation.latency_ticks;
  report.host_work = HostWorkOf(chip.input);
  report.dataset = SummarizeDataset(options, images, chip.input.pad);
  report.classification = Classify(images, answers.predicted);
  report.verify = answers.verify;
  report.accuracy_over_ticks = std::move(answers.accuracy_over_ticks);
  result.predictions_csv = FormatAnswers(images, answers.predicted);
}

// The float network answers the images that the chip has answered.
absl::Status CompareAnswers(const DiagnosisModels& models, const ChipModel& chip,
                            const Dataset& images, RunResult& result) {
  ProgressLine progress("images of the float network", images.size());
  SPIKEMESH_ASSIGN_OR_RETURN(const NetworkAnswers trained,
                             RunFloatNetwork(models.trained, chip.input, images,
                                             [&](std::int64_t done) { progress.Update(done); }));
  result.report.answers = SummarizeAnswers(images, trained.predicted, result.predicted);
  const std::optional<double> accuracy = result.report.answers->float_accuracy;
  const std::int32_t classes = result.report.classification->class_count();
  if (accuracy && IsDoubtfulAccuracy(*accuracy, images.size(), classes)) {
    result.report.warnings.push_back(DoubtfulAccuracyText(*accuracy, images.size()));
  }
  return absl::OkStatus();
}

absl::StatusOr<ImageRunResult> AnswerImages(const RunOptions& options, const ChipModel& chip,
                                            const ImageJob& job, Recording& recording,
                                            Machine& machine) {
  ImageProgressLine progress(job.images.size(),
                             options.images.has_value() || !options.partial_report);
  std::optional<InterruptCatcher> catcher;
  if (options.partial_report) {
    catcher.emplace();
  }
  return RunImages(chip, job.images,
                   {.threads = options.machine.threads,
                    .reference = job.reference ? &*job.reference : nullptr,
                    .observers = recording.observers(),
                    .progress = [&progress](std::int64_t done) { progress.Update(done); },
                    .stop = catcher ? catcher->stop() : nullptr},
                   machine);
}

absl::Status RunImagesOfDataset(const RunOptions& options, const ChipModel& chip, Machine& machine,
                                RunResult& result) {
  SPIKEMESH_ASSIGN_OR_RETURN(ImageJob job, LoadImageJob(options, chip));
  SPIKEMESH_ASSIGN_OR_RETURN(
      result.recording, Recording::Create(chip, ToRecording(options),
                                          ImageSchedule(chip.presentation).End(job.images.size())));
  const Stopwatch stopwatch;
  SPIKEMESH_ASSIGN_OR_RETURN(ImageRunResult answers,
                             AnswerImages(options, chip, job, *result.recording, machine));
  KeepImagesDone(std::ssize(answers.predicted), job.images, result);
  result.predicted = answers.predicted;
  ReportAnswers(options, chip, job.images, std::move(answers), result);
  FillReport(options, chip, machine, stopwatch, result.report);
  if (result.images_asked) {
    return absl::OkStatus();
  }
  SPIKEMESH_RETURN_IF_ERROR(result.recording->CheckLate());
  if (options.verify && job.models) {
    SPIKEMESH_RETURN_IF_ERROR(CompareAnswers(*job.models, chip, job.images, result));
  }
  return options.diagnose ? AddDiagnosis(options, *job.models, chip, job.images, machine, result)
                          : absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<EventSource>> LoadEvents(const RunOptions& options,
                                                        const ChipModel& chip) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.input, kEventFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<AxonEvent> events,
                             Annotate(ParseInputEvents(text), options.input));
  SPIKEMESH_ASSIGN_OR_RETURN(EventSource source,
                             Annotate(EventSource::Create(chip, events), options.input));
  return std::make_unique<EventSource>(std::move(source));
}

absl::Status RunSpikesOfFile(const RunOptions& options, const ChipModel& chip, Machine& machine,
                             RunResult& result) {
  const Tick last(*options.ticks);
  NoSpikes nothing;
  std::unique_ptr<EventSource> events;
  if (!options.input.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(events, LoadEvents(options, chip));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(result.recording, Recording::Create(chip, ToRecording(options), last));
  ProgressObserver progress(last);
  std::vector<TickObserver*> observers = result.recording->observers();
  observers.push_back(&progress);
  const Stopwatch stopwatch;
  SpikeSource& source = events ? static_cast<SpikeSource&>(*events) : nothing;
  SPIKEMESH_RETURN_IF_ERROR(RunSession(machine, source, observers, last));
  if (events && events->left() > 0) {
    LogWarning(Concat(options.input, ": ", events->left(), " spikes arrive after tick ", last,
                      ", the last one that runs"));
  }
  result.report.mode = RunMode::kEvents;
  result.report.ticks = machine.now().value();
  result.report.counts = machine.counters();
  FillReport(options, chip, machine, stopwatch, result.report);
  return result.recording->CheckLate();
}

// A run that late spikes ended says which flag made them do so.
absl::Status NameLateFlag(const absl::Status& status) {
  return absl::IsDeadlineExceeded(status) ? Annotate(status, "--late fail") : status;
}

}  // namespace

absl::StatusOr<RunResult> RunChipModel(const RunOptions& options) {
  if (options.dataset.empty() && !options.ticks) {
    return absl::FailedPreconditionError(
        Concat(options.model, ": give images with --dataset, or spikes with --input and --ticks"));
  }
  RunResult result;
  SPIKEMESH_ASSIGN_OR_RETURN(result.report.constants, LoadConstants(options.energy_constants));
  SPIKEMESH_ASSIGN_OR_RETURN(LargeBytes bytes, ReadLargeFile(options.model, kChipFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(ChipModel parsed, Annotate(ParseChip(bytes.view()), options.model));
  result.chip = std::make_unique<const ChipModel>(std::move(parsed));
  const ChipModel& chip = *result.chip;
  result.report.model = SummarizeChip(chip, Sha256Hex(bytes.view()));
  bytes = LargeBytes();  // as large as the chip itself; no longer needed

  MachineOptions machine_options = ToMachineOptions(options.machine);
  SPIKEMESH_ASSIGN_OR_RETURN(machine_options.router, ToRouter(options.router, chip.spec.router));
  if (chip.presentation.mode == PresentationMode::kRate && !options.dataset.empty()) {
    machine_options.threads = 1;  // images run on its replicas
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Machine created, Machine::Create(chip, machine_options));
  result.machine = std::make_unique<Machine>(std::move(created));
  SPIKEMESH_RETURN_IF_ERROR(NameLateFlag(
      options.dataset.empty() ? RunSpikesOfFile(options, chip, *result.machine, result)
                              : RunImagesOfDataset(options, chip, *result.machine, result)));
  if (const SpikeTraffic* const traffic = result.recording->traffic()) {
    result.report.routing = traffic->Summarize();
  }
  return result;
}

}  // namespace spikemesh
