// SPDX-License-Identifier: Apache-2.0
#include "core/report/diagnose_json.h"

#include "core/base/json.h"

namespace spikemesh {
namespace {

Json NameOrNull(const LayerAgreement* layer) {
  return layer != nullptr ? Json(layer->name) : Json();
}

}  // namespace

Json DiagnoseJson(const DiagnoseReport& report) {
  Json layers = Json::array();
  for (const LayerAgreement& layer : report.layers) {
    layers.push_back({{"name", layer.name},
                      {"neurons", layer.neurons},
                      {"correlation", OrNull(layer.correlation)},
                      {"equal_bits", OrNull(layer.equal_bits)},
                      {"chip_equal", OrNull(layer.chip_equal())},
                      {"chip_compared", layer.compared},
                      {"chip_differing", layer.differing},
                      {"spike_rate", layer.spike_rate},
                      {"dead", layer.dead},
                      {"saturated", layer.saturated},
                      {"neurons_by_rate", layer.neurons_by_rate},
                      {"accuracy", OrNull(layer.accuracy)}});
  }
  return {{"images", report.images},
          {"accuracy_float", report.accuracy_float},
          {"accuracy_spiking", report.accuracy_spiking},
          {"accuracy_chip", report.accuracy_chip},
          {"first_loss", NameOrNull(FirstLoss(report))},
          {"first_difference", NameOrNull(FirstDifference(report))},
          {"layers", layers}};
}

}  // namespace spikemesh
