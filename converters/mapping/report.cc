// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/report.h"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace spikemesh {
namespace {

bool IsDense(const SpikingLayer& layer) {
  const WindowGeometry& window = layer.window;
  return layer.input_shape.height == 1 && layer.input_shape.width == 1 && window.kernel_y == 1 &&
         window.kernel_x == 1;
}

MappedLayer DescribeLayer(const SpikingLayer& layer) {
  MappedLayer row;
  row.name = layer.name;
  row.kind = IsDense(layer) ? "dense" : "convolution";
  row.shape = layer.output_shape;
  row.fan_in = std::int64_t{layer.input_shape.channels / layer.groups} * layer.window.kernel_y *
               layer.window.kernel_x;
  return row;
}

// Copies of a neuron are neighbours in its core.
std::int64_t CountDistinct(const std::vector<LogicalNeuron>& neurons) {
  std::int64_t distinct = 0;
  for (std::size_t n = 0; n < neurons.size(); ++n) {
    distinct += n == 0 || neurons[n].source != neurons[n - 1].source ? 1 : 0;
  }
  return distinct;
}

void CountCore(const LogicalCore& core, MappedLayer& row) {
  const std::int64_t neurons = CountDistinct(core.neurons);
  row.cores += 1;
  row.axons += static_cast<std::int64_t>(core.axons.size());
  row.neurons += neurons;
  row.copies += static_cast<std::int64_t>(core.neurons.size()) - neurons;
}

}  // namespace

std::vector<MappedLayer> ReportLayers(const SpikingNetwork& network, const PlannedNetwork& plan) {
  std::vector<MappedLayer> rows;
  for (const SpikingLayer& layer : network.layers) {
    rows.push_back(DescribeLayer(layer));
  }
  for (std::size_t l = 0; l < plan.layers.size(); ++l) {
    if (!plan.scheduled.is_relay[l]) {
      rows[plan.scheduled.origins[l]].latency_ticks = plan.scheduled.ticks[l];
    }
  }
  for (const LogicalCore& core : plan.logical.cores) {
    MappedLayer& row = rows[plan.scheduled.origins[core.layer]];
    if (plan.scheduled.is_relay[core.layer]) {
      ++row.relay_cores;
    } else if (core.is_splitter) {
      ++row.splitter_cores;
    } else {
      CountCore(core, row);
    }
  }
  return rows;
}

}  // namespace spikemesh
