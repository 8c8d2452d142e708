// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_rate.h"

#include <algorithm>
#include <cstddef>

#include "core/base/status.h"
#include "networks/ir/run_spiking.h"

namespace spikemesh {

RateRunner::RateRunner(const SpikingNetwork& network)
    : network_(network),
      histories_(network.layers.size() + 1),
      encoded_(static_cast<std::size_t>(network.encoded_shape.size())),
      votes_(static_cast<std::size_t>(network.class_count)) {
  SPIKEMESH_CHECK(network.presentation.mode == PresentationMode::kRate);
  for (History& history : histories_) {
    history.resize(1);
  }
  for (const SpikingLayer& layer : network.layers) {
    layers_.emplace_back(layer);
    spikes_.emplace_back(layer.thresholds.size());
    for (const LayerInput& input : layer.inputs) {
      History& history = histories_[static_cast<std::size_t>(std::int64_t{input.source} + 1)];
      history.resize(std::max(history.size(), static_cast<std::size_t>(input.delay_ticks) + 1));
    }
  }
}

void RateRunner::Begin() {
  for (SpikingLayerRunner& layer : layers_) {
    layer.Reset();
  }
  for (History& history : histories_) {
    for (std::vector<std::uint32_t>& spikes : history) {
      spikes.clear();
    }
  }
  std::fill(votes_.begin(), votes_.end(), 0);
  outputs_.clear();
  tick_ = 0;
}

std::span<const std::uint32_t> RateRunner::SpikesUnderWay(const LayerInput& input) const {
  const History& history = histories_[static_cast<std::size_t>(std::int64_t{input.source} + 1)];
  const std::int64_t fired = tick_ - input.delay_ticks;
  if (fired < 1) {
    return {};
  }
  return history[static_cast<std::size_t>(fired) % history.size()];
}

void RateRunner::AppendLines(std::span<const std::uint32_t> lines) {
  std::vector<std::uint32_t>& now =
      histories_[0][static_cast<std::size_t>(tick_) % histories_[0].size()];
  now.clear();
  for (const std::uint32_t line : lines) {
    SPIKEMESH_CHECK(line < encoded_.size());
    if (encoded_[line] == 0) {
      encoded_[line] = 1;
      now.push_back(line);
    }
  }
  for (const std::uint32_t line : lines) {
    encoded_[line] = 0;
  }
}

const std::vector<std::vector<std::uint8_t>>& RateRunner::Step(
    std::span<const std::uint32_t> lines) {
  ++tick_;
  AppendLines(lines);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layers_[l].Begin();
    for (std::size_t i = 0; i < network_.layers[l].inputs.size(); ++i) {
      layers_[l].Add(i, SpikesUnderWay(network_.layers[l].inputs[i]));
    }
    layers_[l].Fire(spikes_[l]);
    History& history = histories_[l + 1];
    std::vector<std::uint32_t>& now = history[static_cast<std::size_t>(tick_) % history.size()];
    now.clear();
    AppendActive(spikes_[l], now);
  }
  const History& last = histories_.back();
  const std::vector<std::uint32_t>& fired = last[static_cast<std::size_t>(tick_) % last.size()];
  outputs_.assign(fired.begin(), fired.end());
  CountVotes();
  return spikes_;
}

void RateRunner::CountVotes() {
  const PresentationModel& presentation = network_.presentation;
  const std::int64_t readout_tick = tick_ - presentation.latency_ticks;
  if (readout_tick < 1 || readout_tick > presentation.ticks_per_image) {
    return;
  }
  for (const std::uint32_t output : outputs_) {
    const std::int32_t voted = network_.output_classes[output];
    if (voted >= 0) {
      ++votes_[static_cast<std::size_t>(voted)];
    }
  }
}

std::int32_t RateRunner::predicted_class() const {
  return static_cast<std::int32_t>(std::max_element(votes_.begin(), votes_.end()) - votes_.begin());
}

}  // namespace spikemesh
