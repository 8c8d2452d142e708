// SPDX-License-Identifier: Apache-2.0
// What one `spikemesh run` found, as a value; and its two printed forms. What a kind of run does
// not measure is absent in the value, null in JSON and left out of the text.
#ifndef SPIKEMESH_CORE_STATS_RUN_REPORT_H_
#define SPIKEMESH_CORE_STATS_RUN_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/stats/counters.h"
#include "core/stats/diagnose_report.h"
#include "core/stats/energy_model.h"

namespace spikemesh {

inline constexpr std::string_view kRunSchema = "spikemesh.run/1";

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
  bool operator==(const DatasetSummary&) const = default;
};

// Answers of a classifier, tallied.
class Classification {
 public:
  // `class_names` may be shorter than the classes; those beyond are named by their number.
  explicit Classification(std::int32_t class_count, std::vector<std::string> class_names = {});

  // Both in 0..class_count-1.
  struct Answer {
    std::int32_t label = 0;
    std::int32_t predicted = 0;
  };
  void Add(Answer answer);

  std::int32_t class_count() const { return static_cast<std::int32_t>(confusion_.size()); }
  std::string class_name(std::int32_t index) const;
  std::int64_t images() const { return images_; }
  std::int64_t correct() const { return correct_; }
  double accuracy() const;  // 0 without images
  // [label][predicted]: how many images.
  const std::vector<std::vector<std::int64_t>>& confusion() const { return confusion_; }
  std::int64_t images_of(std::int32_t label) const;

 private:
  std::vector<std::vector<std::int64_t>> confusion_;
  std::vector<std::string> class_names_;
  std::int64_t images_ = 0;
  std::int64_t correct_ = 0;
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
  std::string mode;  // "pipelined", "rate", "events", "spiking network", "float network"
  std::int64_t ticks = 0;
  std::optional<std::int64_t> ticks_per_image;
  std::optional<std::int64_t> latency_ticks;
  double tick_us = 1000.0;
  std::optional<Counters> counts;
  std::optional<EnergyReport> energy;             // of the used cores
  std::optional<EnergyReport> energy_whole_chip;  // of every core of the chips that hold them
  EnergyConstants constants;
  std::optional<VerifySummary> verify;
  std::vector<AccuracyAfter> accuracy_over_ticks;  // rate mode, by ticks
  std::optional<DiagnoseReport> diagnosis;
  // Of a run with cycle-accurate routers, made by core/profile: `router`, `late`, `slack_cycles`,
  // and their text.
  Json router;
  Json late;
  Json slack_cycles;
  std::string router_text;
  SimulatorSummary simulator;
};

// The `counts` object of reports.
Json CountsJson(const Counters& counts);

// `spikemesh.run/1`.
Json RunReportJson(const RunReport& report);

// The report as tables for the terminal. `with_constants` adds the table of energy constants.
std::string FormatRunReport(const RunReport& report, bool with_constants);

// The JSON text of a report file: two spaces of indent, a line feed at the end; bytes that are not
// UTF-8 (names out of files) are replaced.
std::string FormatJsonFile(const Json& json);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_STATS_RUN_REPORT_H_
