// SPDX-License-Identifier: Apache-2.0
// Images through a spiking network of either presentation, tick by tick: encoder and runner in
// step. Everything that runs a spiking network without a chip does it here.
#ifndef SPIKEMESH_APPS_IMAGE_PRESENTER_H_
#define SPIKEMESH_APPS_IMAGE_PRESENTER_H_

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

class ImagePresenter {
 public:
  // One byte (0 or 1) a neuron, by layer, in one tick.
  using Spikes = std::vector<std::vector<std::uint8_t>>;
  // Told after every tick of an image, from 1; `lines`: those of the encoder in that tick.
  using TickObserver =
      std::function<void(std::int32_t tick, std::span<const std::uint32_t> lines, const Spikes&)>;

  // `network` is valid and must outlive the presenter. Errors: those of creating its encoder.
  static absl::StatusOr<ImagePresenter> Create(const SpikingNetwork& network);

  // One image, [channels, height, width] bytes: ticks_per_image + latency_ticks ticks in rate
  // presentation, one in pipelined, where time does not matter. Tells `observe`, where there is
  // one.
  void Present(std::span<const std::uint8_t> image, const TickObserver& observe = nullptr);

  // Of the last image.
  std::int32_t predicted_class() const;

 private:
  explicit ImagePresenter(const PresentationModel& presentation) : presentation_(presentation) {}
  void PresentRate(std::span<const std::uint8_t> image, const TickObserver& observe);

  PresentationModel presentation_;
  // One pair or the other, by the presentation.
  std::optional<ImageEncoder> encoder_;
  std::unique_ptr<SpikingRunner> runner_;
  std::optional<RateEncoder> rate_encoder_;
  std::unique_ptr<RateRunner> rate_runner_;
  std::vector<std::uint32_t> lines_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_IMAGE_PRESENTER_H_
