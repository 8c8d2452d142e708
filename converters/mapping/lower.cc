// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/lower.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "core/base/bits256.h"
#include "core/base/status.h"
#include "core/base/strings.h"
#include "neurons/neuron_parameters.h"

namespace spikemesh {
namespace {

constexpr std::array<std::int16_t, kAxonTypes> kTernaryWeights = {1, -1, 0, 0};

struct Lowering {
  const ScheduledNetwork& scheduled;
  std::span<const TernaryLayer> layers;
  const LogicalNetwork& network;
  ChipModel chip;
  std::vector<std::int32_t> kind_of_threshold;  // [threshold + kLeakMax], -1 not yet there

  std::int32_t tick(const LogicalCore& core) const {
    return scheduled.ticks[core.layer] + (core.is_splitter ? 1 : 0);
  }
};

std::uint32_t KindOfThreshold(Lowering& state, std::int16_t threshold) {
  std::int32_t& kind = state.kind_of_threshold[threshold + kLeakMax];
  if (kind < 0) {
    kind = static_cast<std::int32_t>(state.chip.neuron_kinds.size());
    state.chip.neuron_kinds.push_back(MemorylessNeuron(kTernaryWeights, threshold));
  }
  return static_cast<std::uint32_t>(kind);
}

NeuronTarget WithDelay(const Lowering& state, const LogicalCore& from, NeuronTarget target) {
  if (target.kind == TargetKind::kAxon) {
    const std::int32_t delay = state.tick(state.network.cores[target.index]) - state.tick(from);
    SPIKEMESH_CHECK(delay >= kDelayTicksMin && delay <= kDelayTicksMax);
    target.delay = DelayTicks(static_cast<std::uint8_t>(delay));
  }
  return target;
}

// Sets the crossbar bits of a layer's core. Copies of a neuron are neighbours and share its column.
void SetSynapses(const TernaryLayer& layer, const LogicalCore& core,
                 std::vector<Bits256>& crossbar) {
  std::array<absl::flat_hash_map<std::int32_t, std::int32_t>, 2> axon_of_feature;
  for (std::size_t a = 0; a < core.axons.size(); ++a) {
    axon_of_feature[core.axons[a].sign < 0][core.axons[a].feature] = static_cast<std::int32_t>(a);
  }
  const auto neurons = static_cast<int>(core.neurons.size());
  for (int begin = 0, end = 0; begin < neurons; begin = end) {
    const std::int32_t source = core.neurons[begin].source;
    while (end < neurons && core.neurons[end].source == source) {
      ++end;
    }
    ForEachSynapse(layer, source, [&](std::int32_t feature, std::int8_t sign) {
      Bits256& row = crossbar[axon_of_feature[sign < 0].find(feature)->second];
      for (int copy = begin; copy < end; ++copy) {
        row.Set(copy);
      }
    });
  }
}

CoreModel LowerCore(Lowering& state, const LogicalCore& logical) {
  const TernaryLayer& layer = state.layers[logical.layer];
  CoreModel core;
  for (const LogicalAxon& axon : logical.axons) {
    core.axon_types.push_back(axon.sign > 0 ? kPlusAxonType : kMinusAxonType);
  }
  core.crossbar.resize(logical.axons.size());
  if (logical.is_splitter) {
    for (std::size_t n = 0; n < logical.neurons.size(); ++n) {
      core.crossbar[logical.neurons[n].source].Set(static_cast<int>(n));
    }
  } else {
    SetSynapses(layer, logical, core.crossbar);
  }
  core.neurons.reserve(logical.neurons.size());
  for (const LogicalNeuron& neuron : logical.neurons) {
    const std::int16_t threshold =
        logical.is_splitter ? std::int16_t{1} : layer.thresholds[neuron.source];
    core.neurons.push_back(
        {KindOfThreshold(state, threshold), 0, WithDelay(state, logical, neuron.target)});
  }
  return core;
}

// The provenance row of each layer and, where it has some, of its splitters.
void LowerProvenance(Lowering& state, std::span<const std::uint32_t> order) {
  const std::size_t layers = state.layers.size();
  std::vector<bool> has_splitters(layers, false);
  for (const LogicalCore& core : state.network.cores) {
    has_splitters[core.layer] = has_splitters[core.layer] || core.is_splitter;
  }
  ProvenanceModel& provenance = state.chip.provenance;
  std::vector<std::int32_t> row_of_layer;
  for (std::size_t l = 0; l < layers; ++l) {
    const std::string& name = state.scheduled.network.layers[l].name;
    row_of_layer.push_back(static_cast<std::int32_t>(provenance.layers.size()));
    provenance.layers.push_back(name);
    if (has_splitters[l]) {
      provenance.layers.push_back(Concat(name, " splitter"));
    }
  }
  for (const std::uint32_t id : order) {
    const LogicalCore& core = state.network.cores[id];
    provenance.core_layer.push_back(row_of_layer[core.layer] + (core.is_splitter ? 1 : 0));
  }
}

// Logical core ids in file order (y, then x).
std::vector<std::uint32_t> OrderByPlace(std::span<const CoreCoordinates> places) {
  std::vector<std::uint32_t> order(places.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::sort(order.begin(), order.end(),
            [places](std::uint32_t a, std::uint32_t b) { return places[a] < places[b]; });
  return order;
}

void LowerInput(Lowering& state, std::span<const std::uint32_t> position_of_core) {
  state.chip.input = state.scheduled.network.input;
  state.chip.input.first_line = 0;
  for (const std::vector<AxonAddress>& line : state.network.input_lines) {
    std::vector<AxonAddress>& reaches = state.chip.input_lines.emplace_back();
    for (const AxonAddress& address : line) {
      reaches.push_back({CoreId(position_of_core[address.core.value()]), address.axon});
    }
    std::sort(reaches.begin(), reaches.end());
  }
}

}  // namespace

ChipModel LowerNetwork(const ScheduledNetwork& scheduled, std::span<const TernaryLayer> layers,
                       const LogicalNetwork& network, std::span<const CoreCoordinates> places,
                       const ChipSpec& spec) {
  SPIKEMESH_CHECK(places.size() == network.cores.size());
  Lowering state{scheduled, layers, network, {}, std::vector<std::int32_t>(2 * kLeakMax + 1, -1)};
  const std::vector<std::uint32_t> order = OrderByPlace(places);
  std::vector<std::uint32_t> position_of_core(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    position_of_core[order[i]] = i;
  }
  ChipModel& chip = state.chip;
  for (const std::uint32_t id : order) {
    CoreModel core = LowerCore(state, network.cores[id]);
    core.at = places[id];
    core.rng_stream = id;
    for (NeuronModel& neuron : core.neurons) {
      if (neuron.target.kind == TargetKind::kAxon) {
        neuron.target.index = position_of_core[neuron.target.index];
      }
    }
    chip.cores.push_back(std::move(core));
  }
  LowerInput(state, position_of_core);
  LowerProvenance(state, order);
  chip.name = scheduled.network.name;
  chip.spec = spec;
  chip.pin_count = static_cast<std::uint32_t>(layers.back().output_shape.size());
  chip.pin_classes = scheduled.network.output_classes;
  chip.presentation = scheduled.network.presentation;
  chip.spiking_network = SerializeSpiking(scheduled.network);
  chip.onnx_sha256 = scheduled.network.onnx_sha256;
  return std::move(state.chip);
}

}  // namespace spikemesh
