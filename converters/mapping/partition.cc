// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/partition.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

#include "converters/mapping/bias_axons.h"
#include "converters/mapping/plan_fanout.h"
#include "core/base/status.h"

namespace spikemesh {
namespace {

// The targets of every output of the encoder or of one layer.
using TargetLists = std::vector<std::vector<NeuronTarget>>;

// What the later layers leave for the earlier ones. Cores get ids in the order in which they are
// made, which SortCores changes at the end.
struct Partitioner {
  std::span<const CrossbarLayer> layers;
  const PartitionOptions& options;
  PlanEffort& effort;
  std::vector<TargetLists> targets;  // [0] the encoder's, [1 + l] layer l's
  std::vector<LogicalCore> cores;

  CoreId next_core() const { return CoreId(static_cast<std::uint32_t>(cores.size())); }
};

// The axons that these neurons need: each feature with each type that occurs, in ascending order.
std::vector<LogicalAxon> NeededAxons(const CrossbarLayer& layer,
                                     const std::vector<std::int32_t>& neurons) {
  std::vector<std::int64_t> keys;
  for (const std::int32_t neuron : neurons) {
    ForEachSynapse(layer, neuron, [&keys](std::int32_t feature, AxonTypeMask mask) {
      for (std::int64_t type = 0; type < kAxonTypes; ++type) {
        if ((mask >> type & 1) != 0) {
          keys.push_back(kAxonTypes * std::int64_t{feature} + type);
        }
      }
    });
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  SPIKEMESH_CHECK(keys.size() <= static_cast<std::size_t>(layer.axons_per_core()));
  std::vector<LogicalAxon> axons;
  axons.reserve(keys.size());
  for (const std::int64_t key : keys) {
    axons.push_back(
        {static_cast<std::int32_t>(key / kAxonTypes), static_cast<std::uint8_t>(key % kAxonTypes)});
  }
  return axons;
}

// Appends the bias axons that some neuron of the core is connected to, and the constant neurons
// that drive them; `id` is the core's own.
void AddBias(const CrossbarLayer& layer, const std::vector<std::int32_t>& neurons, CoreId id,
             LogicalCore& core) {
  std::array<std::int32_t, kAxonTypes> wanted = {};
  if (layer.bias_axons_total() > 0) {
    for (const std::int32_t neuron : neurons) {
      const NeuronBias bias = BiasOf(layer, neuron);
      for (std::size_t type = 0; type < wanted.size(); ++type) {
        wanted[type] = std::max(wanted[type], bias.connected[type]);
      }
    }
  }
  for (std::size_t type = 0; type < wanted.size(); ++type) {
    for (std::int32_t i = 0; i < wanted[type]; ++i) {
      const AxonIndex axon(static_cast<std::uint16_t>(core.axons.size()));
      core.axons.push_back({kBias, static_cast<std::uint8_t>(type)});
      core.neurons.push_back({kBias, NeuronTarget::Axon(id, axon, DelayTicks(0))});
    }
  }
}

// Tells the sources of `layer` that the axons of `core`, but for bias axons, need their spikes.
void RequestSpikes(Partitioner& state, const CrossbarLayer& layer, CoreId core,
                   const std::vector<LogicalAxon>& axons) {
  for (std::size_t a = 0; a < axons.size(); ++a) {
    if (axons[a].feature == kBias) {
      continue;
    }
    const auto after =
        std::ranges::upper_bound(layer.inputs, axons[a].feature, {}, &CrossbarInput::first_feature);
    const CrossbarInput& input = *std::prev(after);
    const auto neuron = static_cast<std::size_t>(axons[a].feature - input.first_feature);
    const AxonIndex axon(static_cast<std::uint16_t>(a));
    state.targets[input.source + 1][neuron].push_back(
        NeuronTarget::Axon(core, axon, DelayTicks(0)));
  }
}

// Adds a feeder's axon and the neurons that repeat it to a splitter core.
AxonIndex AddSplit(LogicalCore& splitter, std::int32_t neuron,
                   std::span<const NeuronTarget> targets) {
  const auto axon = static_cast<std::int32_t>(splitter.axons.size());
  splitter.axons.push_back({neuron, 0});
  for (const NeuronTarget& target : targets) {
    splitter.neurons.push_back({axon, target});
  }
  return AxonIndex(static_cast<std::uint16_t>(axon));
}

// Appends the copies of one neuron with their targets to `core`, and its feeders' axons to the
// splitter cores that the plan chose.
void AddCopies(Partitioner& state, std::int32_t neuron, std::span<const NeuronTarget> targets,
               const FanoutSplit& split, std::span<const std::int32_t> splitter_of_feeder,
               CoreId first_splitter, LogicalCore& core) {
  for (std::int32_t copy = 0; copy < split.direct; ++copy) {
    core.neurons.push_back({neuron, targets[copy]});
  }
  for (std::int32_t feeder = 0; feeder < split.feeders; ++feeder) {
    const CoreId id(first_splitter.value() +
                    static_cast<std::uint32_t>(splitter_of_feeder[feeder]));
    const std::int32_t begin = split.first_target(feeder);
    const std::int32_t end = split.first_target(feeder + 1);
    const AxonIndex axon =
        AddSplit(state.cores[id.value()], neuron, targets.subspan(begin, end - begin));
    core.neurons.push_back({neuron, NeuronTarget::Axon(id, axon, DelayTicks(0))});
  }
}

void PartitionLayer(Partitioner& state, std::int32_t index) {
  const CrossbarLayer& layer = state.layers[index];
  const TargetLists targets = std::move(state.targets[index + 1]);
  std::vector<std::int32_t> counts;
  counts.reserve(targets.size());
  for (const std::vector<NeuronTarget>& list : targets) {
    counts.push_back(static_cast<std::int32_t>(list.size()));
  }
  const FanoutPlan plan = PlanFanout(layer, counts, state.options.axon_prices[index],
                                     state.options.copies_max, state.effort);
  const CoreId first_splitter = state.next_core();
  for (std::int64_t s = 0; s < plan.splitter_cores; ++s) {
    state.cores.push_back({index, true, {}, {}});
  }
  std::size_t feeders_done = 0;
  for (const std::vector<std::int32_t>& neurons : plan.tiling.cores) {
    LogicalCore core{index, false, NeededAxons(layer, neurons), {}};
    for (const std::int32_t neuron : neurons) {
      const FanoutSplit split = SplitFanout(counts[neuron], plan.copies[neuron]);
      const auto feeders = std::span(plan.splitter).subspan(feeders_done, split.feeders);
      AddCopies(state, neuron, targets[neuron], split, feeders, first_splitter, core);
      feeders_done += feeders.size();
    }
    AddBias(layer, neurons, state.next_core(), core);
    SPIKEMESH_CHECK(core.axons.size() <= kAxonsPerCore && core.neurons.size() <= kNeuronsPerCore);
    RequestSpikes(state, layer, state.next_core(), core.axons);
    state.cores.push_back(std::move(core));
  }
}

// Layer order, a layer's splitters after it, else the order in which they were made; renames every
// target and input line accordingly.
LogicalNetwork SortCores(std::vector<LogicalCore> cores, const TargetLists& lines) {
  std::vector<std::uint32_t> order(cores.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(), [&cores](std::uint32_t a, std::uint32_t b) {
    return std::tuple(cores[a].layer, cores[a].is_splitter) <
           std::tuple(cores[b].layer, cores[b].is_splitter);
  });
  std::vector<std::uint32_t> new_id(order.size());
  LogicalNetwork network;
  network.cores.reserve(cores.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    new_id[order[i]] = i;
    network.cores.push_back(std::move(cores[order[i]]));
  }
  for (LogicalCore& core : network.cores) {
    for (LogicalNeuron& neuron : core.neurons) {
      if (neuron.target.kind == TargetKind::kAxon) {
        neuron.target.index = new_id[neuron.target.index];
      }
    }
  }
  for (const std::vector<NeuronTarget>& line : lines) {
    std::vector<AxonAddress>& reaches = network.input_lines.emplace_back();
    for (const NeuronTarget& target : line) {
      reaches.push_back({CoreId(new_id[target.index]), target.axon});
    }
    std::sort(reaches.begin(), reaches.end());
  }
  return network;
}

}  // namespace

LogicalNetwork PartitionNetwork(std::span<const CrossbarLayer> layers, std::int64_t encoder_lines,
                                const PartitionOptions& options, PlanEffort& effort) {
  SPIKEMESH_CHECK(options.axon_prices.size() == layers.size());
  Partitioner state{layers, options, effort, {TargetLists(encoder_lines)}, {}};
  for (const CrossbarLayer& layer : layers) {
    state.targets.emplace_back(layer.output_shape.size());
  }
  for (std::uint32_t pin = 0; pin < state.targets.back().size(); ++pin) {
    state.targets.back()[pin].push_back(NeuronTarget::Pin(PinIndex(pin)));
  }
  for (auto layer = static_cast<std::int32_t>(layers.size()) - 1; layer >= 0; --layer) {
    PartitionLayer(state, layer);
  }
  return SortCores(std::move(state.cores), state.targets[0]);
}

}  // namespace spikemesh
