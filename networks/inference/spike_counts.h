// SPDX-License-Identifier: Apache-2.0
// Images through a spiking network of either presentation, as spikes of every neuron. The spikes of
// an image are those of its window: in rate presentation the ticks_per_image ticks that begin when
// the image's first spikes can reach the layer, as the read-out has them; else the one tick.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_SPIKE_COUNTS_H_
#define SPIKEMESH_NETWORKS_INFERENCE_SPIKE_COUNTS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "networks/inference/network_presenter.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

class SpikeCounter {
 public:
  // `network` is valid and must outlive the counter. Errors: those of creating its encoder.
  static absl::StatusOr<SpikeCounter> Create(const SpikingNetwork& network);

  // Runs one image, [channels, height, width] bytes.
  void Run(std::span<const std::uint8_t> image);

  // Of the last image: [layer][neuron], 0..window_ticks().
  const std::vector<std::vector<std::int32_t>>& counts() const { return counts_; }
  std::int32_t predicted_class() const { return presenter_.predicted_class(); }
  std::int32_t window_ticks() const { return window_ticks_; }

 private:
  SpikeCounter(const SpikingNetwork& network, NetworkPresenter presenter);
  void Add(std::int32_t tick, const LayerSpikes& spikes);

  NetworkPresenter presenter_;
  bool rate_;
  std::int32_t window_ticks_;
  std::vector<std::int32_t> depths_;
  std::vector<std::vector<std::int32_t>> counts_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_SPIKE_COUNTS_H_
