// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_spiking.h"

#include <algorithm>
#include <cstddef>

#include "core/base/status.h"

namespace spikemesh {

void AppendActive(std::span<const std::uint8_t> spikes, std::vector<std::uint32_t>& active) {
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    if (spikes[i] != 0) {
      active.push_back(static_cast<std::uint32_t>(i));
    }
  }
}

SpikingRunner::SpikingRunner(const SpikingNetwork& network)
    : network_(network),
      encoded_(static_cast<std::size_t>(network.encoded_shape.size())),
      active_(network.layers.size() + 1) {
  for (const SpikingLayer& layer : network.layers) {
    SPIKEMESH_CHECK(!layer.integrating());
    layers_.emplace_back(layer);
    spikes_.emplace_back(layer.thresholds.size());
  }
}

const std::vector<std::vector<std::uint8_t>>& SpikingRunner::Run(
    std::span<const std::uint32_t> lines) {
  active_[0].clear();
  for (const std::uint32_t line : lines) {
    SPIKEMESH_CHECK(line < encoded_.size());
    if (encoded_[line] == 0) {
      encoded_[line] = 1;
      active_[0].push_back(line);
    }
  }
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layers_[l].Begin();
    for (std::size_t i = 0; i < network_.layers[l].inputs.size(); ++i) {
      layers_[l].Add(
          i,
          active_[static_cast<std::size_t>(std::int64_t{network_.layers[l].inputs[i].source} + 1)]);
    }
    layers_[l].Fire(spikes_[l]);
    active_[l + 1].clear();
    if (l + 1 < layers_.size()) {  // nobody reads the last one
      AppendActive(spikes_[l], active_[l + 1]);
    }
  }
  for (const std::uint32_t line : lines) {
    encoded_[line] = 0;
  }
  return spikes_;
}

std::int32_t SpikingRunner::predicted_class() const {
  std::vector<std::int64_t> votes(static_cast<std::size_t>(network_.class_count));
  const std::vector<std::uint8_t>& outputs = spikes_.back();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::int32_t voted = network_.output_classes[i];
    if (voted >= 0) {
      votes[static_cast<std::size_t>(voted)] += outputs[i];
    }
  }
  return static_cast<std::int32_t>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

}  // namespace spikemesh
