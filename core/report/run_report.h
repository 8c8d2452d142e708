// SPDX-License-Identifier: Apache-2.0
// What one `spikemesh run` found, as a value and as text. What a kind of run does not measure is
// absent in the value, null in JSON and left out of the text.
#ifndef SPIKEMESH_CORE_REPORT_RUN_REPORT_H_
#define SPIKEMESH_CORE_REPORT_RUN_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/chip/presentation.h"
#include "core/report/classification.h"
#include "core/report/diagnose_report.h"
#include "core/report/host_work.h"
#include "core/report/routing_summary.h"
#include "core/report/run_mode.h"
#include "core/stats/counters.h"
#include "core/stats/energy_model.h"

namespace spikemesh {

// The model that ran. Sizes that its kind of file does not have are absent.
struct ModelSummary {
  std::string name;
  std::optional<std::int64_t> cores;
  std::optional<std::int64_t> neurons;
  std::optional<std::int64_t> axons;
  std::optional<std::int64_t> synapses;
  std::optional<std::int64_t> chips;
  std::string sha256;  // of the file
  bool operator==(const ModelSummary&) const = default;
};

struct DatasetSummary {
  std::string name;
  std::string split;
  std::int64_t images = 0;
  ImagePad pad = {};  // put around them
  bool operator==(const DatasetSummary&) const = default;
};

// The accuracy had the read-out of every image ended after `ticks` of its ticks.
struct AccuracyAfter {
  std::int64_t ticks = 0;
  double accuracy = 0.0;
  bool operator==(const AccuracyAfter&) const = default;
};

// How far the machine differs from the spiking network it was made from.
struct VerifySummary {
  std::int64_t images = 0;
  std::int64_t mismatched_images = 0;
  std::int64_t mismatched_spikes = 0;
  bool operator==(const VerifySummary&) const = default;
};

// How far the answers of a chip differ from those of the float network that it was converted from.
struct AnswerSummary {
  std::int64_t images = 0;
  std::int64_t differing = 0;
  std::optional<double> float_accuracy;  // of labelled images
  bool operator==(const AnswerSummary&) const = default;
};

// How the simulator did, as opposed to the chip.
struct SimulatorSummary {
  std::string version;
  double wall_seconds = 0.0;
  double cpu_seconds = 0.0;
  int threads = 1;
  std::string simd;
  std::uint64_t seed = 0;
  std::int64_t peak_memory_bytes = 0;
};

struct RunReport {
  ModelSummary model;
  std::optional<DatasetSummary> dataset;
  std::optional<Classification> classification;
  RunMode mode = RunMode::kPipelined;
  std::int64_t ticks = 0;
  std::optional<std::int64_t> ticks_per_image;
  std::optional<std::int64_t> latency_ticks;
  double tick_us = 1000.0;
  std::optional<HostWork> host_work;  // of a run of images
  std::optional<Counters> counts;
  std::optional<EnergyReport> energy;             // of the used cores
  std::optional<EnergyReport> energy_whole_chip;  // of every core of the chips that hold them
  EnergyConstants constants;
  std::optional<VerifySummary> verify;
  std::optional<AnswerSummary> answers;  // of a run that is verified with its float network
  // What puts the numbers in doubt.
  std::vector<std::string> warnings;
  std::vector<AccuracyAfter> accuracy_over_ticks;  // rate mode, by ticks
  std::optional<DiagnoseReport> diagnosis;
  std::optional<RoutingSummary> routing;  // of a run with cycle-accurate routers
  SimulatorSummary simulator;
};

// The report as tables for the terminal. `with_constants` adds the table of energy constants.
std::string FormatRunReport(const RunReport& report, bool with_constants);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_RUN_REPORT_H_
