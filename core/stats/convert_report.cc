// SPDX-License-Identifier: Apache-2.0
#include "core/stats/convert_report.h"

#include "core/base/strings.h"
#include "core/stats/text_table.h"

namespace spikemesh {
namespace {

Json OrNull(const std::optional<std::int64_t>& value) { return value ? Json(*value) : Json(); }

Json LayerJson(const ConvertedLayer& layer) {
  return {{"name", layer.name},
          {"kind", layer.kind},
          {"shape", layer.shape},
          {"fan_in", layer.fan_in},
          {"neurons", layer.neurons},
          {"cores", layer.cores},
          {"axons", layer.axons},
          {"copies", layer.copies},
          {"splitters", layer.splitters},
          {"relays", layer.relays},
          {"weights", layer.weights},
          {"exact", layer.exact},
          {"latency_ticks", layer.latency_ticks}};
}

std::vector<std::string> LayerRow(const ConvertedLayer& layer) {
  return {PrintableName(layer.name),
          layer.kind,
          Concat(layer.shape[0], "x", layer.shape[1], "x", layer.shape[2]),
          FormatCount(layer.fan_in),
          FormatCount(layer.neurons),
          FormatCount(layer.cores),
          FormatCount(layer.axons),
          FormatCount(layer.copies),
          FormatCount(layer.splitters),
          FormatCount(layer.relays),
          layer.weights,
          layer.exact ? "yes" : "no",
          std::to_string(layer.latency_ticks)};
}

std::string FormatValues(const std::vector<double>& values, const char* none) {
  std::string text;
  for (const double value : values) {
    text += (text.empty() ? "" : ",") + FormatNumber(value);
  }
  return text.empty() ? none : text;
}

Json CalibrationJson(const std::optional<CalibrationSummary>& calibration) {
  if (!calibration) {
    return Json();
  }
  return {{"dataset", calibration->dataset},
          {"images", calibration->images},
          {"float_accuracy", calibration->float_accuracy},
          {"spiking_accuracy", calibration->spiking_accuracy}};
}

Json SplitsJson(const std::vector<ConvertedSplit>& splits) {
  Json json = Json::array();
  for (const ConvertedSplit& split : splits) {
    json.push_back({{"layer", split.layer},
                    {"chunks", split.chunks},
                    {"partial_neurons", split.partial_neurons},
                    {"axons_needed", split.axons},
                    {"readout", split.readout},
                    {"flipped_share", split.flipped_share}});
  }
  return json;
}

Json PlacementJson(const std::optional<ConvertedPlacement>& placement) {
  if (!placement) {
    return {};
  }
  return {{"method", placement->method},
          {"weights", placement->measured ? "spikes" : "neurons"},
          {"before",
           {{"hops_mean", placement->hops_row_major}, {"link_max", placement->link_max_row_major}}},
          {"after", {{"hops_mean", placement->hops}, {"link_max", placement->link_max}}}};
}

std::string FormatPlacement(const ConvertedPlacement& placement) {
  const char* const packet = placement.measured ? " a spike" : " a neuron's packet";
  if (placement.method == "row-major") {
    return Concat("placement row-major: ", FormatNumber(placement.hops), " hops", packet,
                  ", at most ", FormatCount(placement.link_max), " over a link\n");
  }
  return Concat("placement ", FormatNumber(placement.hops), " hops", packet, ", row-major ",
                FormatNumber(placement.hops_row_major), "; over the busiest link ",
                FormatCount(placement.link_max), ", row-major ",
                FormatCount(placement.link_max_row_major), "\n");
}

std::string FormatSplit(const ConvertedSplit& split) {
  return Concat(
      "split     ", PrintableName(split.layer), ": ", FormatCount(split.axons),
      " axons a neuron, in ", split.chunks, " parts, ", FormatCount(split.partial_neurons),
      " partial neurons", split.readout ? " whose votes the host adds; " : "; ",
      FormatPercent(split.flipped_share),
      split.readout ? " of the images change their class\n" : " of its output spikes differ\n");
}

std::string FormatCalibration(const CalibrationSummary& calibration) {
  return Concat("accuracy  of ", FormatCount(calibration.images), " calibration images (",
                calibration.dataset, ", train): ", FormatPercent(calibration.float_accuracy),
                " as trained, ", FormatPercent(calibration.spiking_accuracy), " in spikes\n");
}

std::string FormatTotals(const ConvertReport& report) {
  if (!report.cores || !report.chips) {
    return Concat("total     ", FormatCount(report.neurons), " neurons before mapping\n");
  }
  return Concat("total     ", FormatCount(*report.cores), " cores on ", FormatCount(*report.chips),
                *report.chips == 1 ? " chip, " : " chips, ", FormatCount(report.neurons),
                " neurons, ", FormatCount(report.axons), " axons, ", FormatCount(report.synapses),
                " synapses, latency ", report.latency_ticks, " ticks\n");
}

}  // namespace

Json ConvertReportJson(const ConvertReport& report) {
  Json layers = Json::array();
  for (const ConvertedLayer& layer : report.layers) {
    layers.push_back(LayerJson(layer));
  }
  return {{"schema", kConvertSchema},
          {"source", report.source},
          {"output", report.output},
          {"sha256", report.sha256},
          {"version", report.version},
          {"mode", report.mode},
          {"mode_reason", report.mode_reason},
          {"calibration", CalibrationJson(report.calibration)},
          {"layers", layers},
          {"splits", SplitsJson(report.splits)},
          {"placement", PlacementJson(report.placement)},
          {"totals",
           {{"cores", OrNull(report.cores)},
            {"chips", OrNull(report.chips)},
            {"neurons", report.neurons},
            {"axons", report.axons},
            {"synapses", report.synapses},
            {"latency_ticks", report.latency_ticks}}},
          {"preprocessing",
           {{"input_range_max", report.range_max}, {"mean", report.mean}, {"std", report.scale}}},
          {"warnings", report.warnings}};
}

std::string FormatConvertReport(const ConvertReport& report) {
  TextTable table{.rows = {{"layer", "kind", "shape", "fan-in", "neurons", "cores", "axons",
                            "copies", "splitters", "relays", "weights", "exact", "latency"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 2};
  for (const ConvertedLayer& layer : report.layers) {
    table.rows.push_back(LayerRow(layer));
  }
  std::string text = Concat("converted ", report.source, " to ", report.output, "\n");
  if (!report.mode_reason.empty()) {
    text += Concat("mode      ", report.mode, ": ", report.mode_reason, "\n");
  }
  text += report.layers.empty() ? "" : FormatTable(table);
  text += FormatTotals(report);
  text += report.placement ? FormatPlacement(*report.placement) : "";
  for (const ConvertedSplit& split : report.splits) {
    text += FormatSplit(split);
  }
  text += report.calibration ? FormatCalibration(*report.calibration) : "";
  if (!report.layers.empty()) {
    text += Concat("input     bytes 0..255 become 0..", FormatNumber(report.range_max), ", mean ",
                   FormatValues(report.mean, "0"), ", std ", FormatValues(report.scale, "1"), "\n");
  }
  for (const std::string& warning : report.warnings) {
    text += Concat("warning   ", warning, "\n");
  }
  return text;
}

}  // namespace spikemesh
