// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/inspect_network.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "converters/mapping/estimate.h"
#include "converters/mapping/map_network.h"
#include "converters/recipe/describe_layers.h"
#include "core/base/limits.h"
#include "core/base/strings.h"
#include "core/report/chip_summary.h"
#include "core/report/text_table.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

std::array<std::int64_t, 3> ShapeOf(const FeatureShape& shape) {
  return {shape.channels, shape.height, shape.width};
}

// What the weights of a node are, worst channel first: "float" has no common scale.
struct NodeWeights {
  bool whole = true;           // whole multiples of a scale a channel
  std::int32_t magnitude = 0;  // the largest multiple
};

NodeWeights ClassifyWeights(const ConvolutionNode& node, std::size_t channels) {
  NodeWeights kind;
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

void DescribeConvolution(const ConvolutionNode& node, const FeatureShape& input,
                         InspectedNode& row) {
  const bool dense = input.height == 1 && input.width == 1;
  row.kind = dense ? "dense" : "convolution";
  const auto channels = static_cast<std::size_t>(row.shape[0]);
  row.fan_in = static_cast<std::int64_t>(node.weights.size() / std::max<std::size_t>(1, channels));
  const NodeWeights weights = ClassifyWeights(node, channels);
  row.weights = !weights.whole           ? "float"
                : weights.magnitude <= 1 ? "ternary"
                                         : Concat("integer up to ", weights.magnitude);
  if (!weights.whole) {
    row.obstacle = {"float weights: cores take them quantised",
                    {{RemedyKind::kQuantiseWeights}, {RemedyKind::kCalibrate}}};
  } else if (row.fan_in > kAxonsPerCore) {
    row.obstacle.message =
        Concat(row.fan_in, " inputs a neuron, a core has ", kAxonsPerCore, " axons");
  }
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

InspectedNode DescribeNode(const Network& network, const NetworkNode& node) {
  InspectedNode row;
  row.name = PrintableName(node.name);
  row.shape = ShapeOf(node.shape);
  if (const auto* const convolution = std::get_if<ConvolutionNode>(&node.operation)) {
    DescribeConvolution(*convolution, SourceShape(network, node), row);
  } else {
    row.kind = KindText(node.operation);
  }
  return row;
}

// What must be measured first says nothing of whether it fits.
Verdict Refused(const absl::Status& status) {
  return {.fits = false,
          .is_known = !absl::IsFailedPrecondition(status),
          .text = {std::string(status.message()), RemediesOf(status)}};
}

Verdict TryMapping(const SpikingNetwork& network) {
  const absl::StatusOr<MappedNetwork> mapped = MapNetwork(network, {});
  if (!mapped.ok()) {
    return Refused(mapped.status());
  }
  const ModelSummary sizes = SummarizeChip(mapped->chip, "");
  return {.fits = true,
          .is_known = true,
          .text = {Concat(FormatCount(*sizes.cores), " cores on ", *sizes.chips,
                          *sizes.chips == 1 ? " chip" : " chips", ", latency ",
                          mapped->chip.presentation.latency_ticks, " ticks"),
                   {}}};
}

FitEstimate EstimateFit(const SpikingNetwork& network) {
  const NetworkEstimate estimate = EstimateNetwork(network);
  FitEstimate fit;
  fit.cores = estimate.cores;
  fit.latency_ticks = estimate.latency_ticks;
  for (const LayerEstimate& layer : estimate.layers) {
    fit.layers.push_back({.name = layer.name,
                          .weights = layer.weights,
                          .fan_in = layer.fan_in,
                          .axons = layer.axons,
                          .neurons = layer.neurons,
                          .cores = layer.cores,
                          .total_axons = layer.total_axons,
                          .copies = layer.copies,
                          .splitter_cores = layer.splitter_cores,
                          .latency_ticks = layer.latency_ticks,
                          .fits = layer.fits,
                          .obstacle = {layer.obstacle, layer.remedies}});
  }
  return fit;
}

NetworkInspection DescribeNodes(const Network& network) {
  NetworkInspection inspection;
  inspection.name = network.name;
  inspection.input_shape = ShapeOf(network.input_shape);
  inspection.warnings = network.warnings;
  for (const NetworkNode& node : network.nodes) {
    inspection.nodes.push_back(DescribeNode(network, node));
  }
  return inspection;
}

// The layers of a fit say more than the nodes.
void ForgetObstacles(NetworkInspection& inspection) {
  for (InspectedNode& node : inspection.nodes) {
    node.obstacle = {};
  }
}

}  // namespace

NetworkInspection InspectNetwork(const Network& network,
                                 const absl::StatusOr<SpikingConversion>& converted) {
  NetworkInspection inspection = DescribeNodes(network);
  if (!converted.ok()) {
    inspection.verdict = Refused(converted.status());
    return inspection;
  }
  ForgetObstacles(inspection);
  const SpikingNetwork& spiking = converted->folded.network;
  inspection.verdict = TryMapping(spiking);
  inspection.mode = converted->mode;
  inspection.mode_reason = converted->mode_reason;
  inspection.fit = EstimateFit(spiking);
  return inspection;
}

NetworkInspection InspectRefusal(const Network& network, const SketchRefusal& refusal) {
  NetworkInspection inspection = DescribeNodes(network);
  ForgetObstacles(inspection);
  inspection.verdict = Refused(refusal.status);
  inspection.mode = RunMode::kRate;
  inspection.mode_reason = Concat("estimated on ", kSketchImages, " images");
  inspection.fit = EstimateFit(refusal.sketch);
  return inspection;
}

SpikingInspection InspectSpiking(const SpikingNetwork& network) {
  return {.name = network.name,
          .classes = network.class_count,
          .layers = DescribeLayers(network),
          .verdict = TryMapping(network),
          .fit = EstimateFit(network)};
}

}  // namespace spikemesh
