// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/split_fan_in.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>

#include "converters/mapping/latency.h"
#include "converters/mapping/legalize.h"
#include "converters/mapping/represent_layer.h"
#include "converters/mapping/split_rate_layer.h"
#include "converters/mapping/split_readout.h"
#include "converters/mapping/split_step_layer.h"
#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/base/strings.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"

namespace spikemesh {
namespace {

constexpr int kRandomImages = 32;
constexpr std::uint64_t kRandomImagesSeed = 1;
// Of the images that were given, the first ones.
constexpr std::size_t kImagesMax = 64;

bool IsRate(const SpikingNetwork& network) {
  return network.presentation.mode == PresentationMode::kRate;
}

// Every line has a rate of its own, drawn anew for each image. In pipelined mode, of one tick, all
// lines of an image have the same chance to be active, from never to always over the images: parts
// of real images are as dark or bright.
std::vector<EncodedImage> DrawImages(const SpikingNetwork& network) {
  RandomSequence random(kRandomImagesSeed, 0);
  const auto lines = static_cast<std::uint32_t>(network.encoded_shape.size());
  const std::int32_t ticks = IsRate(network) ? network.presentation.ticks_per_image : 1;
  std::vector<EncodedImage> images;
  for (int i = 0; i < kRandomImages; ++i) {
    std::vector<std::uint32_t> rates(lines,
                                     256 * static_cast<std::uint32_t>(i) / (kRandomImages - 1));
    for (std::uint32_t& rate : rates) {
      rate = IsRate(network) ? random.NextBelow(256) : rate;
    }
    EncodedImage& image = images.emplace_back(static_cast<std::size_t>(ticks));
    for (std::vector<std::uint32_t>& tick : image) {
      for (std::uint32_t line = 0; line < lines; ++line) {
        if (random.NextBelow(256) < rates[line]) {
          tick.push_back(line);
        }
      }
    }
  }
  return images;
}

// How often each neuron of each layer fires for one image: [layer][neuron].
using SpikeCounts = std::vector<std::vector<std::int32_t>>;

// Runs one network, whatever its presentation, on one image after the other.
class ImageCounter {
 public:
  explicit ImageCounter(const SpikingNetwork& network) : network_(network) {
    if (IsRate(network)) {
      rate_ = std::make_unique<RateRunner>(network);
    } else {
      pipelined_ = std::make_unique<SpikingRunner>(network);
    }
  }

  SpikeCounts Run(const EncodedImage& image) {
    SpikeCounts counts;
    for (const SpikingLayer& layer : network_.layers) {
      counts.emplace_back(layer.thresholds.size());
    }
    if (pipelined_) {
      Add(pipelined_->Run(image.empty() ? std::vector<std::uint32_t>() : image.front()), counts);
      return counts;
    }
    const PresentationModel& presentation = network_.presentation;
    rate_->Begin();
    const auto ticks = static_cast<std::size_t>(std::int64_t{presentation.ticks_per_image} +
                                                presentation.latency_ticks);
    for (std::size_t tick = 0; tick < ticks; ++tick) {
      Add(rate_->Step(tick < image.size() ? image[tick] : std::vector<std::uint32_t>()), counts);
    }
    return counts;
  }

 private:
  static void Add(const std::vector<std::vector<std::uint8_t>>& spikes, SpikeCounts& counts) {
    for (std::size_t layer = 0; layer < spikes.size(); ++layer) {
      for (std::size_t neuron = 0; neuron < spikes[layer].size(); ++neuron) {
        counts[layer][neuron] += spikes[layer][neuron];
      }
    }
  }

  const SpikingNetwork& network_;
  std::unique_ptr<SpikingRunner> pipelined_;
  std::unique_ptr<RateRunner> rate_;
};

// The spikes that enter layer `index` of `network`, for each image.
std::vector<LayerSample> SampleInputs(const SpikingNetwork& network, std::size_t index,
                                      std::span<const EncodedImage> images) {
  SpikingRunner runner(network);
  std::vector<LayerSample> samples;
  for (const EncodedImage& image : images) {
    const std::vector<std::uint32_t> lines =
        image.empty() ? std::vector<std::uint32_t>() : image.front();
    const auto& spikes = runner.Run(lines);
    LayerSample& sample = samples.emplace_back();
    for (const LayerInput& input : network.layers[index].inputs) {
      if (input.source != kEncodedInput) {
        sample.push_back(spikes[static_cast<std::size_t>(input.source)]);
        continue;
      }
      std::vector<std::uint8_t>& encoded =
          sample.emplace_back(static_cast<std::size_t>(network.encoded_shape.size()));
      for (const std::uint32_t line : lines) {
        encoded[line] = 1;
      }
    }
  }
  return samples;
}

// Whether a neuron needs more axons than a core has, and how many the widest needs.
struct Width {
  bool too_wide = false;
  std::int64_t axons = 0;
};

absl::StatusOr<Width> WidthOf(const SpikingNetwork& network, const SpikingLayer& layer) {
  SPIKEMESH_ASSIGN_OR_RETURN(const LayerRepresentation representation, RepresentLayer(layer));
  Width width;
  width.axons = *std::ranges::max_element(representation.axons);
  // Padding may leave neurons narrower than the channel is.
  width.too_wide = width.axons > kAxonsPerCore && !LegalizeLayer(network, layer).ok();
  return width;
}

SplitReport ReportOf(const ReadoutSplit& split) {
  return {.layer = split.layer.name,
          .chunks = split.chunks,
          .partial_neurons = split.layer.output_shape.size(),
          .axons = split.axons,
          .readout = true};
}

// Builds the split network layer by layer.
struct FanInCutter {
  const SpikingNetwork& network;
  std::span<const EncodedImage> images;
  std::vector<std::int32_t> new_index;    // [layer of the caller]: the layer that has its outputs
  std::vector<std::size_t> split_layers;  // of the caller, one a report
  SplitNetwork result;

  void Append(SpikingLayer layer, bool exact) {
    result.network.layers.push_back(std::move(layer));
    result.exact.push_back(exact);
  }

  void Rewire(SpikingLayer& layer) const {
    for (LayerInput& input : layer.inputs) {
      input.source = input.source == kEncodedInput ? kEncodedInput : new_index[input.source];
    }
  }

  absl::Status Add(std::size_t index) {
    const SpikingLayer& layer = network.layers[index];
    SPIKEMESH_ASSIGN_OR_RETURN(const Width width, WidthOf(network, layer));
    if (!width.too_wide) {
      SpikingLayer same = layer;
      Rewire(same);
      Append(std::move(same), true);
    } else {
      SPIKEMESH_RETURN_IF_ERROR(AddSplit(index, width.axons));
    }
    new_index.push_back(static_cast<std::int32_t>(result.network.layers.size()) - 1);
    return absl::OkStatus();
  }

  void AddReadout(ReadoutSplit split) {
    split_layers.push_back(network.layers.size() - 1);
    result.reports.push_back(ReportOf(split));
    result.network.output_classes = std::move(split.classes);
    Rewire(split.layer);
    Append(std::move(split.layer), split.exact);
  }

  absl::Status AddSplit(std::size_t index, std::int64_t axons) {
    const SpikingLayer& layer = network.layers[index];
    if (index + 1 == network.layers.size()) {
      SPIKEMESH_ASSIGN_OR_RETURN(std::optional<ReadoutSplit> readout, SplitReadout(network));
      if (readout) {
        AddReadout(*std::move(readout));
        return absl::OkStatus();
      }
    }
    if (IsRate(network) && !layer.integrating()) {
      return absl::UnimplementedError(
          Concat("layer \"", layer.name, "\": a memoryless layer of a rate network has ", axons,
                 " axons a neuron; only integrating ones can be split"));
    }
    SPIKEMESH_ASSIGN_OR_RETURN(SplitLayer split,
                               layer.integrating()
                                   ? SplitRateLayer(layer)
                                   : SplitStepLayer(layer, SampleInputs(network, index, images)));
    const auto first = static_cast<std::int32_t>(result.network.layers.size());
    for (SpikingLayer& partial : split.partials) {
      Rewire(partial);
      Append(std::move(partial), false);
    }
    for (LayerInput& input : split.merge.inputs) {
      input.source += first;
    }
    Append(std::move(split.merge), false);
    split_layers.push_back(index);
    result.reports.push_back({.layer = layer.name,
                              .chunks = split.size.parts(),
                              .partial_neurons = split.size.partial_neurons,
                              .axons = axons});
    return absl::OkStatus();
  }
};

// Layers behind a split are later than their initial potentials were meant for.
void ShiftLayers(const SpikingNetwork& network, const std::vector<std::int32_t>& new_index,
                 SpikingNetwork& split) {
  const std::vector<std::int32_t> before = UndelayedTicks(network);
  const std::vector<std::int32_t> after = UndelayedTicks(split);
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    ShiftInitialPotentials(after[new_index[l]] - before[l], split.layers[new_index[l]]);
  }
  split.presentation.latency_ticks = after.back();
}

// The class that the host reads: of most votes, ties to the lowest.
std::size_t ClassOf(const SpikingNetwork& network, const std::vector<std::int32_t>& spikes) {
  std::vector<std::int64_t> votes(static_cast<std::size_t>(network.class_count));
  for (std::size_t neuron = 0; neuron < spikes.size(); ++neuron) {
    if (network.output_classes[neuron] >= 0) {
      votes[static_cast<std::size_t>(network.output_classes[neuron])] += spikes[neuron];
    }
  }
  return static_cast<std::size_t>(std::ranges::max_element(votes) - votes.begin());
}

std::int64_t SpikesThatDiffer(const std::vector<std::int32_t>& expected,
                              const std::vector<std::int32_t>& found) {
  std::int64_t differing = 0;
  for (std::size_t neuron = 0; neuron < expected.size(); ++neuron) {
    differing += std::abs(expected[neuron] - found[neuron]);
  }
  return differing;
}

// The part of a layer's output bits (rate: of the spikes that could have been, one a tick) that
// differ; of a read-out, the part of the images that change their class.
void MeasureLoss(FanInCutter& cutter) {
  const SpikingNetwork& network = cutter.network;
  std::vector<SplitReport>& reports = cutter.result.reports;
  ImageCounter original(network);
  ImageCounter merged(cutter.result.network);
  std::vector<std::int64_t> differing(reports.size());
  for (const EncodedImage& image : cutter.images) {
    const SpikeCounts expected = original.Run(image);
    const SpikeCounts found = merged.Run(image);
    for (std::size_t i = 0; i < reports.size(); ++i) {
      const std::size_t layer = cutter.split_layers[i];
      const std::vector<std::int32_t>& counts = found[cutter.new_index[layer]];
      if (!reports[i].readout) {
        differing[i] += SpikesThatDiffer(expected[layer], counts);
      } else if (ClassOf(network, expected[layer]) != ClassOf(cutter.result.network, counts)) {
        ++differing[i];
      }
    }
  }
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const SpikingLayer& layer = network.layers[cutter.split_layers[i]];
    const std::int64_t of_an_image =
        reports[i].readout ? 1 : layer.output_shape.size() * network.presentation.ticks_per_image;
    reports[i].flipped_share =
        static_cast<double>(differing[i]) /
        (static_cast<double>(of_an_image) * static_cast<double>(cutter.images.size()));
  }
}

}  // namespace

absl::StatusOr<SplitNetwork> SplitFanIn(const SpikingNetwork& network,
                                        std::span<const EncodedImage> images) {
  const std::vector<EncodedImage> drawn =
      images.empty() ? DrawImages(network) : std::vector<EncodedImage>();
  const std::span<const EncodedImage> samples =
      images.empty() ? std::span<const EncodedImage>(drawn)
                     : images.first(std::min(images.size(), kImagesMax));
  FanInCutter cutter{network, samples, {}, {}, {}};
  cutter.result.network = network;
  cutter.result.network.layers.clear();
  for (std::size_t index = 0; index < network.layers.size(); ++index) {
    SPIKEMESH_RETURN_IF_ERROR(cutter.Add(index));
  }
  if (!cutter.result.reports.empty()) {
    ShiftLayers(network, cutter.new_index, cutter.result.network);
    MeasureLoss(cutter);
  }
  return std::move(cutter.result);
}

absl::StatusOr<std::optional<SplitNetwork>> SplitFanInExactly(const SpikingNetwork& network) {
  SPIKEMESH_ASSIGN_OR_RETURN(std::optional<ReadoutSplit> readout, SplitReadout(network));
  if (!readout || !readout->exact) {
    return std::nullopt;
  }
  SplitNetwork split;
  split.network = network;
  split.reports.push_back(ReportOf(*readout));
  split.network.output_classes = std::move(readout->classes);
  split.network.layers.back() = std::move(readout->layer);
  split.exact.assign(split.network.layers.size(), true);
  return split;
}

}  // namespace spikemesh
