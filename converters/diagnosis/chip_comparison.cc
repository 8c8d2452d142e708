// SPDX-License-Identifier: Apache-2.0
#include "converters/diagnosis/chip_comparison.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/strings.h"
#include "core/session/session.h"
#include "networks/inference/answer_observer.h"
#include "networks/inference/image_lines.h"
#include "networks/inference/image_schedule.h"
#include "networks/inference/image_source.h"
#include "networks/inference/network_presenter.h"
#include "networks/ir/layer_depths.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"

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

// The network beside the machine: in every tick what each layer's neurons do there.
class NetworkInStep {
 public:
  // `network` and `images`, of which the first `count` are shown, must outlive this.
  static absl::StatusOr<NetworkInStep> Create(const SpikingNetwork& network, const Dataset& images,
                                              std::int64_t count) {
    SPIKEMESH_ASSIGN_OR_RETURN(ImageLines encoder,
                               ImageLines::Create(network.input, network.presentation));
    return NetworkInStep(network, images, count, std::move(encoder));
  }

  // The next tick, from 1 on.
  void Step(Tick tick) {
    const ImageTick input = schedule_.Input(tick);
    const bool shown = input.image >= 0 && input.image < count_;
    tick_ = tick;
    lines_.clear();
    if (shown) {
      encoder_.Append(images_.image(input.image), input.tick, lines_);
    }
    if (rate_) {
      if (input.tick == 1) {
        rate_->Begin();
      }
      now_ = &rate_->Step(lines_);
    } else if (shown) {
      kept_[static_cast<std::size_t>(input.image) % kept_.size()] = pipelined_->Run(lines_);
    }
  }

  // One byte a neuron; null where the layer shows no image. In pipelined mode a layer at depth d
  // shows in tick t the image of tick t - d.
  const std::vector<std::uint8_t>* layer(std::size_t l) const {
    if (rate_) {
      return &(*now_)[l];
    }
    const std::int64_t image = tick_.value() - 1 - depths_[l];
    return image >= 0 && image < count_ ? &kept_[static_cast<std::size_t>(image) % kept_.size()][l]
                                        : nullptr;
  }

  std::int32_t deepest() const { return *std::ranges::max_element(depths_); }

 private:
  NetworkInStep(const SpikingNetwork& network, const Dataset& images, std::int64_t count,
                ImageLines encoder)
      : schedule_(network.presentation),
        images_(images),
        count_(count),
        encoder_(std::move(encoder)),
        depths_(LayerDepths(network)) {
    if (schedule_.resets()) {
      rate_ = std::make_unique<RateRunner>(network);
    } else {
      pipelined_ = std::make_unique<SpikingRunner>(network);
      kept_.resize(static_cast<std::size_t>(deepest()) + 1);
    }
  }

  ImageSchedule schedule_;
  const Dataset& images_;
  std::int64_t count_;
  ImageLines encoder_;
  std::vector<std::int32_t> depths_;  // [layer]
  // One or the other, by the presentation.
  std::unique_ptr<SpikingRunner> pipelined_;
  std::unique_ptr<RateRunner> rate_;
  const LayerSpikes* now_ = nullptr;  // rate
  std::vector<LayerSpikes> kept_;     // pipelined: of the last images, by image
  std::vector<std::uint32_t> lines_;  // of a tick
  Tick tick_ = Tick(0);
};

// Compares every layer in every tick.
class ComparisonObserver : public TickObserver {
 public:
  ComparisonObserver(NetworkInStep network, NeuronSources sources, std::size_t layers)
      : network_(std::move(network)), sources_(std::move(sources)), layers_(layers) {}

  absl::Status Look(const Machine& machine) override {
    network_.Step(machine.now());
    const auto& fired = sources_.Sort(machine.spikes());
    for (std::size_t l = 0; l < fired.size(); ++l) {
      if (const std::vector<std::uint8_t>* const expected = network_.layer(l)) {
        sources_.Compare(l, fired[l], *expected, layers_[l]);
      }
    }
    return absl::OkStatus();
  }

  const std::vector<ChipAgreement>& layers() const { return layers_; }

 private:
  NetworkInStep network_;
  NeuronSources sources_;
  std::vector<ChipAgreement> layers_;
};

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
  SPIKEMESH_ASSIGN_OR_RETURN(ImageSource source, ImageSource::Create(chip, images, image_count));
  SPIKEMESH_ASSIGN_OR_RETURN(NetworkInStep in_step,
                             NetworkInStep::Create(network, images, image_count));
  // Until the last image has come through every layer.
  const ImageSchedule& schedule = source.schedule();
  const Tick drained = schedule.Begin(image_count) + in_step.deepest();
  ChipComparison result;
  result.predicted.resize(static_cast<std::size_t>(image_count));
  AnswerObserver answers(chip, images, progress, result.predicted);
  ComparisonObserver comparison(std::move(in_step), std::move(sources), network.layers.size());
  TickObserver* const observers[] = {&comparison, &answers};
  if (schedule.resets()) {
    for (std::int64_t image = 0; image < image_count; ++image) {
      SPIKEMESH_RETURN_IF_ERROR(PresentImages(source, image, image + 1, observers, machine));
    }
  } else {
    SPIKEMESH_RETURN_IF_ERROR(PresentImages(source, 0, image_count, observers, machine));
    SPIKEMESH_RETURN_IF_ERROR(
        RunSession(machine, source, observers, std::max(machine.now(), drained)));
  }
  result.layers = comparison.layers();
  return result;
}

}  // namespace spikemesh
