// SPDX-License-Identifier: Apache-2.0
#include "apps/run_recorder.h"

#include <algorithm>
#include <numeric>

#include "core/base/strings.h"
#include "core/events/event_files.h"

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

absl::Status CheckSize(const std::string& text, std::string_view flag, Tick tick) {
  if (text.size() <= kEventFileBytesMax) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(Concat(flag, ": more than ", kEventFileBytesMax,
                                             " bytes by tick ", tick,
                                             "; run fewer images or ticks"));
}

}  // namespace

RunRecorder::RunRecorder(const ChipModel& chip, const RecorderOptions& options)
    : chip_(chip),
      options_(options),
      spikes_(FormatSpikeEvents({})),
      pins_(FormatPins({})),
      potentials_(FormatPotentials({})) {
  if (options_.raster_last && !chip.cores.empty()) {
    raster_.emplace(*options_.raster_last, MakeBands(chip, raster_first_row_));
  }
  if (options_.traffic) {
    traffic_.emplace(chip);
  }
  if (options_.traffic && options_.timeline) {
    timeline_.emplace(chip.spec.mesh);
  }
  if (options_.trace_ticks > 0) {
    trace_.emplace(chip, options_.trace_ticks);
  }
  if (options_.neuron_spikes) {
    spikes_of_.resize(chip.cores.size() * kNeuronsPerCore);
  }
}

bool RunRecorder::active() const {
  return options_.spikes || options_.neuron_spikes || options_.pins || options_.potentials ||
         raster_.has_value() || traffic_.has_value() || trace_.has_value();
}

absl::Status RunRecorder::Look(const Machine& machine) {
  const Tick tick = machine.now();
  if (options_.spikes || raster_) {
    for (const NeuronAddress& spike : machine.spikes()) {
      if (options_.spikes) {
        AppendRow(spikes_, SpikeEvent{tick, chip_.cores[spike.core.value()].at, spike.neuron});
      }
      if (raster_) {
        raster_->Add(tick, raster_first_row_[spike.core.value()] + spike.neuron.value());
      }
    }
  }
  if (options_.neuron_spikes) {
    for (const NeuronAddress& spike : machine.spikes()) {
      ++spikes_of_[std::size_t{spike.core.value()} * kNeuronsPerCore + spike.neuron.value()];
    }
  }
  if (options_.pins) {
    for (const PinIndex pin : machine.pins()) {
      AppendRow(pins_, PinEvent{tick, pin});
    }
  }
  if (options_.potentials) {
    LookAtPotentials(machine);
  }
  if (traffic_) {
    SPIKEMESH_RETURN_IF_ERROR(LookAtTraffic(machine));
  }
  if (trace_) {
    trace_->Look(*machine.transport(), machine.arrivals());
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckSize(spikes_, "--spikes", tick));
  SPIKEMESH_RETURN_IF_ERROR(CheckSize(pins_, "--outputs", tick));
  return CheckSize(potentials_, "--potentials", tick);
}

absl::Status RunRecorder::LookAtTraffic(const Machine& machine) {
  traffic_->Look(*machine.transport(), machine.arrivals());
  if (timeline_) {
    timeline_->Look(*machine.transport(), machine.arrivals());
  }
  // One that is overdue is explained once it has arrived.
  return traffic_->late_spikes().empty() ? absl::OkStatus() : CheckLate();
}

absl::Status RunRecorder::CheckLate() const {
  if (!traffic_ || !options_.late_fails || traffic_->late() == 0) {
    return absl::OkStatus();
  }
  const std::vector<LateSpike>& late = traffic_->late_spikes();
  return absl::DeadlineExceededError(
      Concat("--late fail: found ", traffic_->late(), " late spikes, ",
             late.empty() ? "none of which arrived" : "the first: " + Explain(late.front()),
             "; allowed: none (cycles_per_tick in --router-config, or --late deliver)"));
}

void RunRecorder::LookAtPotentials(const Machine& machine) {
  for (std::size_t core = 0; core < chip_.cores.size(); ++core) {
    const CoreModel& model = chip_.cores[core];
    for (std::size_t neuron = 0; neuron < model.neurons.size(); ++neuron) {
      const NeuronAddress address = {CoreId(static_cast<std::uint32_t>(core)),
                                     NeuronIndex(static_cast<std::uint16_t>(neuron))};
      AppendRow(potentials_, PotentialEvent{machine.now(), model.at, address.neuron,
                                            machine.potential(address)});
    }
  }
}

std::vector<NeuronSpikes> RunRecorder::neuron_spikes() const {
  std::vector<NeuronSpikes> traffic;
  for (std::size_t i = 0; i < spikes_of_.size(); ++i) {
    if (spikes_of_[i] > 0) {
      traffic.push_back({chip_.cores[i / kNeuronsPerCore].rng_stream,
                         static_cast<std::uint16_t>(i % kNeuronsPerCore), spikes_of_[i]});
    }
  }
  std::ranges::sort(traffic);
  return traffic;
}

std::string RunRecorder::FormatRaster() const {
  SPIKEMESH_CHECK(raster_.has_value());
  return raster_->FormatSvg(Concat("spikes of ", chip_.name.empty() ? "the chip" : chip_.name));
}

}  // namespace spikemesh
