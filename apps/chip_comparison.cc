// SPDX-License-Identifier: Apache-2.0
#include "apps/chip_comparison.h"

#include <algorithm>
#include <utility>

#include "apps/image_run.h"
#include "apps/rate_readout.h"
#include "apps/spike_counts.h"
#include "core/base/strings.h"
#include "networks/ir/layer_depths.h"

namespace spikemesh {
namespace {

// The layer of the network that each row of the provenance table is, -1 for other rows: rows are in
// the order of layers, those of splitters in between.
std::vector<std::int32_t> LayersOfRows(const ChipModel& chip, const SpikingNetwork& network) {
  std::vector<std::int32_t> layers;
  std::size_t next = 0;
  for (const std::string& row : chip.provenance.layers) {
    const bool is_layer = next < network.layers.size() && row == network.layers[next].name;
    layers.push_back(is_layer ? static_cast<std::int32_t>(next++) : -1);
  }
  return layers;
}

void SendLines(const ChipModel& chip, std::span<const std::uint32_t> lines, Machine& machine) {
  for (const std::uint32_t line : lines) {
    machine.SendLine(LineIndex(chip.input.first_line + line), machine.now() + 1);
  }
}

// What a run over images shares in both presentations.
struct Comparing {
  const ChipModel& chip;
  const Dataset& images;
  std::int64_t image_count;
  const std::function<void(std::int64_t)>& progress;
  Machine& machine;
  SpikeCounter counter;
  NeuronSources sources;
  ChipComparison result;
};

// Runs the network an image ahead of the machine, which shows the image's layers one after the
// other; so the spikes of the last few images are kept.
void ComparePipelined(const std::vector<std::int32_t>& depths, Comparing& run) {
  const std::int64_t latency = run.chip.presentation.latency_ticks;
  const std::int64_t deepest = std::max<std::int64_t>(latency, *std::ranges::max_element(depths));
  std::vector<ImagePresenter::Spikes> kept(static_cast<std::size_t>(deepest) + 1);
  PinVotes votes(run.chip.pin_classes);
  for (std::int64_t sent = 0; sent < run.image_count + deepest; ++sent) {
    if (sent < run.image_count) {
      run.counter.Run(run.images.image(sent),
                      [&](std::int32_t, std::span<const std::uint32_t> lines,
                          const ImagePresenter::Spikes& spikes) {
                        SendLines(run.chip, lines, run.machine);
                        kept[static_cast<std::size_t>(sent) % kept.size()] = spikes;
                      });
    }
    run.machine.Step();
    const auto& fired = run.sources.Sort(run.machine.spikes());
    for (std::size_t l = 0; l < depths.size(); ++l) {
      const std::int64_t image = sent - depths[l];
      if (image >= 0 && image < run.image_count) {
        run.sources.Compare(l, fired[l], kept[static_cast<std::size_t>(image) % kept.size()][l],
                            run.result.layers[l]);
      }
    }
    const std::int64_t read = sent - latency;
    if (read >= 0 && read < run.image_count) {
      votes.Clear();
      votes.Add(run.machine.pins());
      run.result.predicted.push_back(votes.Leader());
      run.progress(read + 1);
    }
  }
}

void CompareRate(Comparing& run) {
  RateReadout readout(run.chip.pin_classes, run.chip.presentation);
  for (std::int64_t image = 0; image < run.image_count; ++image) {
    run.machine.ResetAt(Tick(TicksOfImages(run.chip.presentation, image)));
    readout.Begin(run.images.labels[static_cast<std::size_t>(image)]);
    run.counter.Run(run.images.image(image), [&](std::int32_t, std::span<const std::uint32_t> lines,
                                                 const ImagePresenter::Spikes& spikes) {
      SendLines(run.chip, lines, run.machine);
      run.machine.Step();
      readout.Add(run.machine.pins());
      const auto& fired = run.sources.Sort(run.machine.spikes());
      for (std::size_t l = 0; l < fired.size(); ++l) {
        run.sources.Compare(l, fired[l], spikes[l], run.result.layers[l]);
      }
    });
    run.result.predicted.push_back(readout.answer());
    run.progress(image + 1);
  }
}

}  // namespace

absl::StatusOr<NeuronSources> NeuronSources::Create(const ChipModel& chip,
                                                    const SpikingNetwork& network) {
  const ProvenanceModel& provenance = chip.provenance;
  if (provenance.neuron_sources.empty() || provenance.core_layer.empty()) {
    return absl::FailedPreconditionError(
        "the chip does not say which neurons of the network its neurons are; convert it again");
  }
  NeuronSources sources(chip);
  for (const SpikingLayer& layer : network.layers) {
    sources.copies_.emplace_back(static_cast<std::size_t>(layer.output_shape.size()));
  }
  sources.neurons_.resize(network.layers.size());
  sources.fired_.resize(network.layers.size());
  const std::vector<std::int32_t> layers = LayersOfRows(chip, network);
  for (std::size_t core = 0; core < chip.cores.size(); ++core) {
    const std::int32_t row = provenance.core_layer[core];
    const std::int32_t layer = row < 0 ? -1 : layers[static_cast<std::size_t>(row)];
    sources.layer_of_core_.push_back(layer);
    for (const std::int32_t source : provenance.neuron_sources[core]) {
      if (source < 0) {
        continue;
      }
      const std::int64_t size =
          layer < 0 ? 0 : network.layers[static_cast<std::size_t>(layer)].output_shape.size();
      if (source >= size) {
        return absl::InvalidArgumentError(Concat("provenance: core ", chip.cores[core].at,
                                                 " has neuron ", source, " of a layer that has ",
                                                 size, " in the spiking network of the chip"));
      }
      ++sources.copies_[static_cast<std::size_t>(layer)][static_cast<std::size_t>(source)];
      ++sources.neurons_[static_cast<std::size_t>(layer)];
    }
  }
  return sources;
}

const std::vector<std::vector<std::uint32_t>>& NeuronSources::Sort(
    std::span<const NeuronAddress> spikes) {
  for (std::vector<std::uint32_t>& fired : fired_) {
    fired.clear();
  }
  for (const NeuronAddress& spike : spikes) {
    const std::int32_t source =
        chip_->provenance.neuron_sources[spike.core.value()][spike.neuron.value()];
    if (source >= 0) {
      fired_[static_cast<std::size_t>(layer_of_core_[spike.core.value()])].push_back(
          static_cast<std::uint32_t>(source));
    }
  }
  return fired_;
}

void NeuronSources::Compare(std::size_t layer, std::span<const std::uint32_t> fired,
                            std::span<const std::uint8_t> expected,
                            ChipAgreement& agreement) const {
  std::int64_t missing = 0;  // copies that should fire, less those that do
  std::int64_t surplus = 0;
  for (std::size_t neuron = 0; neuron < expected.size(); ++neuron) {
    missing += expected[neuron] != 0 ? copies_[layer][neuron] : 0;
  }
  for (const std::uint32_t neuron : fired) {
    (expected[neuron] != 0 ? missing : surplus) += expected[neuron] != 0 ? -1 : 1;
  }
  agreement.compared += neurons_[layer];
  agreement.differing += missing + surplus;
}

absl::StatusOr<ChipComparison> CompareChip(const ChipModel& chip, const SpikingNetwork& network,
                                           const Dataset& images, std::int64_t image_count,
                                           const std::function<void(std::int64_t)>& progress,
                                           Machine& machine) {
  SPIKEMESH_CHECK(machine.now() == Tick(0) && image_count <= images.size());
  SPIKEMESH_ASSIGN_OR_RETURN(NeuronSources sources, NeuronSources::Create(chip, network));
  SPIKEMESH_ASSIGN_OR_RETURN(SpikeCounter counter, SpikeCounter::Create(network));
  Comparing run{
      chip, images, image_count, progress, machine, std::move(counter), std::move(sources), {}};
  run.result.layers.resize(network.layers.size());
  if (chip.presentation.mode == PresentationMode::kRate) {
    CompareRate(run);
  } else {
    ComparePipelined(LayerDepths(network), run);
  }
  return std::move(run.result);
}

}  // namespace spikemesh
