// SPDX-License-Identifier: Apache-2.0
#include "converters/diagnosis/layer_meter.h"

#include <algorithm>

namespace spikemesh {
namespace {

// Rates have a factor a channel; levels and votes are in one unit.
std::size_t ChannelsOf(const DiagnosedLayer& layer, const Network& network) {
  return layer.counterpart == Counterpart::kRates
             ? static_cast<std::size_t>(
                   network.nodes[static_cast<std::size_t>(layer.node)].shape.channels)
             : 1;
}

}  // namespace

LayerMeter::LayerMeter(const DiagnosedLayer& layer, const SpikingNetwork& spiking,
                       const Network& network)
    : layer_(layer), spiking_(spiking), agreement_(ChannelsOf(layer, network)) {
  for (const std::int32_t at : layer.layers) {
    spikes_.emplace_back(
        static_cast<std::size_t>(spiking.layers[static_cast<std::size_t>(at)].output_shape.size()));
  }
}

void LayerMeter::Add(const Counts& counts, const std::vector<std::vector<double>>& values) {
  ++images_;
  for (std::size_t level = 0; level < spikes_.size(); ++level) {
    const std::vector<std::int32_t>& fired = counts[static_cast<std::size_t>(layer_.layers[level])];
    std::ranges::transform(spikes_[level], fired, spikes_[level].begin(), std::plus<>());
  }
  if (layer_.counterpart == Counterpart::kNone) {
    return;
  }
  const std::vector<double>& of_node = values[static_cast<std::size_t>(layer_.node)];
  agreement_.Add(of_node, UnscaledValues(counts));
  if (layer_.counterpart == Counterpart::kLevels) {
    CompareBits(counts, of_node);
  }
}

std::vector<double> LayerMeter::UnscaledValues(const Counts& counts) const {
  const std::vector<std::int32_t>& first = counts[static_cast<std::size_t>(layer_.layers[0])];
  std::vector<double> values;
  if (layer_.counterpart == Counterpart::kVotes) {
    values.resize(static_cast<std::size_t>(spiking_.class_count));
    for (std::size_t neuron = 0; neuron < first.size(); ++neuron) {
      const std::int32_t voted = spiking_.output_classes[neuron];
      if (voted >= 0) {
        values[static_cast<std::size_t>(voted)] += first[neuron];
      }
    }
    return values;
  }
  if (layer_.counterpart == Counterpart::kRates) {
    for (const std::int32_t count : first) {
      values.push_back(static_cast<double>(count) / spiking_.presentation.ticks_per_image);
    }
    return values;
  }
  // The value of so many levels: those reached are always the first ones.
  std::vector<std::size_t> reached(first.size());
  for (const std::int32_t at : layer_.layers) {
    const std::vector<std::int32_t>& fired = counts[static_cast<std::size_t>(at)];
    std::ranges::transform(reached, fired, reached.begin(), std::plus<>());
  }
  for (const std::size_t level : reached) {
    values.push_back(layer_.values[level]);
  }
  return values;
}

// A bit a level: whether the value is at least that level's, halfway from the one below.
void LayerMeter::CompareBits(const Counts& counts, std::span<const double> values) {
  for (std::size_t level = 0; level < layer_.layers.size(); ++level) {
    const double middle = (layer_.values[level] + layer_.values[level + 1]) / 2.0;
    const std::vector<std::int32_t>& fired = counts[static_cast<std::size_t>(layer_.layers[level])];
    for (std::size_t neuron = 0; neuron < fired.size(); ++neuron) {
      bits_equal_ += (values[neuron] > middle) == (fired[neuron] != 0) ? 1 : 0;
    }
    bits_compared_ += static_cast<std::int64_t>(fired.size());
  }
}

std::vector<double> LayerMeter::Factors() const {
  return layer_.counterpart == Counterpart::kRates ? agreement_.Factors()
                                                   : std::vector<double>{1.0};
}

std::vector<double> LayerMeter::Decode(const Counts& counts) const {
  std::vector<double> values = UnscaledValues(counts);
  const std::vector<double> factors = Factors();
  const std::size_t plane = values.size() / factors.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] *= factors[i / plane];
  }
  return values;
}

LayerAgreement LayerMeter::Report() const {
  LayerAgreement report;
  report.name = layer_.name;
  const std::int64_t ticks = images_ * spiking_.presentation.ticks_per_image;
  std::int64_t total = 0;
  for (const std::vector<std::int64_t>& level : spikes_) {
    report.neurons += static_cast<std::int64_t>(level.size());
    for (const std::int64_t spikes : level) {
      total += spikes;
      report.dead += spikes == 0 ? 1 : 0;
      report.saturated += spikes == ticks ? 1 : 0;
      const auto bin = static_cast<std::size_t>(spikes * std::int64_t{kRateBins} / ticks);
      ++report.neurons_by_rate[std::min(bin, kRateBins - 1)];
    }
  }
  report.spike_rate = static_cast<double>(total) / static_cast<double>(report.neurons * ticks);
  if (layer_.counterpart != Counterpart::kNone) {
    report.correlation = agreement_.Correlation(Factors());
  }
  if (bits_compared_ > 0) {
    report.equal_bits = static_cast<double>(bits_equal_) / static_cast<double>(bits_compared_);
  }
  return report;
}

}  // namespace spikemesh
