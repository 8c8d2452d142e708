// SPDX-License-Identifier: Apache-2.0
#include "apps/inspect_network.h"

#include <algorithm>
#include <array>
#include <string>
#include <variant>
#include <vector>

#include "apps/convert_layers.h"
#include "converters/mapping/estimate.h"
#include "converters/mapping/map_network.h"
#include "core/base/strings.h"
#include "core/report/chip_summary.h"
#include "core/report/text_table.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

// One node of a float network.
struct NodeRow {
  std::string name;
  std::string kind;
  FeatureShape shape;
  std::int64_t fan_in = 0;  // convolutions and dense layers
  std::string weights;      // likewise: what one channel's weights are
  std::string obstacle;     // what may stop it from fitting a core; empty: nothing seen
};

// What the weights of a node are, worst channel first: "float" has no common scale.
struct WeightsKind {
  bool whole = true;           // whole multiples of a scale a channel
  std::int32_t magnitude = 0;  // the largest multiple
};

WeightsKind ClassifyWeights(const ConvolutionNode& node, std::size_t channels) {
  WeightsKind kind;
  const std::size_t per_channel = node.weights.size() / std::max<std::size_t>(1, channels);
  for (std::size_t channel = 0; channel < channels && kind.whole; ++channel) {
    const auto weights =
        std::span<const float>(node.weights).subspan(channel * per_channel, per_channel);
    const std::optional<IntegerWeights> factored = FactorWeights(weights);
    kind.whole = factored.has_value();
    for (std::size_t i = 0; kind.whole && i < factored->values.size(); ++i) {
      kind.magnitude = std::max(kind.magnitude, std::abs(factored->values[i]));
    }
  }
  return kind;
}

NodeRow DescribeConvolution(const ConvolutionNode& node, NodeRow row, FeatureShape input) {
  const bool dense = input.height == 1 && input.width == 1;
  row.kind = dense ? "dense" : "convolution";
  const auto channels = static_cast<std::size_t>(row.shape.channels);
  row.fan_in = static_cast<std::int64_t>(node.weights.size() / std::max<std::size_t>(1, channels));
  const WeightsKind weights = ClassifyWeights(node, channels);
  row.weights = !weights.whole           ? "float"
                : weights.magnitude <= 1 ? "ternary"
                                         : Concat("integer up to ", weights.magnitude);
  if (!weights.whole) {
    row.obstacle = "float weights: cores take them quantised (--weights, --calibrate)";
  } else if (row.fan_in > kAxonsPerCore) {
    row.obstacle = Concat(row.fan_in, " inputs a neuron, a core has ", kAxonsPerCore, " axons");
  }
  return row;
}

// Every kind but convolution.
std::string KindText(const NodeOperation& operation) {
  const auto* const pool = std::get_if<PoolNode>(&operation);
  if (pool != nullptr && pool->kind == PoolKind::kMax) {
    return "max pool";
  }
  constexpr std::array<const char*, std::variant_size_v<NodeOperation>> kKinds = {
      "convolution", "batch norm",      "affine",       "step", "reshape", "clip",
      "round",       "multi-threshold", "average pool", "add",  "concat"};
  return kKinds[operation.index()];
}

NodeRow DescribeNode(const Network& network, const NetworkNode& node) {
  NodeRow row;
  row.name = PrintableName(node.name);
  row.shape = node.shape;
  if (const auto* const convolution = std::get_if<ConvolutionNode>(&node.operation)) {
    return DescribeConvolution(*convolution, row, SourceShape(network, node));
  }
  row.kind = KindText(node.operation);
  return row;
}

std::string ShapeText(const FeatureShape& shape) {
  return Concat(shape.channels, "x", shape.height, "x", shape.width);
}

// Whether conversion succeeds, and what it makes or why not.
struct Verdict {
  bool fits = false;
  std::string text;
};

Verdict TryMapping(const SpikingNetwork& network) {
  const absl::StatusOr<MappedNetwork> mapped = MapNetwork(network, {});
  if (!mapped.ok()) {
    return {false, std::string(mapped.status().message())};
  }
  const ModelSummary sizes = SummarizeChip(mapped->chip, "");
  return {true, Concat(FormatCount(*sizes.cores), " cores on ", *sizes.chips,
                       *sizes.chips == 1 ? " chip" : " chips", ", latency ",
                       mapped->chip.presentation.latency_ticks, " ticks")};
}

std::string FormatVerdict(const Verdict& verdict) {
  return Concat(verdict.fits ? "fits      " : "does not fit: ", verdict.text, "\n");
}

// What each layer would take on cores, by closed forms, whether or not it fits.
struct FitTable {
  std::string text;
  Json json = Json::array();
};

FitTable TabulateFit(const SpikingNetwork& network) {
  const NetworkEstimate estimate = EstimateNetwork(network);
  TextTable table{.rows = {{"layer", "weights", "fan-in", "axons", "neurons", "cores", "copies",
                            "splitters", "latency", "fits"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 2};
  FitTable fit;
  std::string obstacles;
  for (const LayerEstimate& layer : estimate.layers) {
    table.rows.push_back({PrintableName(layer.name), layer.weights, FormatCount(layer.fan_in),
                          FormatCount(layer.axons), FormatCount(layer.neurons),
                          FormatCount(layer.cores), FormatCount(layer.copies),
                          FormatCount(layer.splitter_cores), std::to_string(layer.latency_ticks),
                          layer.fits ? "yes" : "no"});
    obstacles += layer.obstacle.empty() ? "" : Concat("obstacle  ", layer.obstacle, "\n");
    fit.json.push_back({{"name", layer.name},
                        {"weights", layer.weights},
                        {"fan_in", layer.fan_in},
                        {"axons_per_neuron", layer.axons},
                        {"neurons", layer.neurons},
                        {"cores", layer.cores},
                        {"axons", layer.total_axons},
                        {"copies", layer.copies},
                        {"splitters", layer.splitter_cores},
                        {"latency_ticks", layer.latency_ticks},
                        {"fits", layer.fits},
                        {"obstacle", layer.obstacle}});
  }
  fit.text = Concat(FormatTable(table), "estimate  about ", FormatCount(estimate.cores),
                    " cores, latency ", estimate.latency_ticks, " ticks\n", obstacles);
  return fit;
}

Json NodeJson(const NodeRow& row) {
  return {{"name", row.name},
          {"kind", row.kind},
          {"shape", {row.shape.channels, row.shape.height, row.shape.width}},
          {"fan_in", row.fan_in},
          {"weights", row.weights},
          {"obstacle", row.obstacle}};
}

}  // namespace

Inspection InspectNetwork(const Network& network,
                          const absl::StatusOr<SpikingConversion>& converted) {
  const Verdict verdict = converted.ok()
                              ? TryMapping(converted->folded.network)
                              : Verdict{false, std::string(converted.status().message())};
  TextTable table{.rows = {{"node", "kind", "weights", "shape", "fan-in"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 3};
  Json nodes = Json::array();
  std::string obstacles;
  for (std::size_t index = 0; index < network.nodes.size(); ++index) {
    NodeRow row = DescribeNode(network, network.nodes[index]);
    // Where conversion succeeds, the layers below say more.
    if (converted.ok()) {
      row.obstacle.clear();
    }
    table.rows.push_back({row.name, row.kind, row.weights, ShapeText(row.shape),
                          row.fan_in == 0 ? "" : FormatCount(row.fan_in)});
    obstacles +=
        row.obstacle.empty() ? "" : Concat("obstacle  ", row.name, ": ", row.obstacle, "\n");
    nodes.push_back(NodeJson(row));
  }
  Inspection result;
  result.text = Concat("network   ", PrintableName(network.name), ": input ",
                       ShapeText(network.input_shape), ", ", network.nodes.size(), " nodes\n",
                       FormatTable(table), obstacles, FormatVerdict(verdict));
  for (const std::string& warning : network.warnings) {
    result.text += Concat("warning   ", warning, "\n");
  }
  result.json = {{"schema", kInspectSchema},    {"kind", "onnx"},
                 {"name", network.name},        {"nodes", nodes},
                 {"fits", verdict.fits},        {"verdict", verdict.text},
                 {"warnings", network.warnings}};
  if (converted.ok()) {
    const FitTable fit = TabulateFit(converted->folded.network);
    result.text +=
        Concat("mode      ", NameOf(converted->mode), ": ", converted->mode_reason, "\n");
    result.text += fit.text;
    result.json["mode"] = NameOf(converted->mode);
    result.json["layers"] = fit.json;
  }
  return result;
}

Inspection InspectSpiking(const SpikingNetwork& network) {
  TextTable table{.rows = {{"layer", "kind", "shape", "fan-in", "neurons", "weights", "latency"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 2};
  Json layers = Json::array();
  for (const ConvertedLayer& layer : DescribeLayers(network)) {
    table.rows.push_back({PrintableName(layer.name), layer.kind,
                          Concat(layer.shape[0], "x", layer.shape[1], "x", layer.shape[2]),
                          FormatCount(layer.fan_in), FormatCount(layer.neurons), layer.weights,
                          std::to_string(layer.latency_ticks)});
    layers.push_back({{"name", layer.name},
                      {"kind", layer.kind},
                      {"shape", layer.shape},
                      {"fan_in", layer.fan_in},
                      {"neurons", layer.neurons},
                      {"weights", layer.weights},
                      {"latency_ticks", layer.latency_ticks}});
  }
  const Verdict verdict = TryMapping(network);
  const FitTable fit = TabulateFit(network);
  Inspection result;
  result.text = Concat("network   ", PrintableName(network.name), ": ", network.layers.size(),
                       " layers, ", network.class_count, " classes\n", FormatTable(table),
                       FormatVerdict(verdict), fit.text);
  result.json = {{"schema", kInspectSchema},       {"kind", "snn"},    {"name", network.name},
                 {"classes", network.class_count}, {"layers", layers}, {"fits", verdict.fits},
                 {"verdict", verdict.text},        {"fit", fit.json}};
  return result;
}

}  // namespace spikemesh
