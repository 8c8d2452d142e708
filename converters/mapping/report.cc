// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "converters/mapping/represent_layer.h"

namespace spikemesh {
namespace {

bool IsDense(const SpikingLayer& layer) {
  return std::all_of(layer.inputs.begin(), layer.inputs.end(), [](const LayerInput& input) {
    return input.shape.height == 1 && input.shape.width == 1 && input.window.kernel_y == 1 &&
           input.window.kernel_x == 1;
  });
}

MappedLayer DescribeLayer(const SpikingLayer& layer) {
  MappedLayer row;
  row.name = layer.name;
  row.kind = IsDense(layer) ? "dense" : "convolution";
  row.shape = layer.output_shape;
  row.fan_in = InputsPerNeuron(layer);
  return row;
}

void CountCore(const LogicalCore& core, MappedLayer& row) {
  ++row.cores;
  row.axons += static_cast<std::int64_t>(core.axons.size());
  std::int32_t before = kBias;
  for (const LogicalNeuron& neuron : core.neurons) {  // copies of a neuron are neighbours
    const bool is_copy = neuron.source == before;
    if (neuron.source == kBias) {
      ++row.bias_axons;
    } else {
      ++(is_copy ? row.copies : row.neurons);
    }
    before = neuron.source;
  }
}

}  // namespace

std::vector<MappedLayer> ReportLayers(const SpikingNetwork& network, const PlannedNetwork& plan) {
  std::vector<MappedLayer> rows;
  for (const SpikingLayer& layer : network.layers) {
    rows.push_back(DescribeLayer(layer));
  }
  for (std::size_t l = 0; l < plan.layers.size(); ++l) {
    if (!plan.scheduled.is_relay[l]) {
      MappedLayer& row = rows[plan.scheduled.origins[l]];
      row.latency_ticks = plan.scheduled.ticks[l];
      row.weights = NameOf(plan.layers[l].weights_kind);
      row.exact = !plan.layers[l].may_saturate;
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
