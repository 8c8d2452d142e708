// SPDX-License-Identifier: Apache-2.0
#include "core/report/convert_json.h"

#include <optional>
#include <vector>

#include "core/base/json.h"

namespace spikemesh {
namespace {

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

Json CalibrationJson(const std::optional<CalibrationSummary>& calibration) {
  if (!calibration) {
    return Json();
  }
  return {{"dataset", calibration->dataset},
          {"images", calibration->images},
          {"labelled", calibration->labelled},
          {"float_accuracy", calibration->float_accuracy},
          {"pooled_accuracy", OrNull(calibration->pooled_accuracy)},
          {"spiking_accuracy", calibration->spiking_accuracy},
          {"split_accuracy", OrNull(calibration->split_accuracy)},
          {"split_images", calibration->split_images},
          {"loss", calibration->loss}};
}

Json PoolsJson(const std::optional<ExactPools>& pools) {
  if (!pools) {
    return Json();
  }
  return {{"pools", pools->pools},
          {"neurons", pools->neurons},
          {"neurons_average", pools->neurons_average},
          {"cores", OrNull(pools->cores)},
          {"cores_average", OrNull(pools->cores_average)},
          {"average_accuracy", pools->average_accuracy}};
}

Json TicksJson(const std::optional<SufficientTicks>& ticks) {
  if (!ticks) {
    return Json();
  }
  return {{"ticks", ticks->ticks},
          {"images", ticks->images},
          {"accuracy", ticks->accuracy},
          {"accuracy_now", ticks->accuracy_now}};
}

Json WorstLayerJson(const std::optional<ConversionLoss>& loss) {
  if (!loss || !loss->worst) {
    return Json();
  }
  const WorstLayer& worst = *loss->worst;
  return {{"name", worst.name},
          {"images", worst.images},
          {"accuracy_before", worst.before},
          {"accuracy_after", worst.after}};
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
  return {{"method", placement->row_major ? "row-major" : "best"},
          {"weights", placement->measured ? "spikes" : "neurons"},
          {"before",
           {{"hops_mean", placement->hops_row_major}, {"link_max", placement->link_max_row_major}}},
          {"after", {{"hops_mean", placement->hops}, {"link_max", placement->link_max}}}};
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
          {"mode", NameOf(report.mode)},
          {"mode_reason", report.mode_reason},
          {"calibration", CalibrationJson(report.calibration)},
          {"exact_pools", PoolsJson(report.exact_pools)},
          {"sufficient_ticks", TicksJson(report.sufficient_ticks)},
          {"worst_layer", WorstLayerJson(report.loss)},
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
           {{"input_range_max", report.range_max},
            {"mean", report.mean},
            {"std", report.scale},
            {"pad", {report.pad.top, report.pad.bottom, report.pad.left, report.pad.right}}}},
          {"host_macs_per_image", report.host_work ? report.host_work->macs_per_image : 0},
          {"warnings", report.warnings}};
}

}  // namespace spikemesh
