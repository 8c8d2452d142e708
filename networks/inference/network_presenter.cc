// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/network_presenter.h"

#include <utility>

namespace spikemesh {

NetworkPresenter::NetworkPresenter(const SpikingNetwork& network, ImageLines encoder)
    : input_ticks_(1), ticks_(1), encoder_(std::move(encoder)) {
  const PresentationModel& presentation = network.presentation;
  if (presentation.mode == PresentationMode::kRate) {
    input_ticks_ = presentation.ticks_per_image;
    ticks_ = presentation.ticks_per_image + presentation.latency_ticks;
    rate_ = std::make_unique<RateRunner>(network);
  } else {
    pipelined_ = std::make_unique<SpikingRunner>(network);
  }
}

absl::StatusOr<NetworkPresenter> NetworkPresenter::Create(const SpikingNetwork& network) {
  SPIKEMESH_ASSIGN_OR_RETURN(ImageLines encoder,
                             ImageLines::Create(network.input, network.presentation));
  return NetworkPresenter(network, std::move(encoder));
}

void NetworkPresenter::Present(std::span<const std::uint8_t> image, const Observer& observe) {
  if (rate_) {
    rate_->Begin();
  }
  for (std::int32_t tick = 1; tick <= ticks_; ++tick) {
    lines_.clear();
    if (tick <= input_ticks_) {
      encoder_.Append(image, tick, lines_);
    }
    const LayerSpikes& spikes = Step();
    if (observe) {
      observe(tick, spikes);
    }
  }
}

const LayerSpikes& NetworkPresenter::Step() {
  return rate_ ? rate_->Step(lines_) : pipelined_->Run(lines_);
}

std::int32_t NetworkPresenter::predicted_class() const {
  return rate_ ? rate_->predicted_class() : pipelined_->predicted_class();
}

}  // namespace spikemesh
