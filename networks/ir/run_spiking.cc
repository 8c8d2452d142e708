// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_spiking.h"

#include <algorithm>
#include <cstddef>

#include "core/base/status.h"

namespace spikemesh {
namespace {

// Appends offset + i for every i with spikes[i] != 0.
void AppendActive(std::span<const std::uint8_t> spikes, std::uint32_t offset,
                  std::vector<std::uint32_t>& active) {
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    if (spikes[i] != 0) {
      active.push_back(offset + static_cast<std::uint32_t>(i));
    }
  }
}

}  // namespace

SpikingRunner::SpikingRunner(const SpikingNetwork& network)
    : network_(network), encoded_(static_cast<std::size_t>(network.encoded_shape.size())) {
  std::size_t inputs_max = 0;
  for (const SpikingLayer& layer : network.layers) {
    layers_.emplace_back(layer);
    spikes_.emplace_back(layer.thresholds.size());
    inputs_max = std::max(inputs_max, static_cast<std::size_t>(layer.input_shape.size()));
  }
  active_.reserve(inputs_max);
}

std::span<const std::uint8_t> SpikingRunner::SpikesOf(std::int32_t source) const {
  if (source == kEncodedInput) {
    return encoded_;
  }
  return spikes_[static_cast<std::size_t>(source)];
}

const std::vector<std::vector<std::uint8_t>>& SpikingRunner::Run(
    std::span<const std::uint32_t> lines) {
  for (const std::uint32_t line : lines) {
    SPIKEMESH_CHECK(line < encoded_.size());
    encoded_[line] = 1;
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    active_.clear();
    std::uint32_t offset = 0;
    for (const LayerInput& input : network_.layers[i].inputs) {
      const std::span<const std::uint8_t> source = SpikesOf(input.source);
      AppendActive(source, offset, active_);
      offset += static_cast<std::uint32_t>(source.size());
    }
    layers_[i].Run(active_, spikes_[i]);
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
