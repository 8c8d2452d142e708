// SPDX-License-Identifier: Apache-2.0
// Images through a spiking network of either presentation, as spikes of every neuron. The spikes of
// an image are those of its window: in rate presentation the ticks_per_image ticks that begin when
// the image's first spikes can reach the layer, as the read-out has them; else the one tick.
#ifndef SPIKEMESH_APPS_SPIKE_COUNTS_H_
#define SPIKEMESH_APPS_SPIKE_COUNTS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "networks/data/encoder.h"
#include "networks/data/rate_encoder.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// Ticks from the arrival of the image's first lines to the first spikes of each layer that they can
// cause: the longest way, which in a mapped network every way is.
std::vector<std::int32_t> LayerDepths(const SpikingNetwork& network);

class SpikeCounter {
 public:
  // One byte (0 or 1) a neuron, by layer, in one tick.
  using Spikes = std::vector<std::vector<std::uint8_t>>;
  // Told after every tick of an image, from 1.
  using TickObserver =
      std::function<void(std::int32_t tick, std::span<const std::uint32_t> lines, const Spikes&)>;

  // `network` is valid and must outlive the counter. Errors: those of creating its encoder.
  static absl::StatusOr<SpikeCounter> Create(const SpikingNetwork& network);

  // Runs one image, [channels, height, width] bytes, and tells `observe`, where there is one.
  void Run(std::span<const std::uint8_t> image, const TickObserver& observe = nullptr);

  // Of the last image: [layer][neuron], 0..window_ticks().
  const std::vector<std::vector<std::int32_t>>& counts() const { return counts_; }
  std::int32_t predicted_class() const;
  std::int32_t window_ticks() const { return network_->presentation.ticks_per_image; }

 private:
  explicit SpikeCounter(const SpikingNetwork& network);
  void RunRate(std::span<const std::uint8_t> image, const TickObserver& observe);
  void Add(std::int32_t tick, const Spikes& spikes);

  const SpikingNetwork* network_;
  std::vector<std::int32_t> depths_;
  // One pair or the other, by the presentation.
  std::optional<ImageEncoder> encoder_;
  std::unique_ptr<SpikingRunner> runner_;
  std::optional<RateEncoder> rate_encoder_;
  std::unique_ptr<RateRunner> rate_runner_;
  std::vector<std::uint32_t> lines_;
  std::vector<std::vector<std::int32_t>> counts_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_SPIKE_COUNTS_H_
