// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/spike_means.h"

#include <cstddef>

#include "converters/spiking/activations.h"
#include "networks/ir/run_network.h"

namespace spikemesh {

absl::StatusOr<SpikeMeans> MeasureSpikes(const Network& network, const StageGraph& graph,
                                         const CalibrationImages& images) {
  SpikeMeans means(graph.stages.size());
  std::vector<LevelValues> values(graph.stages.size());
  for (std::size_t s = 0; s < graph.stages.size(); ++s) {
    const Stage& stage = graph.stages[s];
    if (stage.kind == StageKind::kSum) {
      SPIKEMESH_ASSIGN_OR_RETURN(values[s], ValuesOf(stage));
    } else {
      values[s] = values[static_cast<std::size_t>(stage.source)];
    }
    if (stage.node >= 0) {
      const auto channels = static_cast<std::size_t>(stage.shape.channels);
      means[s].assign(values[s].size() - 1, std::vector<double>(channels, 0.0));
    }
  }
  NetworkRunner runner(network);
  for (const std::vector<double>& image : images.images) {
    const std::vector<std::vector<double>>& outputs = runner.Run(image);
    for (std::size_t s = 0; s < graph.stages.size(); ++s) {
      const Stage& stage = graph.stages[s];
      const std::size_t plane = std::size_t(stage.shape.height) * stage.shape.width;
      const double share = 1.0 / (static_cast<double>(plane * images.images.size()));
      for (std::size_t level = 0; level < means[s].size(); ++level) {
        const std::vector<double>& output = outputs[static_cast<std::size_t>(stage.node)];
        for (std::size_t i = 0; i < output.size(); ++i) {
          means[s][level][i / plane] += output[i] >= values[s][level + 1] ? share : 0.0;
        }
      }
    }
  }
  return means;
}

std::vector<double> MeansOfInput(const std::vector<double>& means, const FeatureShape& stage,
                                 const FeatureShape& input) {
  const std::int64_t stage_plane = std::int64_t{stage.height} * stage.width;
  const std::int64_t input_plane = std::int64_t{input.height} * input.width;
  std::vector<double> result;
  for (std::int64_t channel = 0; channel < input.channels; ++channel) {
    result.push_back(means[static_cast<std::size_t>(channel * input_plane / stage_plane)]);
  }
  return result;
}

}  // namespace spikemesh
