// SPDX-License-Identifier: Apache-2.0
#include "apps/image_presenter.h"

namespace spikemesh {

absl::StatusOr<ImagePresenter> ImagePresenter::Create(const SpikingNetwork& network) {
  ImagePresenter presenter(network.presentation);
  if (network.presentation.mode == PresentationMode::kRate) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        presenter.rate_encoder_,
        RateEncoder::Create(network.input, network.presentation.ticks_per_image));
    presenter.rate_runner_ = std::make_unique<RateRunner>(network);
  } else {
    SPIKEMESH_ASSIGN_OR_RETURN(presenter.encoder_, ImageEncoder::Create(network.input));
    presenter.runner_ = std::make_unique<SpikingRunner>(network);
  }
  return presenter;
}

void ImagePresenter::Present(std::span<const std::uint8_t> image, const TickObserver& observe) {
  if (rate_runner_) {
    PresentRate(image, observe);
    return;
  }
  lines_.clear();
  encoder_->Encode(image, lines_);
  const Spikes& spikes = runner_->Run(lines_);
  if (observe) {
    observe(1, lines_, spikes);
  }
}

void ImagePresenter::PresentRate(std::span<const std::uint8_t> image, const TickObserver& observe) {
  rate_encoder_->Begin(image);
  rate_runner_->Begin();
  const std::int32_t ticks = presentation_.ticks_per_image + presentation_.latency_ticks;
  for (std::int32_t tick = 1; tick <= ticks; ++tick) {
    lines_.clear();
    if (tick <= presentation_.ticks_per_image) {
      rate_encoder_->AppendTick(lines_);
    }
    const Spikes& spikes = rate_runner_->Step(lines_);
    if (observe) {
      observe(tick, lines_, spikes);
    }
  }
}

std::int32_t ImagePresenter::predicted_class() const {
  return rate_runner_ ? rate_runner_->predicted_class() : runner_->predicted_class();
}

}  // namespace spikemesh
