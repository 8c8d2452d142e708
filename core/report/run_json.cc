// SPDX-License-Identifier: Apache-2.0
#include "core/report/run_json.h"

#include <optional>
#include <vector>

#include "core/base/json.h"
#include "core/report/diagnose_json.h"
#include "core/report/energy_json.h"
#include "core/report/routing_json.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

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

Json AnswersJson(const std::optional<AnswerSummary>& answers) {
  if (!answers) {
    return Json();
  }
  return {{"images", answers->images},
          {"differing", answers->differing},
          {"float_accuracy", OrNull(answers->float_accuracy)}};
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

}  // namespace

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
  const ImagePad& pad = dataset->pad;
  Json json = {{"name", dataset->name}, {"split", dataset->split}, {"images", dataset->images}};
  if (pad.any()) {
    json["pad"] = {pad.top, pad.bottom, pad.left, pad.right};
  }
  return json;
}

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

Json RunReportJson(const RunReport& report) {
  Json json;
  json["schema"] = kRunSchema;
  json["model"] = ModelJson(report.model);
  json["dataset"] = DatasetJson(report.dataset);
  const bool classified = report.classification && report.classification->images() > 0;
  json["accuracy"] = classified ? Json(report.classification->accuracy()) : Json();
  json["per_class"] = classified ? PerClassJson(*report.classification) : Json::array();
  json["confusion"] = classified ? Json(report.classification->confusion()) : Json::array();
  json["mode"] = NameOf(report.mode);
  json["ticks"] = report.ticks;
  json["ticks_per_image"] = OrNull(report.ticks_per_image);
  json["latency_ticks"] = OrNull(report.latency_ticks);
  json["counts"] = report.counts ? CountsJson(*report.counts) : Json();
  // multiply-adds of the host in all, in no energy; null: no images ran
  json["host_macs"] =
      report.dataset
          ? Json(report.host_work ? report.host_work->macs_per_image * report.dataset->images : 0)
          : Json();
  json["energy"] = report.energy ? EnergyJson(*report.energy) : Json();
  json["energy_whole_chip"] =
      report.energy_whole_chip ? EnergyJson(*report.energy_whole_chip) : Json();
  json["constants"] = report.energy ? EnergyConstantsJson(report.constants) : Json::array();
  json["verify"] = VerifyJson(report.verify);
  json["answers"] = AnswersJson(report.answers);
  json["warnings"] = report.warnings;
  // null: the ideal transport delivers all in time
  json["router"] = report.routing ? RouterConfigJson(report.routing->router) : Json();
  json["late"] = report.routing ? LateJson(*report.routing) : Json();
  json["slack_cycles"] = report.routing ? SlackJson(report.routing->slack_cycles) : Json();
  json["accuracy_over_ticks"] = AccuracyOverTicksJson(report.accuracy_over_ticks);
  json["diagnosis"] = report.diagnosis ? DiagnoseJson(*report.diagnosis) : Json();
  json["simulator"] = SimulatorJson(report);
  return json;
}

}  // namespace spikemesh
