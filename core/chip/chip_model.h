// SPDX-License-Identifier: Apache-2.0
// A whole chip (or array of chips) as a value: geometry, cores with crossbars, neurons and targets,
// the host's input lines and output pins, how images are presented and read out, and where each
// core came from. Everything that a simulation needs is here and nothing else; the file format
// (chip_file.h), validation (validate.h) and the machine work on this struct.
// A neuron's parameters are held once in `neuron_kinds` and named by index: most chips have few.
#ifndef SPIKEMESH_CORE_CHIP_CHIP_MODEL_H_
#define SPIKEMESH_CORE_CHIP_CHIP_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bits256.h"
#include "core/base/ids.h"
#include "core/chip/chip_spec.h"
#include "core/chip/presentation.h"
#include "neurons/neuron_parameters.h"
#include "router/mesh.h"

namespace spikemesh {

enum class TargetKind : std::uint8_t { kNone = 0, kAxon = 1, kPin = 2 };

// Where a neuron's spikes go: nowhere, to one axon of one core after a delay, or to an output pin
// (seen by the host in the tick of the spike).
struct NeuronTarget {
  TargetKind kind = TargetKind::kNone;
  DelayTicks delay;         // kAxon: 1..15, else 0
  AxonIndex axon;           // kAxon
  std::uint32_t index = 0;  // kAxon: position in ChipModel::cores; kPin: the pin

  static NeuronTarget None() { return {}; }
  static NeuronTarget Axon(CoreId core, AxonIndex axon, DelayTicks delay) {
    return {TargetKind::kAxon, delay, axon, core.value()};
  }
  static NeuronTarget Pin(PinIndex pin) {
    return {TargetKind::kPin, DelayTicks(0), AxonIndex(0), pin.value()};
  }
  CoreId core() const { return CoreId(index); }
  PinIndex pin() const { return PinIndex(index); }
  bool operator==(const NeuronTarget&) const = default;
};
static_assert(sizeof(NeuronTarget) == 8);

struct NeuronModel {
  std::uint32_t kind = 0;  // position in ChipModel::neuron_kinds
  std::int32_t initial_potential = 0;
  NeuronTarget target;
  bool operator==(const NeuronModel&) const = default;
};

// One used core. Axons 0..axon_types.size()-1 and neurons 0..neurons.size()-1 are used; the rest of
// the 256 x 256 core is padding that is never stored. neurons is not empty.
struct CoreModel {
  CoreCoordinates at;
  std::uint32_t rng_stream = 0;          // names the core's random numbers; kept by placement
  std::vector<std::uint8_t> axon_types;  // [axons_used], 0..3
  std::vector<NeuronModel> neurons;      // [neurons_used]
  std::vector<Bits256> crossbar;         // [axons_used]: bit j of row i is w_ij
  bool operator==(const CoreModel&) const = default;
};

// One (core, axon) that an input line reaches.
struct AxonAddress {
  CoreId core;
  AxonIndex axon;
  auto operator<=>(const AxonAddress&) const = default;
};

// Where the cores' contents came from, for reports: layer names (ONNX node names kept); for each
// core, the layer its neurons compute (-1: none); and, for each used neuron of each core, the flat
// index of the layer's neuron that it is or copies (-1: none, as of what repeats spikes or is
// constant). Each of the last two is empty or as long as `cores`.
struct ProvenanceModel {
  std::vector<std::string> layers;
  std::vector<std::int32_t> core_layer;
  std::vector<std::vector<std::int32_t>> neuron_sources;  // [core][neuron]; 4 bytes a neuron

  // core_layer[core], or -1 where it is empty.
  std::int32_t LayerOf(std::size_t core) const {
    return core_layer.empty() ? -1 : core_layer[core];
  }
  bool operator==(const ProvenanceModel&) const = default;
};

struct ChipModel {
  std::string name;
  ChipSpec spec;
  std::uint64_t seed = 1;
  std::vector<NeuronParameters> neuron_kinds;
  std::vector<CoreModel> cores;                       // sorted by place: y, then x
  std::vector<std::vector<AxonAddress>> input_lines;  // [line]: the axons it reaches
  std::uint32_t pin_count = 0;
  InputModel input;
  std::vector<std::int32_t> pin_classes;  // empty, or [pin_count]: class of each pin, -1 none
  PresentationModel presentation;
  ProvenanceModel provenance;
  std::string spiking_network;  // bytes owned by networks/ir; empty when there is none
  std::string onnx_sha256;      // 64 hexadecimal digits, or empty
  bool operator==(const ChipModel&) const = default;
};

// Where in ChipModel::cores the used core at a place is; nothing where there is none. `chip` is
// valid (its cores are sorted).
std::optional<CoreId> FindCore(const ChipModel& chip, CoreCoordinates at);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_MODEL_H_
