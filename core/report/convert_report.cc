// SPDX-License-Identifier: Apache-2.0
#include "core/report/convert_report.h"

#include "core/base/strings.h"
#include "core/report/report_text.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

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

std::string FormatPlacement(const ConvertedPlacement& placement) {
  const char* const packet = placement.measured ? " a spike" : " a neuron's packet";
  if (placement.row_major) {
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
  std::string pooled;
  if (calibration.pooled_accuracy) {
    pooled = Concat(FormatPercent(*calibration.pooled_accuracy), " with averages for max pools, ");
  }
  std::string split;
  if (calibration.split_accuracy) {
    split = Concat(", ", FormatPercent(*calibration.split_accuracy), " after the split");
    if (calibration.split_images < calibration.images) {
      split += Concat(" (of the first ", FormatCount(calibration.split_images), ")");
    }
  }
  return Concat(calibration.labelled ? "accuracy  of " : "answers   as trained, of ",
                FormatCount(calibration.images),
                calibration.labelled ? " calibration images (" : " images without labels (",
                calibration.dataset, ", train): ", FormatPercent(calibration.float_accuracy),
                " as trained, ", pooled, FormatPercent(calibration.spiking_accuracy), " in spikes",
                split, "\n");
}

std::string FormatPools(const ExactPools& pools, const CalibrationSummary& calibration) {
  std::string text = Concat("pools     ", FormatCount(pools.pools),
                            " max pools exactly: ", FormatCount(pools.neurons), " neurons");
  if (pools.cores) {
    text += Concat(" on ", FormatCount(*pools.cores), " cores");
  }
  text += Concat("; averages would take ", FormatCount(pools.neurons_average), " neurons");
  if (pools.cores_average) {
    text += Concat(" on about ", FormatCount(*pools.cores_average), " cores");
  }
  return text + Concat(", and ", FormatPercent(pools.average_accuracy), " of accuracy for ",
                       FormatPercent(calibration.float_accuracy), " in floating point\n");
}

std::string FormatTicks(const SufficientTicks& ticks) {
  return Concat("ticks     accuracy still rises at the last tick: ", ticks.ticks,
                " ticks an image bring ", FormatPercent(ticks.accuracy), " of ",
                FormatCount(ticks.images), " calibration images, these ",
                FormatPercent(ticks.accuracy_now), "\n");
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

std::string FormatConvertReport(const ConvertReport& report) {
  TextTable table{.rows = {{"layer", "kind", "shape", "fan-in", "neurons", "cores", "axons",
                            "copies", "splitters", "relays", "weights", "exact", "latency"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 2};
  for (const ConvertedLayer& layer : report.layers) {
    table.rows.push_back(LayerRow(layer));
  }
  // Before any number: what puts all of them in doubt.
  std::string text = Concat("converted ", report.source, " to ", report.output, "\n");
  for (const std::string& warning : report.warnings) {
    text += Concat("warning   ", warning, "\n");
  }
  if (!report.mode_reason.empty()) {
    text += Concat("mode      ", NameOf(report.mode), ": ", report.mode_reason, "\n");
  }
  text += report.layers.empty() ? "" : FormatTable(table);
  text += FormatTotals(report);
  text += report.placement ? FormatPlacement(*report.placement) : "";
  for (const ConvertedSplit& split : report.splits) {
    text += FormatSplit(split);
  }
  text += report.calibration ? FormatCalibration(*report.calibration) : "";
  text += report.exact_pools && report.calibration
              ? FormatPools(*report.exact_pools, *report.calibration)
              : "";
  text += report.sufficient_ticks ? FormatTicks(*report.sufficient_ticks) : "";
  if (!report.layers.empty()) {
    text += Concat("input     bytes 0..255 become 0..", FormatNumber(report.range_max), ", mean ",
                   FormatValues(report.mean, "0"), ", std ", FormatValues(report.scale, "1"),
                   FormatPad(report.pad), "\n");
  }
  if (report.host_work) {
    text += Concat("host      computes ", PrintableName(report.host_work->layer), ": ",
                   FormatCount(report.host_work->macs_per_image),
                   " multiply-adds an image, on no core and in no energy\n");
  }
  return text;
}

}  // namespace spikemesh
