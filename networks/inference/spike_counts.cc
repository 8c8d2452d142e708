// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/spike_counts.h"

#include <algorithm>
#include <utility>

#include "networks/ir/layer_depths.h"

namespace spikemesh {

SpikeCounter::SpikeCounter(const SpikingNetwork& network, NetworkPresenter presenter)
    : presenter_(std::move(presenter)),
      rate_(network.presentation.mode == PresentationMode::kRate),
      window_ticks_(network.presentation.ticks_per_image),
      depths_(LayerDepths(network)) {
  for (const SpikingLayer& layer : network.layers) {
    counts_.emplace_back(static_cast<std::size_t>(layer.output_shape.size()));
  }
}

absl::StatusOr<SpikeCounter> SpikeCounter::Create(const SpikingNetwork& network) {
  SPIKEMESH_ASSIGN_OR_RETURN(NetworkPresenter presenter, NetworkPresenter::Create(network));
  return SpikeCounter(network, std::move(presenter));
}

void SpikeCounter::Run(std::span<const std::uint8_t> image) {
  for (std::vector<std::int32_t>& counts : counts_) {
    std::ranges::fill(counts, 0);
  }
  presenter_.Present(image,
                     [this](std::int32_t tick, const LayerSpikes& spikes) { Add(tick, spikes); });
}

void SpikeCounter::Add(std::int32_t tick, const LayerSpikes& spikes) {
  for (std::size_t l = 0; l < spikes.size(); ++l) {
    if (rate_ && (tick <= depths_[l] || tick > depths_[l] + window_ticks_)) {
      continue;
    }
    for (std::size_t neuron = 0; neuron < spikes[l].size(); ++neuron) {
      counts_[l][neuron] += spikes[l][neuron];
    }
  }
}

}  // namespace spikemesh
