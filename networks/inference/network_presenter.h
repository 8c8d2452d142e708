// SPDX-License-Identifier: Apache-2.0
// Images through a spiking network of either presentation, tick by tick: encoder and runner in
// step. Everything that runs a spiking network without a machine does it here.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_NETWORK_PRESENTER_H_
#define SPIKEMESH_NETWORKS_INFERENCE_NETWORK_PRESENTER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "networks/inference/image_lines.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// One byte (0 or 1) a neuron, by layer, in one tick.
using LayerSpikes = std::vector<std::vector<std::uint8_t>>;

class NetworkPresenter {
 public:
  // Told after every tick of an image, from 1.
  using Observer = std::function<void(std::int32_t tick, const LayerSpikes& spikes)>;

  // `network` is valid and must outlive the presenter. Errors: those of creating its encoder.
  static absl::StatusOr<NetworkPresenter> Create(const SpikingNetwork& network);

  // One image, [channels, height, width] bytes: ticks_per_image + latency_ticks ticks in rate
  // presentation, one in pipelined, where time does not matter. Tells `observe`, where there is
  // one.
  void Present(std::span<const std::uint8_t> image, const Observer& observe = nullptr);

  // Of the last image.
  std::int32_t predicted_class() const;

 private:
  NetworkPresenter(const SpikingNetwork& network, ImageLines encoder);
  const LayerSpikes& Step();

  std::int32_t input_ticks_;  // of an image
  std::int32_t ticks_;        // of an image
  ImageLines encoder_;
  // One or the other, by the presentation.
  std::unique_ptr<SpikingRunner> pipelined_;
  std::unique_ptr<RateRunner> rate_;
  std::vector<std::uint32_t> lines_;  // of a tick
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_NETWORK_PRESENTER_H_
