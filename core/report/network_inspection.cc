// SPDX-License-Identifier: Apache-2.0
#include "core/report/network_inspection.h"

#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

std::string ShapeText(const std::array<std::int64_t, 3>& shape) {
  return Concat(shape[0], "x", shape[1], "x", shape[2]);
}

std::string FormatVerdict(const Verdict& verdict, const RemedyWords& words) {
  return Concat(verdict.fits       ? "fits      "
                : verdict.is_known ? "does not fit: "
                                   : "not known: ",
                verdict.text.Text(words), "\n");
}

std::string FormatFit(const FitEstimate& fit, const RemedyWords& words) {
  TextTable table{.rows = {{"layer", "weights", "fan-in", "axons", "neurons", "cores", "copies",
                            "splitters", "latency", "fits"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 2};
  std::string obstacles;
  for (const InspectedFit& layer : fit.layers) {
    table.rows.push_back({PrintableName(layer.name), layer.weights, FormatCount(layer.fan_in),
                          FormatCount(layer.axons), FormatCount(layer.neurons),
                          FormatCount(layer.cores), FormatCount(layer.copies),
                          FormatCount(layer.splitter_cores), std::to_string(layer.latency_ticks),
                          layer.fits ? "yes" : "no"});
    if (!layer.obstacle.message.empty()) {
      obstacles += Concat("obstacle  ", layer.obstacle.Text(words), "\n");
    }
  }
  return Concat(FormatTable(table), "estimate  about ", FormatCount(fit.cores), " cores, latency ",
                fit.latency_ticks, " ticks\n", obstacles);
}

}  // namespace

std::string FormatInspection(const NetworkInspection& inspection, const RemedyWords& words) {
  TextTable table{.rows = {{"node", "kind", "weights", "shape", "fan-in"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 3};
  std::string obstacles;
  for (const InspectedNode& node : inspection.nodes) {
    table.rows.push_back({node.name, node.kind, node.weights, ShapeText(node.shape),
                          node.fan_in == 0 ? "" : FormatCount(node.fan_in)});
    if (!node.obstacle.message.empty()) {
      obstacles += Concat("obstacle  ", node.name, ": ", node.obstacle.Text(words), "\n");
    }
  }
  std::string text =
      Concat("network   ", PrintableName(inspection.name), ": input ",
             ShapeText(inspection.input_shape), ", ", inspection.nodes.size(), " nodes\n",
             FormatTable(table), obstacles, FormatVerdict(inspection.verdict, words));
  for (const std::string& warning : inspection.warnings) {
    text += Concat("warning   ", warning, "\n");
  }
  if (inspection.mode) {
    text += Concat("mode      ", NameOf(*inspection.mode), ": ", inspection.mode_reason, "\n");
  }
  return text + (inspection.fit ? FormatFit(*inspection.fit, words) : "");
}

std::string FormatInspection(const SpikingInspection& inspection, const RemedyWords& words) {
  TextTable table{.rows = {{"layer", "kind", "shape", "fan-in", "neurons", "weights", "latency"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 2};
  for (const ConvertedLayer& layer : inspection.layers) {
    table.rows.push_back({PrintableName(layer.name), layer.kind, ShapeText(layer.shape),
                          FormatCount(layer.fan_in), FormatCount(layer.neurons), layer.weights,
                          std::to_string(layer.latency_ticks)});
  }
  return Concat("network   ", PrintableName(inspection.name), ": ", inspection.layers.size(),
                " layers, ", inspection.classes, " classes\n", FormatTable(table),
                FormatVerdict(inspection.verdict, words), FormatFit(inspection.fit, words));
}

}  // namespace spikemesh
