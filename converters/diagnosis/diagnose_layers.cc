// SPDX-License-Identifier: Apache-2.0
#include "converters/diagnosis/diagnose_layers.h"

#include <optional>

#include "converters/spiking/activations.h"
#include "converters/spiking/check_network.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

class Matcher {
 public:
  Matcher(const SpikingNetwork& spiking, const Network& network, const StageGraph& graph)
      : spiking_(spiking), network_(network), graph_(graph) {}

  std::vector<DiagnosedLayer> Match() {
    std::vector<DiagnosedLayer> matched;
    for (std::size_t l = 0; l < spiking_.layers.size();) {
      matched.push_back(MatchFrom(l));
      l += matched.back().layers.size();
    }
    return matched;
  }

 private:
  // The layer at position `first`, with the levels that follow it.
  DiagnosedLayer MatchFrom(std::size_t first) const {
    DiagnosedLayer layer;
    layer.name = spiking_.layers[first].name;
    layer.layers.push_back(static_cast<std::int32_t>(first));
    const bool is_last = first + 1 == spiking_.layers.size();
    for (const Stage& stage : graph_.stages) {
      if (LevelInName(stage.name, layer.name) > 0 && stage.node >= 0) {
        MatchStage(stage, layer);
        return layer;
      }
    }
    const bool votes = !graph_.tail.branches.empty() && graph_.tail.name == layer.name &&
                       network_.nodes.back().shape.size() == spiking_.class_count;
    if (is_last && votes) {
      layer.counterpart = Counterpart::kVotes;
      layer.node = network_.output();
    }
    return layer;
  }

  // A reshape keeps flat indices, so that equal sizes are enough.
  void MatchStage(const Stage& stage, DiagnosedLayer& layer) const {
    const std::size_t first = static_cast<std::size_t>(layer.layers[0]);
    if (network_.nodes[static_cast<std::size_t>(stage.node)].shape.size() !=
        spiking_.layers[first].output_shape.size()) {
      return;
    }
    if (spiking_.presentation.mode == PresentationMode::kRate) {
      layer.counterpart = Counterpart::kRates;
      layer.node = stage.node;
      return;
    }
    std::optional<std::vector<double>> values = ValuesOfStage(stage);
    if (!values) {
      return;
    }
    // The levels that follow; some of an activation may have no layer.
    std::vector<std::size_t> levels = {LevelInName(stage.name, layer.name)};
    for (std::size_t at = first + 1; at < spiking_.layers.size(); ++at) {
      const std::size_t level = LevelInName(stage.name, spiking_.layers[at].name);
      if (level <= levels.back()) {
        break;
      }
      levels.push_back(level);
      layer.layers.push_back(static_cast<std::int32_t>(at));
    }
    if (levels.back() >= values->size()) {
      layer.layers.resize(1);
      return;  // another activation's: each of its layers stands for itself
    }
    layer.counterpart = Counterpart::kLevels;
    layer.node = stage.node;
    layer.values = TakenValues(*values, levels);
  }

  // A spike of a sum says that its value is the higher one; of a pool, what its source's says. The
  // encoder's lines may say the contrary.
  std::optional<std::vector<double>> ValuesOfStage(const Stage& stage) const {
    const Stage* at = &stage;
    while (at->kind != StageKind::kSum) {
      if (at->source == kImage) {
        return std::nullopt;
      }
      at = &graph_.stages[static_cast<std::size_t>(at->source)];
    }
    for (const Branch& branch : at->branches) {
      if (branch.source == kImage) {
        return std::nullopt;
      }
    }
    const absl::StatusOr<LevelValues> values = spikemesh::ValuesOf(*at);
    return values.ok() ? std::optional(*values) : std::nullopt;
  }

  const SpikingNetwork& spiking_;
  const Network& network_;
  const StageGraph& graph_;
};

}  // namespace

absl::StatusOr<std::vector<DiagnosedLayer>> MatchLayers(const SpikingNetwork& spiking,
                                                        const Network& network) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  const bool rate = spiking.presentation.mode == PresentationMode::kRate;
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph graph,
                             BuildStageGraph(network, {.average_pool_stages = rate}));
  return Matcher(spiking, network, graph).Match();
}

}  // namespace spikemesh
