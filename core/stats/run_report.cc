// SPDX-License-Identifier: Apache-2.0
#include "core/stats/run_report.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace spikemesh {
namespace {

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json ModelJson(const ModelSummary& model) {
  return {{"name", model.name},
          {"cores", OrNull(model.cores)},
          {"neurons", OrNull(model.neurons)},
          {"axons", OrNull(model.axons)},
          {"synapses", OrNull(model.synapses)},
          {"chips", OrNull(model.chips)},
          {"sha256", model.sha256}};
}

Json DatasetJson(const std::optional<DatasetSummary>& dataset) {
  if (!dataset) {
    return {};
  }
  return {{"name", dataset->name}, {"split", dataset->split}, {"images", dataset->images}};
}

Json PerClassJson(const Classification& classification) {
  Json rows = Json::array();
  for (std::int32_t label = 0; label < classification.class_count(); ++label) {
    const std::int64_t images = classification.images_of(label);
    const auto at = static_cast<std::size_t>(label);
    const std::int64_t correct = classification.confusion()[at][at];
    Json accuracy;
    if (images > 0) {
      accuracy = static_cast<double>(correct) / static_cast<double>(images);
    }
    rows.push_back({{"class", label},
                    {"name", classification.class_name(label)},
                    {"images", images},
                    {"correct", correct},
                    {"accuracy", accuracy}});
  }
  return rows;
}

Json VerifyJson(const std::optional<VerifySummary>& verify) {
  if (!verify) {
    return {};
  }
  return {{"images", verify->images},
          {"mismatched_images", verify->mismatched_images},
          {"mismatched_spikes", verify->mismatched_spikes}};
}

Json AccuracyOverTicksJson(const std::vector<AccuracyAfter>& accuracy_over_ticks) {
  Json rows = Json::array();
  for (const AccuracyAfter& after : accuracy_over_ticks) {
    rows.push_back({{"ticks", after.ticks}, {"accuracy", after.accuracy}});
  }
  return rows;
}

double PerSecond(double count, double seconds) { return seconds > 0.0 ? count / seconds : 0.0; }

Json SimulatorJson(const RunReport& report) {
  const SimulatorSummary& simulator = report.simulator;
  const auto ticks = static_cast<double>(report.ticks);
  Json images_per_second;
  if (report.dataset) {
    images_per_second =
        PerSecond(static_cast<double>(report.dataset->images), simulator.wall_seconds);
  }
  return {{"version", simulator.version},
          {"wall_seconds", simulator.wall_seconds},
          {"cpu_seconds", simulator.cpu_seconds},
          {"ticks_per_second", PerSecond(ticks, simulator.wall_seconds)},
          {"realtime_factor", PerSecond(ticks * report.tick_us * 1e-6, simulator.wall_seconds)},
          {"images_per_second", images_per_second},
          {"threads", simulator.threads},
          {"simd", simulator.simd},
          {"seed", simulator.seed},
          {"peak_memory_bytes", simulator.peak_memory_bytes}};
}

}  // namespace

Classification::Classification(std::int32_t class_count, std::vector<std::string> class_names)
    : confusion_(static_cast<std::size_t>(class_count),
                 std::vector<std::int64_t>(static_cast<std::size_t>(class_count))),
      class_names_(std::move(class_names)) {}

void Classification::Add(Answer answer) {
  SPIKEMESH_CHECK(answer.label >= 0 && answer.label < class_count());
  SPIKEMESH_CHECK(answer.predicted >= 0 && answer.predicted < class_count());
  const auto label = static_cast<std::size_t>(answer.label);
  ++confusion_[label][static_cast<std::size_t>(answer.predicted)];
  ++images_;
  correct_ += answer.label == answer.predicted ? 1 : 0;
}

std::string Classification::class_name(std::int32_t index) const {
  const auto at = static_cast<std::size_t>(index);
  return at < class_names_.size() ? class_names_[at] : std::to_string(index);
}

double Classification::accuracy() const {
  return images_ == 0 ? 0.0 : static_cast<double>(correct_) / static_cast<double>(images_);
}

std::int64_t Classification::images_of(std::int32_t label) const {
  const std::vector<std::int64_t>& row = confusion_[static_cast<std::size_t>(label)];
  return std::accumulate(row.begin(), row.end(), std::int64_t{0});
}

Json CountsJson(const Counters& counts) {
  return {{"spikes", counts.spikes},
          {"axon_events", counts.axon_events},
          {"synaptic_ops", counts.synaptic_ops},
          {"hops", counts.hops},
          {"host_packets", counts.host_packets},
          {"pin_packets", counts.pin_packets},
          {"chip_crossings", counts.chip_crossings},
          {"merged_spikes", counts.merged_spikes},
          {"neuron_updates", counts.neuron_updates}};
}

Json RunReportJson(const RunReport& report) {
  Json json;
  json["schema"] = kRunSchema;
  json["model"] = ModelJson(report.model);
  json["dataset"] = DatasetJson(report.dataset);
  const bool classified = report.classification && report.classification->images() > 0;
  json["accuracy"] = classified ? Json(report.classification->accuracy()) : Json();
  json["per_class"] = classified ? PerClassJson(*report.classification) : Json::array();
  json["confusion"] = classified ? Json(report.classification->confusion()) : Json::array();
  json["mode"] = report.mode;
  json["ticks"] = report.ticks;
  json["ticks_per_image"] = OrNull(report.ticks_per_image);
  json["latency_ticks"] = OrNull(report.latency_ticks);
  json["counts"] = report.counts ? CountsJson(*report.counts) : Json();
  json["energy"] = report.energy ? EnergyJson(*report.energy) : Json();
  json["energy_whole_chip"] =
      report.energy_whole_chip ? EnergyJson(*report.energy_whole_chip) : Json();
  json["constants"] = report.energy ? EnergyConstantsJson(report.constants) : Json::array();
  json["verify"] = VerifyJson(report.verify);
  json["router"] = report.router;  // null: the ideal transport delivers all in time
  json["late"] = report.late;
  json["slack_cycles"] = report.slack_cycles;
  json["accuracy_over_ticks"] = AccuracyOverTicksJson(report.accuracy_over_ticks);
  json["diagnosis"] = report.diagnosis ? DiagnoseJson(*report.diagnosis) : Json();
  json["simulator"] = SimulatorJson(report);
  return json;
}

std::string FormatJsonFile(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace spikemesh
