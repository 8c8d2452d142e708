// SPDX-License-Identifier: Apache-2.0
#include "core/session/spike_observers.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "core/base/limits.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

std::string BandName(const ChipModel& chip, std::size_t core) {
  const std::int32_t layer = chip.provenance.LayerOf(core);
  return layer < 0 ? Concat("core ", chip.cores[core].at)
                   : chip.provenance.layers[static_cast<std::size_t>(layer)];
}

// Bands of the picture: cores by layer, then by place; one band a layer, or a core without one.
std::vector<RasterBand> MakeBands(const ChipModel& chip, std::vector<std::int64_t>& first_row) {
  std::vector<std::size_t> order(chip.cores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&chip](std::size_t core) { return chip.provenance.LayerOf(core); });
  first_row.resize(chip.cores.size());
  std::vector<RasterBand> bands;
  std::int64_t row = 0;
  for (const std::size_t core : order) {
    const std::string name = BandName(chip, core);
    if (bands.empty() || bands.back().name != name) {
      bands.push_back({name, 0});
    }
    const auto neurons = static_cast<std::int64_t>(chip.cores[core].neurons.size());
    bands.back().neurons += neurons;
    first_row[core] = row;
    row += neurons;
  }
  return bands;
}

}  // namespace

RasterObserver::RasterObserver(const ChipModel& chip, Tick last) : chip_(chip) {
  if (!chip.cores.empty()) {
    picture_.emplace(last, MakeBands(chip, first_row_));
  }
}

absl::Status RasterObserver::Look(const Machine& machine) {
  for (const NeuronAddress& spike : machine.spikes()) {
    picture_->Add(machine.now(), first_row_[spike.core.value()] + spike.neuron.value());
  }
  return absl::OkStatus();
}

std::string RasterObserver::FormatSvg() const {
  const std::string title = Concat("spikes of ", chip_.name.empty() ? "the chip" : chip_.name);
  return picture_ ? picture_->FormatSvg(title) : std::string();
}

NeuronCounter::NeuronCounter(const ChipModel& chip)
    : chip_(chip), spikes_(chip.cores.size() * kNeuronsPerCore) {}

absl::Status NeuronCounter::Look(const Machine& machine) {
  for (const NeuronAddress& spike : machine.spikes()) {
    ++spikes_[std::size_t{spike.core.value()} * kNeuronsPerCore + spike.neuron.value()];
  }
  return absl::OkStatus();
}

std::vector<NeuronSpikes> NeuronCounter::counts() const {
  std::vector<NeuronSpikes> counts;
  for (std::size_t i = 0; i < spikes_.size(); ++i) {
    if (spikes_[i] > 0) {
      counts.push_back({chip_.cores[i / kNeuronsPerCore].rng_stream,
                        static_cast<std::uint16_t>(i % kNeuronsPerCore), spikes_[i]});
    }
  }
  std::ranges::sort(counts);
  return counts;
}

}  // namespace spikemesh
