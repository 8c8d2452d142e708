// SPDX-License-Identifier: Apache-2.0
#include "core/report/run_report.h"

#include "core/base/strings.h"
#include "core/report/report_text.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

// Above this the confusion matrix no longer fits a terminal line; JSON has it.
constexpr std::int32_t kConfusionClassesMax = 20;

std::string FormatModel(const RunReport& report) {
  const ModelSummary& model = report.model;
  std::string sizes;
  const auto append = [&sizes](const std::optional<std::int64_t>& count, const char* what) {
    if (count) {
      sizes +=
          (sizes.empty() ? "" : ", ") + FormatCount(*count) + " " + what + (*count == 1 ? "" : "s");
    }
  };
  append(model.cores, "core");
  append(model.neurons, "neuron");
  append(model.axons, "axon");
  append(model.synapses, "synapse");
  append(model.chips, "chip");
  std::string text =
      Concat("model     ", PrintableName(model.name), sizes.empty() ? "" : ": ", sizes, "\n");
  if (report.dataset) {
    text += Concat("dataset   ", PrintableName(report.dataset->name), ", ", report.dataset->split,
                   " split, ", FormatCount(report.dataset->images), " images",
                   FormatPad(report.dataset->pad), "\n");
  }
  text += Concat("mode      ", NameOf(report.mode));
  if (report.ticks > 0) {
    text +=
        Concat(", ", FormatCount(report.ticks), " ticks of ", FormatNumber(report.tick_us), " us");
  }
  if (report.ticks_per_image.value_or(1) > 1) {
    text += Concat(", ", *report.ticks_per_image, " an image");
  }
  if (report.latency_ticks) {
    text += Concat(", latency ", *report.latency_ticks, " ticks");
  }
  return text + "\n";
}

std::string FormatClassification(const Classification& classification) {
  std::string text = Concat("\naccuracy  ", FormatPercent(classification.accuracy()), " (",
                            FormatCount(classification.correct()), " of ",
                            FormatCount(classification.images()), ")\n");
  const std::int32_t classes = classification.class_count();
  const bool matrix = classes <= kConfusionClassesMax;
  TextTable table{.rows = {{"class", "images", "correct"}}, .heading = true, .indent = 2};
  for (std::int32_t predicted = 0; matrix && predicted < classes; ++predicted) {
    table.rows[0].push_back(Concat("->", predicted));
  }
  for (std::int32_t label = 0; label < classes; ++label) {
    const auto& row = classification.confusion()[static_cast<std::size_t>(label)];
    const std::int64_t images = classification.images_of(label);
    const std::int64_t correct = row[static_cast<std::size_t>(label)];
    const double share =
        images == 0 ? 0.0 : static_cast<double>(correct) / static_cast<double>(images);
    table.rows.push_back({PrintableName(classification.class_name(label)), FormatCount(images),
                          images == 0 ? "-" : FormatPercent(share)});
    for (std::size_t predicted = 0; matrix && predicted < row.size(); ++predicted) {
      table.rows.back().push_back(row[predicted] == 0 ? "." : std::to_string(row[predicted]));
    }
  }
  return text + FormatTable(table);
}

// The read-out in a line: "after 1 tick 52.00 %, 2 ticks 71.00 %".
std::string FormatAccuracyOverTicks(const std::vector<AccuracyAfter>& accuracy_over_ticks) {
  std::string text = "\nread out after";
  for (std::size_t i = 0; i < accuracy_over_ticks.size(); ++i) {
    const AccuracyAfter& after = accuracy_over_ticks[i];
    text += Concat(i == 0 ? " " : ", ", after.ticks, after.ticks == 1 ? " tick " : " ticks ",
                   FormatPercent(after.accuracy));
  }
  return text + "\n";
}

// The multiply-adds of the host, and that the energy leaves them out.
std::string FormatHostWork(const HostWork& work, std::int64_t images, bool has_energy) {
  return Concat("\nhost      computes ", PrintableName(work.layer), ": ",
                FormatCount(work.macs_per_image), " multiply-adds an image, ",
                FormatCount(work.macs_per_image * images), " in all",
                has_energy ? ", which are not in the chip's energy" : "", "\n");
}

std::string FormatVerify(const VerifySummary& verify, bool whole_way) {
  return Concat("\nverified  ", FormatCount(verify.images),
                " images against the spiking network: ", FormatCount(verify.mismatched_images),
                " differ, in ", FormatCount(verify.mismatched_spikes), " output spikes\n",
                whole_way ? ""
                          : "          (the step from spiking network to chip alone; with the "
                            "float model, the whole way)\n");
}

std::string FormatAnswerSummary(const AnswerSummary& answers) {
  return Concat("answers   ", FormatCount(answers.differing), " of ", FormatCount(answers.images),
                " differ from the float network's",
                answers.float_accuracy ? ", which is right on " : "",
                answers.float_accuracy ? FormatPercent(*answers.float_accuracy) : "", "\n");
}

std::string FormatSimulator(const RunReport& report) {
  const SimulatorSummary& simulator = report.simulator;
  std::string text =
      Concat("\nsimulator ", simulator.version, ": ", FormatQuantity(simulator.wall_seconds, "s"),
             " wall, ", FormatQuantity(simulator.cpu_seconds, "s"), " processor, ",
             simulator.threads, simulator.threads == 1 ? " thread" : " threads");
  if (!simulator.simd.empty()) {
    text += Concat(" (", simulator.simd, ")");
  }
  text +=
      Concat(", seed ", simulator.seed, ", ",
             FormatQuantity(static_cast<double>(simulator.peak_memory_bytes), "B"), " peak memory");
  if (report.ticks > 0 && simulator.wall_seconds > 0.0) {
    const auto ticks = static_cast<double>(report.ticks);
    text += Concat(
        "\n          ", FormatNumber(ticks / simulator.wall_seconds), " ticks per second, ",
        FormatNumber(ticks * report.tick_us * 1e-6 / simulator.wall_seconds), " times real time");
  }
  return text + "\n";
}

}  // namespace

std::string FormatRunReport(const RunReport& report, bool with_constants) {
  std::string text;
  for (const std::string& warning : report.warnings) {
    text += Concat("warning   ", warning, "\n");
  }
  text += FormatModel(report);
  if (report.classification && report.classification->images() > 0) {
    text += FormatClassification(*report.classification);
  }
  if (!report.accuracy_over_ticks.empty()) {
    text += FormatAccuracyOverTicks(report.accuracy_over_ticks);
  }
  if (report.verify) {
    text += FormatVerify(*report.verify, report.answers.has_value());
  }
  text += report.answers ? FormatAnswerSummary(*report.answers) : "";
  if (report.routing) {
    text += FormatRouting(*report.routing);
  }
  if (report.diagnosis) {
    text += "\n" + FormatDiagnosis(*report.diagnosis);
  }
  if (report.counts) {
    text += "\ncounts\n" + FormatCounts(*report.counts);
  }
  if (report.energy && report.energy_whole_chip) {
    text += "\n" + FormatEnergy(*report.energy, *report.energy_whole_chip);
  }
  if (report.host_work && report.dataset) {
    text += FormatHostWork(*report.host_work, report.dataset->images, report.energy.has_value());
  }
  if (report.energy && with_constants) {
    text += "\nenergy constants\n" + FormatEnergyConstants(report.constants);
  }
  return text + FormatSimulator(report);
}

}  // namespace spikemesh
