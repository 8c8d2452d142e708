// SPDX-License-Identifier: Apache-2.0
#include "apps/spike_counts.h"

#include <algorithm>
#include <utility>

namespace spikemesh {

std::vector<std::int32_t> LayerDepths(const SpikingNetwork& network) {
  std::vector<std::int32_t> depths;
  for (const SpikingLayer& layer : network.layers) {
    std::int32_t depth = 0;
    for (const LayerInput& input : layer.inputs) {
      const std::int32_t of_source =
          input.source == kEncodedInput ? 0 : depths[static_cast<std::size_t>(input.source)];
      depth = std::max(depth, of_source + input.delay_ticks);
    }
    depths.push_back(depth);
  }
  return depths;
}

SpikeCounter::SpikeCounter(const SpikingNetwork& network)
    : network_(&network), depths_(LayerDepths(network)) {
  for (const SpikingLayer& layer : network.layers) {
    counts_.emplace_back(static_cast<std::size_t>(layer.output_shape.size()));
  }
}

absl::StatusOr<SpikeCounter> SpikeCounter::Create(const SpikingNetwork& network) {
  SpikeCounter counter(network);
  if (network.presentation.mode == PresentationMode::kRate) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        counter.rate_encoder_,
        RateEncoder::Create(network.input, network.presentation.ticks_per_image));
    counter.rate_runner_ = std::make_unique<RateRunner>(network);
  } else {
    SPIKEMESH_ASSIGN_OR_RETURN(counter.encoder_, ImageEncoder::Create(network.input));
    counter.runner_ = std::make_unique<SpikingRunner>(network);
  }
  return counter;
}

void SpikeCounter::Run(std::span<const std::uint8_t> image, const TickObserver& observe) {
  for (std::vector<std::int32_t>& counts : counts_) {
    std::ranges::fill(counts, 0);
  }
  if (rate_runner_) {
    RunRate(image, observe);
    return;
  }
  lines_.clear();
  encoder_->Encode(image, lines_);
  const Spikes& spikes = runner_->Run(lines_);
  for (std::size_t l = 0; l < spikes.size(); ++l) {
    std::ranges::copy(spikes[l], counts_[l].begin());
  }
  if (observe) {
    observe(1, lines_, spikes);
  }
}

void SpikeCounter::RunRate(std::span<const std::uint8_t> image, const TickObserver& observe) {
  rate_encoder_->Begin(image);
  rate_runner_->Begin();
  const std::int32_t ticks = window_ticks() + network_->presentation.latency_ticks;
  for (std::int32_t tick = 1; tick <= ticks; ++tick) {
    lines_.clear();
    if (tick <= window_ticks()) {
      rate_encoder_->AppendTick(lines_);
    }
    const Spikes& spikes = rate_runner_->Step(lines_);
    Add(tick, spikes);
    if (observe) {
      observe(tick, lines_, spikes);
    }
  }
}

void SpikeCounter::Add(std::int32_t tick, const Spikes& spikes) {
  for (std::size_t l = 0; l < spikes.size(); ++l) {
    if (tick <= depths_[l] || tick > depths_[l] + window_ticks()) {
      continue;
    }
    for (std::size_t neuron = 0; neuron < spikes[l].size(); ++neuron) {
      counts_[l][neuron] += spikes[l][neuron];
    }
  }
}

std::int32_t SpikeCounter::predicted_class() const {
  return rate_runner_ ? rate_runner_->predicted_class() : runner_->predicted_class();
}

}  // namespace spikemesh
