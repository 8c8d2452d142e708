// SPDX-License-Identifier: Apache-2.0
#include "core/report/diagnose_report.h"

#include <algorithm>
#include <cmath>

#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

std::string OrDash(const std::optional<double>& share) { return share ? FormatShare(*share) : "-"; }

// "0.9987".
std::string FormatCorrelation(const std::optional<double>& correlation) {
  return correlation ? FormatNumber(*correlation) : "-";
}

}  // namespace

std::optional<double> LayerAgreement::chip_equal() const {
  if (compared == 0) {
    return std::nullopt;
  }
  return 1.0 - static_cast<double>(differing) / static_cast<double>(compared);
}

const LayerAgreement* FirstLoss(const DiagnoseReport& report) {
  const double total = report.accuracy_float - report.accuracy_spiking;
  const double tolerated =
      total > 0.0 ? std::min(kAccuracyLoss, kShareOfLoss * total) : kAccuracyLoss;
  for (const LayerAgreement& layer : report.layers) {
    if (layer.accuracy && report.accuracy_float - *layer.accuracy > tolerated) {
      return &layer;
    }
  }
  return nullptr;
}

const LayerAgreement* FirstDifference(const DiagnoseReport& report) {
  const auto found = std::ranges::find_if(
      report.layers, [](const LayerAgreement& layer) { return layer.differing > 0; });
  return found == report.layers.end() ? nullptr : &*found;
}

std::vector<std::string> FindingsOf(const DiagnoseReport& report) {
  std::vector<std::string> findings;
  if (const LayerAgreement* const loss = FirstLoss(report)) {
    findings.push_back(Concat("first layer that loses accuracy: ", PrintableName(loss->name), " (",
                              FormatPercent(report.accuracy_float), " -> ",
                              FormatPercent(*loss->accuracy), ")"));
  } else {
    findings.push_back("first layer that loses accuracy: none");
  }
  if (const LayerAgreement* const differs = FirstDifference(report)) {
    findings.push_back(Concat("first layer where the chip differs from the spiking network: ",
                              PrintableName(differs->name), " (", FormatCount(differs->differing),
                              " of ", FormatCount(differs->compared), " spikes or silences)"));
  } else {
    findings.push_back("first layer where the chip differs from the spiking network: none");
  }
  return findings;
}

std::string FormatDiagnosis(const DiagnoseReport& report) {
  TextTable table;
  table.heading = true;
  table.indent = 2;
  table.rows.push_back({"layer", "neurons", "correlation", "equal bits", "chip equal",
                        "spikes a tick", "dead", "saturated", "accuracy from here"});
  table.rows.push_back(
      {"float network", "", "", "", "", "", "", "", FormatPercent(report.accuracy_float)});
  for (const LayerAgreement& layer : report.layers) {
    table.rows.push_back({PrintableName(layer.name), FormatCount(layer.neurons),
                          FormatCorrelation(layer.correlation), OrDash(layer.equal_bits),
                          OrDash(layer.chip_equal()), FormatNumber(layer.spike_rate),
                          FormatCount(layer.dead), FormatCount(layer.saturated),
                          layer.accuracy ? FormatPercent(*layer.accuracy) : "-"});
  }
  std::string text =
      Concat("diagnosis of ", FormatCount(report.images), report.images == 1 ? " image" : " images",
             ": accuracy ", FormatPercent(report.accuracy_float), " in floating point, ",
             FormatPercent(report.accuracy_spiking), " as spiking network, ",
             FormatPercent(report.accuracy_chip), " on the chip\n", FormatTable(table));
  for (const std::string& finding : FindingsOf(report)) {
    text += finding + "\n";
  }
  return text;
}

std::string FormatShare(double share) {
  return FormatPercent(share < 1.0 ? std::floor(share * 1e4) / 1e4 : 1.0);
}

}  // namespace spikemesh
