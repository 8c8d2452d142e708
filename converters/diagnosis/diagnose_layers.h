// SPDX-License-Identifier: Apache-2.0
// Which values of the float network the spikes of each layer stand for. Layers and stages
// (converters/spiking/stage_graph.h) are matched by name: conversion gives a layer its stage's
// name, with " level K" behind it for the further levels of a staircase. Layers that were added to
// reach a core, and pools of the encoder's lines, have no counterpart.
#ifndef SPIKEMESH_CONVERTERS_DIAGNOSIS_DIAGNOSE_LAYERS_H_
#define SPIKEMESH_CONVERTERS_DIAGNOSIS_DIAGNOSE_LAYERS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

enum class Counterpart : std::uint8_t {
  kNone,
  kLevels,  // spikes say which value of a step or staircase it is
  kRates,   // spikes a tick are the value, in a unit that each channel has for itself
  kVotes,   // spikes are votes for classes, the more of them the higher the class's output
};

// A layer, or the layers of one staircase.
struct DiagnosedLayer {
  std::string name;
  std::vector<std::int32_t> layers;  // of the spiking network, ascending levels
  Counterpart counterpart = Counterpart::kNone;
  std::int32_t node = -1;      // position in Network::nodes; -1 without a counterpart
  std::vector<double> values;  // kLevels: ascending, [levels + 1]
};

// Every layer of `spiking` once, in their order. Errors: those of CheckNetwork and BuildStageGraph.
absl::StatusOr<std::vector<DiagnosedLayer>> MatchLayers(const SpikingNetwork& spiking,
                                                        const Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_DIAGNOSIS_DIAGNOSE_LAYERS_H_
