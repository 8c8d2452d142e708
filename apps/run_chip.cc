// SPDX-License-Identifier: Apache-2.0
#include "apps/run_chip.h"

#include <algorithm>
#include <utility>

#include "apps/diagnose.h"
#include "apps/image_answers.h"
#include "apps/image_run.h"
#include "apps/pin_verifier.h"
#include "apps/pipelined_run.h"
#include "apps/rate_run.h"
#include "apps/run_recorder.h"
#include "apps/terminal.h"
#include "apps/version.h"
#include "core/base/atomic_file.h"
#include "core/base/process_usage.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "core/chip/chip_file.h"
#include "core/events/event_files.h"
#include "core/profile/profile_page.h"
#include "core/profile/profile_report.h"
#include "core/report/chip_summary.h"
#include "core/report/diagnose_svg.h"
#include "core/report/energy_json.h"

namespace spikemesh {
namespace {

// A run without probes goes in this many leaps, for the progress line.
constexpr std::int64_t kLeaps = 200;

absl::StatusOr<CoreId> CoreAt(const ChipModel& chip, CoreCoordinates at) {
  const auto found = std::ranges::lower_bound(chip.cores, at, {}, &CoreModel::at);
  if (found == chip.cores.end() || found->at != at) {
    return absl::OutOfRangeError(Concat("core ", at, " is not a used core of the chip"));
  }
  return CoreId(static_cast<std::uint32_t>(found - chip.cores.begin()));
}

// Hands the input file to the host's queue. Spikes after `last` never arrive and are left out.
absl::Status SendInputs(const ChipModel& chip, const std::string& path, Tick last,
                        Machine& machine) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kEventFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<AxonEvent> events,
                             Annotate(ParseInputEvents(text), path));
  std::int64_t late = 0;
  for (const AxonEvent& event : events) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        const CoreId core, Annotate(CoreAt(chip, event.core), Concat(path, ": tick ", event.tick)));
    const std::size_t axons = chip.cores[core.value()].axon_types.size();
    if (event.axon.value() >= axons) {
      return absl::OutOfRangeError(Concat(path, ": tick ", event.tick, ": axon ", event.axon,
                                          " of core ", event.core, ", allowed: below ", axons,
                                          ", the axons it uses"));
    }
    if (event.tick > last) {
      ++late;
    } else {
      machine.SendAxon({core, event.axon}, event.tick);
    }
  }
  if (late > 0) {
    LogWarning(
        Concat(path, ": ", late, " spikes arrive after tick ", last, ", the last one that runs"));
  }
  return absl::OkStatus();
}

// Runs ticks 1..last; tick by tick only where something is recorded.
absl::Status RunTicks(Tick last, Machine& machine, RunRecorder& recorder) {
  ProgressLine progress("ticks", last.value());
  const std::int64_t leap =
      recorder.active() ? 1 : std::max<std::int64_t>(1, last.value() / kLeaps);
  while (machine.now() < last) {
    machine.RunUntil(std::min(last, machine.now() + leap));
    SPIKEMESH_RETURN_IF_ERROR(recorder.Look(machine));
    progress.Update(machine.now().value());
  }
  return absl::OkStatus();
}

absl::StatusOr<EnergyConstants> LoadConstants(const std::string& path) {
  if (path.empty()) {
    return EnergyConstants();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kEnergyFileBytesMax));
  return Annotate(ParseEnergyConstants(text), path);
}

RecorderOptions RecorderOptionsOf(const RunOptions& options, Tick last) {
  RecorderOptions recorder = {.spikes = !options.spikes.empty(),
                              .pins = !options.outputs.empty(),
                              .potentials = !options.potentials.empty(),
                              .neuron_spikes = options.profile,
                              .traffic = options.router.name != "ideal",
                              .timeline = options.page,
                              .late_fails = options.router.late == "fail",
                              .trace_ticks = options.trace_ticks};
  if (!options.raster.empty()) {
    recorder.raster_last = last;
  }
  return recorder;
}

void TakeRecords(const RunOptions& options, const RunRecorder& recorder, RunResult& result) {
  result.spikes_csv = recorder.spikes_csv();
  result.pins_csv = recorder.pins_csv();
  result.potentials_csv = recorder.potentials_csv();
  if (!options.raster.empty()) {
    result.raster_svg = recorder.FormatRaster();
  }
}

// What the routers did, where there are any; the rest of the report is there.
void TakeTraffic(const RunOptions& options, const RunRecorder& recorder, RunResult& result) {
  const SpikeTraffic* const traffic = recorder.traffic();
  if (traffic == nullptr) {
    return;
  }
  result.report.routing = traffic->Summarize();
  if (options.profile) {
    result.profile = MakeProfileReport(*traffic, result.report);
    result.traffic_csv = FormatTraffic(recorder.neuron_spikes());
  }
  if (const TrafficTimeline* const timeline = recorder.timeline()) {
    result.profile_page = FormatProfilePage(*traffic, *timeline, *result.profile);
  }
}

void TakeTrace(const RunRecorder& recorder, RunResult& result) {
  if (recorder.trace() == nullptr) {
    return;
  }
  PacketTraceText trace = recorder.trace()->Format();
  if (trace.ticks_left_out > 0) {
    LogWarning(Concat("--trace: holds ", trace.ticks, " ticks; ", trace.ticks_left_out,
                      " more would make it larger than ", kTraceBytesMax, " bytes"));
  }
  result.trace_json = std::move(trace.json);
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

// What --diagnose needs, read before any image runs; nothing where it was not asked for.
absl::StatusOr<std::optional<DiagnosisModels>> LoadModels(const RunOptions& options,
                                                          const ChipModel& chip,
                                                          std::int64_t images) {
  if (!options.diagnose) {
    return std::nullopt;
  }
  if (*options.diagnose > images) {
    return absl::OutOfRangeError(Concat("--diagnose: ", *options.diagnose, " images, allowed: 1..",
                                        images, ", those that run"));
  }
  return LoadDiagnosis(chip, options.diagnose_model);
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

absl::Status RunImagesOfDataset(const RunOptions& options, const ChipModel& chip, Machine& machine,
                                RunResult& result) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Dataset images, LoadImages(options));
  SPIKEMESH_RETURN_IF_ERROR(CheckImageRun(chip, images));
  std::optional<SpikingNetwork> reference;
  if (options.verify) {
    SPIKEMESH_ASSIGN_OR_RETURN(reference, SpikingNetworkOf(chip, "--verify"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::optional<DiagnosisModels> models,
                             LoadModels(options, chip, images.size()));
  const Tick last(TicksOfImages(chip.presentation, images.size()));
  RunRecorder recorder(chip, RecorderOptionsOf(options, last));
  ProgressLine progress("images", images.size());
  const Stopwatch stopwatch;
  const ImageProgress update = [&progress](std::int64_t done) { progress.Update(done); };
  const bool rate = chip.presentation.mode == PresentationMode::kRate;
  SPIKEMESH_ASSIGN_OR_RETURN(
      ImageRunResult answers,
      rate ? RunRateCoded(chip, images,
                          {options.machine.threads, update, reference ? &*reference : nullptr},
                          machine, recorder)
           : RunPipelined(chip, images, {reference ? &*reference : nullptr, update}, machine,
                          recorder));
  result.report.mode = RunModeOf(chip.presentation.mode);
  result.report.ticks = answers.ticks;
  result.report.counts = answers.counts;
  result.report.ticks_per_image = chip.presentation.ticks_per_image;
  result.report.latency_ticks = chip.presentation.latency_ticks;
  result.report.dataset = SummarizeDataset(options, images);
  result.report.classification = Classify(images, answers.predicted);
  result.report.verify = answers.verify;
  result.report.accuracy_over_ticks = std::move(answers.accuracy_over_ticks);
  result.predictions_csv = FormatAnswers(images, answers.predicted);
  FillReport(options, chip, machine, stopwatch, result.report);
  TakeRecords(options, recorder, result);
  TakeTraffic(options, recorder, result);
  TakeTrace(recorder, result);
  SPIKEMESH_RETURN_IF_ERROR(recorder.CheckLate());
  return models ? AddDiagnosis(options, *models, chip, images, machine, result) : absl::OkStatus();
}

absl::Status RunSpikesOfFile(const RunOptions& options, const ChipModel& chip, Machine& machine,
                             RunResult& result) {
  const Tick last(*options.ticks);
  if (!options.input.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(SendInputs(chip, options.input, last, machine));
  }
  RunRecorder recorder(chip, RecorderOptionsOf(options, last));
  const Stopwatch stopwatch;
  SPIKEMESH_RETURN_IF_ERROR(RunTicks(last, machine, recorder));
  result.report.mode = RunMode::kEvents;
  result.report.ticks = machine.now().value();
  result.report.counts = machine.counters();
  FillReport(options, chip, machine, stopwatch, result.report);
  TakeRecords(options, recorder, result);
  TakeTraffic(options, recorder, result);
  return recorder.CheckLate();
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
  SPIKEMESH_ASSIGN_OR_RETURN(const ChipModel chip,
                             Annotate(ParseChip(bytes.view()), options.model));
  result.report.model = SummarizeChip(chip, Sha256Hex(bytes.view()));
  bytes = LargeBytes();  // as large as the chip itself; no longer needed
  MachineOptions machine_options = ToMachineOptions(options.machine);
  SPIKEMESH_ASSIGN_OR_RETURN(machine_options.router, ToRouter(options.router, chip.spec.router));
  if (chip.presentation.mode == PresentationMode::kRate && !options.dataset.empty()) {
    machine_options.threads = 1;  // images run on its replicas
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Machine machine, Machine::Create(chip, machine_options));
  SPIKEMESH_RETURN_IF_ERROR(options.dataset.empty()
                                ? RunSpikesOfFile(options, chip, machine, result)
                                : RunImagesOfDataset(options, chip, machine, result));
  return result;
}

}  // namespace spikemesh
