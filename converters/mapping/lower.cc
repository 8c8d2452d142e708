// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/lower.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "converters/mapping/bias_axons.h"
#include "core/base/bits256.h"
#include "core/base/status.h"
#include "core/base/strings.h"
#include "neurons/neuron_parameters.h"

namespace spikemesh {
namespace {

struct Lowering {
  const ScheduledNetwork& scheduled;
  std::span<const CrossbarLayer> layers;
  const LogicalNetwork& network;
  ChipModel chip;
  absl::flat_hash_map<NeuronParameters, std::uint32_t> kinds;  // position in chip.neuron_kinds

  std::int32_t tick(const LogicalCore& core) const {
    return scheduled.ticks[core.layer] + (core.is_splitter ? 1 : 0);
  }
};

std::uint32_t KindOf(Lowering& state, const NeuronParameters& parameters) {
  const auto [at, added] =
      state.kinds.try_emplace(parameters, static_cast<std::uint32_t>(state.kinds.size()));
  if (added) {
    state.chip.neuron_kinds.push_back(parameters);
  }
  return at->second;
}

// Fires in every tick whatever arrives, and V is 0 after it.
NeuronParameters ConstantNeuron() { return MemorylessNeuron({}, 0); }

NeuronParameters IntegratingNeuron(const AxonWeights& weights, std::int32_t leak,
                                   std::int32_t threshold) {
  NeuronParameters parameters;
  parameters.weights = weights;
  parameters.leak = static_cast<std::int16_t>(leak);
  parameters.threshold = threshold;
  parameters.negative_threshold = kNegativeThreshold;
  parameters.reset_mode = ResetMode::kLinear;
  parameters.negative_saturation = true;
  return parameters;
}

// Neuron `index` of the layer, without its target. In its first tick the initial potential stands
// in for the bias axons.
NeuronModel LowerNeuron(Lowering& state, const CrossbarLayer& layer, std::int32_t index) {
  const NeuronBias bias = BiasOf(layer, index);
  NeuronModel neuron;
  neuron.initial_potential = bias.sum();
  if (layer.integrating()) {
    neuron.initial_potential += layer.initial_potentials[index];
    neuron.kind =
        KindOf(state, IntegratingNeuron(bias.weights, bias.leak, layer.thresholds[index]));
  } else {
    neuron.kind =
        KindOf(state, MemorylessNeuron(bias.weights, static_cast<std::int16_t>(-bias.leak)));
  }
  return neuron;
}

NeuronTarget WithDelay(const Lowering& state, const LogicalCore& from,
                       const LogicalNeuron& neuron) {
  NeuronTarget target = neuron.target;
  if (target.kind == TargetKind::kAxon) {
    const std::int32_t delay =
        neuron.source == kBias ? kDelayTicksMin
                               : state.tick(state.network.cores[target.index]) - state.tick(from);
    SPIKEMESH_CHECK(delay >= kDelayTicksMin && delay <= kDelayTicksMax);
    target.delay = DelayTicks(static_cast<std::uint8_t>(delay));
  }
  return target;
}

// Where the axons of a core are.
struct AxonTable {
  absl::flat_hash_map<std::int64_t, std::int32_t> of_feature;  // by feature and type
  std::array<std::vector<std::int32_t>, kAxonTypes> bias;      // [type]

  static std::int64_t Key(std::int32_t feature, std::int32_t type) {
    return kAxonTypes * std::int64_t{feature} + type;
  }
  explicit AxonTable(const std::vector<LogicalAxon>& axons) {
    for (std::size_t a = 0; a < axons.size(); ++a) {
      const auto axon = static_cast<std::int32_t>(a);
      if (axons[a].feature == kBias) {
        bias[axons[a].type].push_back(axon);
      } else {
        of_feature[Key(axons[a].feature, axons[a].type)] = axon;
      }
    }
  }
};

// The axons that neuron `index` of the layer is connected to.
std::vector<std::int32_t> AxonsOf(const CrossbarLayer& layer, const AxonTable& table,
                                  std::int32_t index) {
  std::vector<std::int32_t> axons;
  ForEachSynapse(layer, index, [&](std::int32_t feature, AxonTypeMask mask) {
    for (std::int32_t type = 0; type < kAxonTypes; ++type) {
      if ((mask >> type & 1) != 0) {
        axons.push_back(table.of_feature.find(AxonTable::Key(feature, type))->second);
      }
    }
  });
  const NeuronBias bias = BiasOf(layer, index);
  for (std::size_t type = 0; type < table.bias.size(); ++type) {
    axons.insert(axons.end(), table.bias[type].begin(),
                 table.bias[type].begin() + bias.connected[type]);
  }
  return axons;
}

// Sets the crossbar bits of a layer's core. Copies of a neuron are neighbours and share its column.
void SetSynapses(const CrossbarLayer& layer, const LogicalCore& core,
                 std::vector<Bits256>& crossbar) {
  const AxonTable table(core.axons);
  std::vector<std::int32_t> axons;
  for (std::size_t n = 0; n < core.neurons.size() && core.neurons[n].source != kBias; ++n) {
    if (n == 0 || core.neurons[n].source != core.neurons[n - 1].source) {
      axons = AxonsOf(layer, table, core.neurons[n].source);
    }
    for (const std::int32_t axon : axons) {
      crossbar[axon].Set(static_cast<int>(n));
    }
  }
}

CoreModel LowerCore(Lowering& state, const LogicalCore& logical) {
  const CrossbarLayer& layer = state.layers[logical.layer];
  CoreModel core;
  for (const LogicalAxon& axon : logical.axons) {
    core.axon_types.push_back(axon.type);
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
    NeuronModel model;
    if (logical.is_splitter) {
      model.kind = KindOf(state, MemorylessNeuron({1, 0, 0, 0}, 1));
    } else if (neuron.source == kBias) {
      model.kind = KindOf(state, ConstantNeuron());
    } else {
      model = LowerNeuron(state, layer, neuron.source);
    }
    model.target = WithDelay(state, logical, neuron);
    core.neurons.push_back(model);
  }
  return core;
}

// The neuron of the core's layer that each neuron is or copies; repeaters and constant neurons are
// none (kBias is -1, as none is).
std::vector<std::int32_t> NeuronSources(const LogicalCore& core) {
  static_assert(kBias == -1);
  std::vector<std::int32_t> sources;
  sources.reserve(core.neurons.size());
  for (const LogicalNeuron& neuron : core.neurons) {
    sources.push_back(core.is_splitter ? -1 : neuron.source);
  }
  return sources;
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
    provenance.neuron_sources.push_back(NeuronSources(core));
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

ChipModel LowerNetwork(const ScheduledNetwork& scheduled, std::span<const CrossbarLayer> layers,
                       const LogicalNetwork& network, std::span<const CoreCoordinates> places,
                       const ChipSpec& spec) {
  SPIKEMESH_CHECK(places.size() == network.cores.size());
  Lowering state{scheduled, layers, network, {}, {}};
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
