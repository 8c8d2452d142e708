// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/latency.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/topological_sort.hpp>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "core/base/limits.h"
#include "core/base/status.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

bool ReadsEncoderOnly(const SpikingLayer& layer) {
  return std::all_of(layer.inputs.begin(), layer.inputs.end(),
                     [](const LayerInput& input) { return input.source == kEncodedInput; });
}

// The longest path from the encoder to each layer, in ticks. Vertex 0 is the encoder, 1 + l layer
// l; an edge weighs the least number of ticks between the spikes of its two ends.
std::vector<std::int32_t> LayerTicks(const SpikingNetwork& network, const SplitterUse& splitters) {
  using Graph =
      boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property,
                            boost::property<boost::edge_weight_t, std::int32_t>>;
  Graph graph(network.layers.size() + 1);
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    for (const LayerInput& input : network.layers[l].inputs) {
      const auto source = static_cast<std::size_t>(input.source) + 1;  // the encoder, -1, is 0
      const bool at_once = ReadsEncoderOnly(network.layers[l]);
      boost::add_edge(source, l + 1, at_once ? 0 : splitters[source] ? 2 : 1, graph);
    }
  }
  std::vector<std::size_t> last_first;
  boost::topological_sort(graph, std::back_inserter(last_first));
  std::vector<std::int32_t> ticks(network.layers.size() + 1, 0);
  for (auto vertex = last_first.rbegin(); vertex != last_first.rend(); ++vertex) {
    for (auto [edge, end] = boost::out_edges(*vertex, graph); edge != end; ++edge) {
      std::int32_t& tick = ticks[boost::target(*edge, graph)];
      tick = std::max(tick, ticks[*vertex] + boost::get(boost::edge_weight, graph, *edge));
    }
  }
  ticks.erase(ticks.begin());
  return ticks;
}

// Where an edge comes from, and how long it takes.
struct Edge {
  std::int32_t source = kEncodedInput;
  std::int32_t delay_ticks = 0;
};

// A layer that repeats every feature of `shape`.
SpikingLayer IdentityLayer(const std::string& name, const FeatureShape& shape, Edge edge) {
  SpikingLayer layer;
  layer.name = name;
  layer.inputs = {{.source = edge.source,
                   .delay_ticks = edge.delay_ticks,
                   .shape = shape,
                   .window = {},
                   .groups = shape.channels,
                   .weights = std::vector<std::int16_t>(shape.channels, 1)}};
  layer.output_shape = shape;
  layer.thresholds.assign(shape.size(), 1);
  return layer;
}

// Builds the scheduled network layer by layer; new_index[l] is where layer l went.
struct Scheduler {
  const SpikingNetwork& network;
  std::vector<std::int32_t> ticks;  // of the caller's layers
  std::vector<std::int32_t> new_index;
  ScheduledNetwork result;

  std::int32_t Append(SpikingLayer layer, std::int32_t tick, std::int32_t origin, bool is_relay) {
    result.network.layers.push_back(std::move(layer));
    result.ticks.push_back(tick);
    result.origins.push_back(origin);
    result.is_relay.push_back(is_relay);
    return static_cast<std::int32_t>(result.ticks.size()) - 1;
  }

  std::int32_t AppendRelay(std::int32_t source, std::int32_t tick, std::int32_t reader) {
    const bool from_encoder = source == kEncodedInput;
    const SpikingLayer* before = from_encoder ? nullptr : &result.network.layers[source];
    const std::int32_t delay = from_encoder ? 0 : tick - result.ticks[source];
    const std::string name =
        Concat(from_encoder ? "input" : before->name, " relay to ", network.layers[reader].name);
    const FeatureShape shape = from_encoder ? network.encoded_shape : before->output_shape;
    return Append(IdentityLayer(name, shape, {source, delay}), tick, reader, true);
  }

  // Brings the spikes of `source` to `reader` in its tick. Of n steps none is longer than 15, and
  // where n > 1 none is shorter than 8, so that a relay may use splitters.
  Edge Connect(std::int32_t source, std::int32_t reader) {
    if (source == kEncodedInput && ticks[reader] == 0) {
      return {kEncodedInput, 0};
    }
    std::int32_t from =
        source == kEncodedInput ? AppendRelay(kEncodedInput, 0, reader) : new_index[source];
    const std::int32_t begin = result.ticks[from];
    const std::int32_t gap = ticks[reader] - begin;
    const std::int32_t steps = (gap + kDelayTicksMax - 1) / kDelayTicksMax;
    for (std::int32_t step = 1; step < steps; ++step) {
      from = AppendRelay(from, begin + gap * step / steps, reader);
    }
    return {from, ticks[reader] - result.ticks[from]};
  }
};

}  // namespace

std::vector<std::int32_t> UndelayedTicks(const SpikingNetwork& network) {
  return LayerTicks(network, SplitterUse(network.layers.size() + 1, false));
}

void ShiftInitialPotentials(std::int64_t later, SpikingLayer& layer) {
  for (std::size_t neuron = 0; later != 0 && neuron < layer.leaks.size(); ++neuron) {
    const std::int64_t initial = layer.initial_potentials[neuron];
    const std::int64_t leak = layer.leaks[neuron];
    const std::int64_t silent =
        std::int64_t{layer.thresholds[neuron]} - 1 - std::min<std::int64_t>(0, leak);
    const std::int64_t top = std::min<std::int64_t>(kPotentialMax, std::max(initial, silent));
    layer.initial_potentials[neuron] = static_cast<std::int32_t>(
        std::clamp<std::int64_t>(initial - later * leak, kPotentialMin, top));
  }
}

ScheduledNetwork ScheduleNetwork(const SpikingNetwork& network, const SplitterUse& splitters) {
  SPIKEMESH_CHECK(splitters.size() == network.layers.size() + 1);
  const std::vector<std::int32_t> meant_ticks = UndelayedTicks(network);
  Scheduler scheduler{network, LayerTicks(network, splitters), {}, {}};
  scheduler.result.network = network;
  scheduler.result.network.layers.clear();
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const auto reader = static_cast<std::int32_t>(l);
    SpikingLayer layer = network.layers[l];
    for (LayerInput& input : layer.inputs) {
      const Edge edge = scheduler.Connect(input.source, reader);
      input.source = edge.source;
      input.delay_ticks = edge.delay_ticks;
    }
    ShiftInitialPotentials(scheduler.ticks[l] - meant_ticks[l], layer);
    scheduler.new_index.push_back(
        scheduler.Append(std::move(layer), scheduler.ticks[l], reader, false));
  }
  PresentationModel& presentation = scheduler.result.network.presentation;
  if (presentation.mode != PresentationMode::kRate) {
    presentation.mode = PresentationMode::kPipelined;
    presentation.ticks_per_image = 1;
  }
  presentation.latency_ticks = scheduler.ticks.back();
  return std::move(scheduler.result);
}

}  // namespace spikemesh
