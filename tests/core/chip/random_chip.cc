// SPDX-License-Identifier: Apache-2.0
#include "tests/core/chip/random_chip.h"

#include <algorithm>

#include "core/base/random.h"
#include "tests/neurons/random_neurons.h"

namespace spikemesh {
namespace {

// Axons, neurons without targets, and a crossbar within them.
CoreModel RandomCore(RandomSequence& random, std::uint32_t kind_count) {
  CoreModel core;
  core.rng_stream = random.NextWord();
  core.axon_types.resize(random.NextBelow(20));  // none is legal
  core.neurons.resize(1 + random.NextBelow(20));
  core.crossbar.resize(core.axon_types.size());
  for (std::size_t axon = 0; axon < core.axon_types.size(); ++axon) {
    core.axon_types[axon] = static_cast<std::uint8_t>(random.NextBelow(kAxonTypes));
    for (std::size_t neuron = 0; neuron < core.neurons.size(); ++neuron) {
      if (random.NextBelow(2) == 1) {
        core.crossbar[axon].Set(static_cast<int>(neuron));
      }
    }
  }
  for (NeuronModel& neuron : core.neurons) {
    neuron.kind = random.NextBelow(kind_count);
    neuron.initial_potential = RandomBetween(random, kPotentialMin, kPotentialMax);
  }
  return core;
}

NeuronTarget RandomTarget(RandomSequence& random, const ChipModel& chip) {
  const std::uint32_t core = random.NextBelow(static_cast<std::uint32_t>(chip.cores.size()));
  const auto axons = static_cast<std::uint32_t>(chip.cores[core].axon_types.size());
  switch (random.NextBelow(3)) {
    case 0:
      return NeuronTarget::Pin(PinIndex(random.NextBelow(chip.pin_count)));
    case 1:
      return NeuronTarget::None();
    default:
      return axons == 0
                 ? NeuronTarget::None()
                 : NeuronTarget::Axon(
                       CoreId(core), AxonIndex(static_cast<std::uint16_t>(random.NextBelow(axons))),
                       DelayTicks(static_cast<std::uint8_t>(RandomBetween(random, 1, 15))));
  }
}

// Of as many lines: 2 channels of 1 level at 3 x 4 places.
void AddHostLayer(RandomSequence& random, InputModel& input) {
  input.encoder = EncoderKind::kHost;
  input.levels.clear();
  input.level_channels.clear();
  HostLayer& layer = input.host_layer.emplace();
  layer.name = "first";
  layer.channels = 2;
  layer.height = 3;
  layer.width = 4;
  layer.kernel_y = 3;
  layer.pad_top = 1;
  for (int byte = 0; byte < 256; ++byte) {
    layer.byte_values.push_back(random.NextUnit());
  }
  for (std::size_t i = 0; i < 6; ++i) {
    layer.weights.push_back(random.NextUnit() - 0.5);
  }
  layer.scale = {1.0, random.NextUnit()};
  layer.bias = {random.NextUnit(), 0.0};
  layer.thresholds = {0.25, random.NextUnit()};
}

void AddLines(RandomSequence& random, ChipModel& chip) {
  chip.input_lines.resize(2 * 3 * 4 + 5);  // the encoder's lines begin at 5
  for (std::vector<AxonAddress>& line : chip.input_lines) {
    for (std::uint32_t id = 0; id < chip.cores.size(); ++id) {
      if (!chip.cores[id].axon_types.empty() && random.NextBelow(3) == 0) {
        line.push_back({CoreId(id), AxonIndex(0)});
      }
    }
  }
  chip.input = {.encoder = EncoderKind::kThermometer,
                .shape = {1, 3, 4},
                .range_max = 255.0,
                .mean = {0.1307},
                .scale = {0.3081},
                .levels = {-0.1, random.NextUnit()},
                .level_channels = {0, 0},
                .first_line = 5,
                .pad = {0, 1, 2, 0}};
  if (random.NextBelow(2) == 0) {
    AddHostLayer(random, chip.input);
  }
}

// A free place is dead, and two links, which no core needs; the router is an odd one.
void AddDefects(ChipModel& chip) {
  for (CoreCoordinates at = {0, 0}; at.x < 8 && chip.spec.dead_cores.empty(); ++at.x) {
    if (!std::ranges::binary_search(chip.cores, at, {}, &CoreModel::at)) {
      chip.spec.dead_cores = {at};
    }
  }
  chip.spec.dead_links = {{{2, 1}, Port::kEast}, {{3, 1}, Port::kSouth}};
  chip.spec.router.fifo_depth = 3;
  chip.spec.router.cycles_per_tick = 777;
}

}  // namespace

ChipModel RandomChip(std::uint64_t seed) {
  RandomSequence random(seed, 0);
  ChipModel chip;
  chip.name = "chip " + std::to_string(seed);
  chip.spec = {.mesh = {4, 2, 2, 3}, .volts = 0.9, .tick_us = 125.5};
  chip.seed = std::uint64_t{random.NextWord()} << 32 | random.NextWord();
  chip.neuron_kinds.resize(1 + random.NextBelow(6));
  for (NeuronParameters& kind : chip.neuron_kinds) {
    kind = RandomNeuron(random, kWeightMax);
  }
  for (std::int32_t place = 0; place < 8 * 6; ++place) {
    if (place == 17 || random.NextBelow(4) == 0) {
      chip.cores.push_back(
          RandomCore(random, static_cast<std::uint32_t>(chip.neuron_kinds.size())));
      chip.cores.back().at = {place % 8, place / 8};
      chip.provenance.core_layer.push_back(RandomBetween(random, -1, 1));
      std::vector<std::int32_t>& sources = chip.provenance.neuron_sources.emplace_back();
      for (std::size_t neuron = 0; neuron < chip.cores.back().neurons.size(); ++neuron) {
        sources.push_back(RandomBetween(random, -1, 1 << 20));
      }
    }
  }
  if (seed % 2 == 1) {
    AddDefects(chip);
  }
  chip.pin_count = 1 + random.NextBelow(10);
  for (std::uint32_t pin = 0; pin < chip.pin_count; ++pin) {
    chip.pin_classes.push_back(RandomBetween(random, -1, 9));
  }
  for (CoreModel& core : chip.cores) {
    for (NeuronModel& neuron : core.neurons) {
      neuron.target = RandomTarget(random, chip);
    }
  }
  AddLines(random, chip);
  chip.presentation = {PresentationMode::kRate, 16, 3};
  chip.provenance.layers = {"/conv1/Conv", ""};
  chip.spiking_network = std::string("opaque\0bytes", 12);
  chip.onnx_sha256 = std::string(32, '0') + std::string(32, 'f');
  return chip;
}

}  // namespace spikemesh
