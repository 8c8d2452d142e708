// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/estimate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "converters/mapping/estimate_tiles.h"
#include "converters/mapping/legalize.h"
#include "converters/mapping/represent_layer.h"
#include "converters/mapping/split_rate_layer.h"
#include "converters/mapping/split_readout.h"
#include "converters/mapping/split_step_layer.h"
#include "core/base/limits.h"
#include "core/base/strings.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// What the estimate knows of a layer before its readers are known.
struct LayerSketch {
  TiledLayer tiled;
  std::optional<SplitSize> split;  // of a layer that is too wide and can be split
};

// The types that some filter has for a feature.
std::int32_t SharedTypes(std::span<const AxonTypeMask> masks) {
  AxonTypeMask used = 0;
  for (const AxonTypeMask mask : masks) {
    used |= mask;
  }
  return std::max(1, std::popcount(used));
}

bool SameWeights(const SpikingLayer& layer, std::int32_t a, std::int32_t b) {
  return std::ranges::all_of(layer.inputs, [&](const LayerInput& input) {
    const std::size_t row = input.weights.size() / std::size_t(layer.output_shape.channels);
    const auto begin = input.weights.begin();
    return std::equal(begin + a * row, begin + (a + 1) * row, begin + b * row);
  });
}

// How many neighbouring filters have the same weights, on average: many in a read-out of logits.
std::int32_t FiltersAlike(const SpikingLayer& layer) {
  std::int32_t runs = 1;
  for (std::int32_t filter = 1; filter < layer.output_shape.channels; ++filter) {
    runs += SameWeights(layer, filter - 1, filter) ? 0 : 1;
  }
  return layer.output_shape.channels / runs;
}

TiledLayer Tiled(const SpikingLayer& layer, const LayerRepresentation* representation) {
  TiledLayer tiled;
  tiled.alike = FiltersAlike(layer);
  tiled.output_shape = layer.output_shape;
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    const LayerInput& input = layer.inputs[i];
    tiled.inputs.push_back({.shape = input.shape,
                            .window = input.window,
                            .channels_in_group = input.shape.channels / input.groups,
                            .groups = input.groups,
                            .axon_types = representation != nullptr
                                              ? SharedTypes(representation->masks[i])
                                              : kAxonTypes});
  }
  return tiled;
}

// What `status` says stops the layer.
void SetObstacle(const absl::Status& status, LayerEstimate& estimate) {
  estimate.obstacle = std::string(status.message());
  estimate.remedies = RemediesOf(status);
}

// A neuron whose inputs all fit may still lack axons for what is beyond its leak. Only layers with
// such constants are legalized neuron by neuron.
std::int32_t BiasAxons(const SpikingNetwork& network, const SpikingLayer& layer,
                       LayerEstimate& estimate) {
  const std::vector<std::int32_t>& constants = layer.integrating() ? layer.leaks : layer.thresholds;
  const bool within = std::ranges::all_of(
      constants, [](std::int32_t c) { return -kLeakMax <= c && c <= kLeakMax; });
  if (within || !estimate.fits) {
    return 0;
  }
  const absl::StatusOr<CrossbarLayer> legal = LegalizeLayer(network, layer);
  if (!legal.ok()) {
    estimate.fits = false;
    SetObstacle(legal.status(), estimate);
    return 0;
  }
  return legal->bias_axons_total();
}

// The part of the rows (or columns) that windows with gaps between them see.
double ReadShare(const WindowAxis& axis) {
  return std::min(1.0, static_cast<double>(axis.kernel) / static_cast<double>(axis.stride));
}

// Cores of the partial and merge layers, as if the partial ones were layers of as many outputs.
void EstimateSplit(const SpikingLayer& layer, const SplitSize& split, LayerEstimate& estimate,
                   std::vector<double>& input_axons) {
  const std::int64_t outputs = layer.output_shape.size();
  const std::int64_t per_output = (split.partial_neurons + outputs - 1) / outputs;
  const auto per_part = static_cast<std::int32_t>(
      std::max<std::int64_t>(1, split.partial_neurons / (outputs * split.parts())));
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    const InputChunks& chunks = split.chunks[i];
    TiledLayer part;
    part.output_shape = layer.output_shape;
    part.output_shape.channels *= chunks.count * per_part;
    part.inputs = {{.shape = layer.inputs[i].shape,
                    .window = layer.inputs[i].window,
                    .channels_in_group = std::max(1, chunks.inputs_max() / chunks.taps),
                    .groups = layer.inputs[i].groups * chunks.count,
                    .axon_types = split.axon_types}};
    part.neuron_axons = kAxonsPerCore;
    const TileEstimate tiles = EstimateTiles(part);
    estimate.cores += tiles.cores;
    input_axons.push_back(tiles.input_axons[0]);
    estimate.total_axons += static_cast<std::int64_t>(tiles.input_axons[0]);
  }
  const std::int64_t merged_per_core = std::max<std::int64_t>(1, kAxonsPerCore / per_output);
  estimate.cores += (outputs + merged_per_core - 1) / merged_per_core;
  estimate.total_axons += split.partial_neurons;
}

absl::StatusOr<SplitSize> PlanSplit(const SpikingNetwork& network, const SpikingLayer& layer) {
  if (layer.integrating()) {
    return PlanRateSplit(layer);
  }
  if (network.presentation.mode == PresentationMode::kRate) {
    return absl::UnimplementedError("memoryless layers of rate networks are not split");
  }
  return PlanStepSplit(layer);
}

std::string TooWideText(const SpikingLayer& layer, const LayerEstimate& estimate) {
  const std::int64_t group = kAxonsPerCore * estimate.fan_in / estimate.axons;
  return Concat("layer \"", layer.name, "\": ", estimate.fan_in, " inputs per neuron need ",
                estimate.axons, " axons, a core has ", kAxonsPerCore, ": ",
                estimate.axons - kAxonsPerCore, " too many; use groups of at most ", group,
                " inputs");
}

Remedy SplitRemedy(std::int64_t parts, std::int64_t cores) {
  return {RemedyKind::kLossySplit, Concat("which cuts them into ", parts, " parts and takes about ",
                                          cores, " cores for this layer")};
}

class Estimator {
 public:
  explicit Estimator(const SpikingNetwork& network)
      : network_(network),
        wanted_axons_(network.layers.size(), 0.0),
        read_share_(network.layers.size(), 0.0) {}

  NetworkEstimate Estimate() {
    for (const SpikingLayer& layer : network_.layers) {
      Sketch(layer);
    }
    SketchReadout();
    for (std::size_t l = network_.layers.size(); l-- > 0;) {
      CountCores(l);
    }
    CountTicks();
    for (const LayerEstimate& layer : result_.layers) {
      result_.fits = result_.fits && layer.fits;
      result_.cores += layer.cores + layer.splitter_cores;
    }
    return std::move(result_);
  }

 private:
  void Sketch(const SpikingLayer& layer);
  void SketchReadout();
  void Refuse(const SpikingLayer& layer, LayerSketch& sketch, LayerEstimate& estimate);
  void CountCores(std::size_t index);
  void CountTicks();

  const SpikingNetwork& network_;
  std::vector<LayerSketch> sketches_;
  std::vector<double> wanted_axons_;  // [layer]: axons that readers have for its spikes
  std::vector<double> read_share_;    // [layer]: of its neurons, by the reader that sees most
  NetworkEstimate result_;
};

void Estimator::Sketch(const SpikingLayer& layer) {
  LayerEstimate& estimate = result_.layers.emplace_back();
  LayerSketch& sketch = sketches_.emplace_back();
  estimate.name = layer.name;
  estimate.fan_in = InputsPerNeuron(layer);
  estimate.neurons = layer.output_shape.size();
  const absl::StatusOr<LayerRepresentation> found = RepresentLayer(layer);
  if (!found.ok()) {
    estimate.weights = NameOf(WeightsKind::kInteger);
    estimate.representable = estimate.fits = false;
    SetObstacle(found.status(), estimate);
    estimate.axons = kAxonTypes * estimate.fan_in;
    sketch.tiled = Tiled(layer, nullptr);
    return;
  }
  estimate.weights = NameOf(found->kind);
  estimate.axons = *std::ranges::max_element(found->axons);
  sketch.tiled = Tiled(layer, &*found);
  sketch.tiled.neuron_axons = std::min<std::int64_t>(kAxonsPerCore, estimate.axons);
  // Padding may leave neurons narrower than the channel is.
  if (estimate.axons > kAxonsPerCore && !LegalizeLayer(network_, layer).ok()) {
    Refuse(layer, sketch, estimate);
    return;
  }
  sketch.tiled.bias_axons = BiasAxons(network_, layer, estimate);
  estimate.axons += sketch.tiled.bias_axons;
}

void Estimator::Refuse(const SpikingLayer& layer, LayerSketch& sketch, LayerEstimate& estimate) {
  estimate.fits = false;
  estimate.obstacle = TooWideText(layer, estimate);
  const absl::StatusOr<SplitSize> split = PlanSplit(network_, layer);
  if (!split.ok()) {
    estimate.obstacle +=
        Concat(" (a split is no way out: ", std::string(split.status().message()), ")");
    estimate.remedies = RemediesOf(split.status());
    return;
  }
  sketch.split = *split;
  estimate.splittable = true;
  LayerEstimate whole;
  std::vector<double> input_axons;
  EstimateSplit(layer, *split, whole, input_axons);
  estimate.remedies.push_back(SplitRemedy(split->parts(), whole.cores));
}

// The last layer may be a read-out that needs no merge layer.
void Estimator::SketchReadout() {
  const absl::StatusOr<std::optional<ReadoutSplit>> split = SplitReadout(network_);
  LayerEstimate& estimate = result_.layers.back();
  if (estimate.fits || !split.ok() || !*split) {
    return;
  }
  const SpikingLayer& layer = (*split)->layer;
  const absl::StatusOr<LayerRepresentation> found = RepresentLayer(layer);
  if (!found.ok()) {
    return;
  }
  LayerSketch& sketch = sketches_.back();
  sketch.split.reset();
  sketch.tiled = Tiled(layer, &*found);
  sketch.tiled.neuron_axons = *std::ranges::max_element(found->axons);
  estimate.neurons = layer.output_shape.size();
  estimate.fits = (*split)->exact;
  estimate.splittable = !estimate.fits;
  estimate.obstacle.clear();
  estimate.remedies.clear();
  if (!estimate.fits) {
    estimate.obstacle = TooWideText(network_.layers.back(), estimate);
    estimate.remedies.push_back(SplitRemedy((*split)->chunks, EstimateTiles(sketch.tiled).cores));
  }
}

void Estimator::CountCores(std::size_t index) {
  const SpikingLayer& layer = network_.layers[index];
  LayerEstimate& estimate = result_.layers[index];
  LayerSketch& sketch = sketches_[index];
  sketch.tiled.read_share = index + 1 == network_.layers.size() ? 1.0 : read_share_[index];
  const double read = sketch.tiled.read_share * static_cast<double>(layer.output_shape.size());
  sketch.tiled.targets = std::max(1.0, wanted_axons_[index] / std::max(1.0, read));
  std::vector<double> input_axons;
  if (sketch.split) {
    EstimateSplit(layer, *sketch.split, estimate, input_axons);
    // The merge neurons are few a core; their copies cost what others' do.
    const double copies = (sketch.tiled.targets - 1) * static_cast<double>(estimate.neurons);
    estimate.copies = static_cast<std::int64_t>(copies);
  } else {
    const TileEstimate tiles = EstimateTiles(sketch.tiled);
    estimate.cores = tiles.cores;
    estimate.splitter_cores = tiles.splitter_cores;
    estimate.copies = static_cast<std::int64_t>(tiles.copies);
    input_axons = tiles.input_axons;
    for (const double axons : input_axons) {
      estimate.total_axons += static_cast<std::int64_t>(axons);
    }
    estimate.total_axons += tiles.cores * sketch.tiled.bias_axons;
  }
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    const LayerInput& input = layer.inputs[i];
    if (input.source != kEncodedInput) {
      wanted_axons_[input.source] += input_axons[i];
      read_share_[input.source] =
          std::max(read_share_[input.source],
                   ReadShare(AxisY(input.window)) * ReadShare(AxisX(input.window)));
    }
  }
}

void Estimator::CountTicks() {
  for (std::size_t l = 0; l < network_.layers.size(); ++l) {
    LayerEstimate& estimate = result_.layers[l];
    for (const LayerInput& input : network_.layers[l].inputs) {
      if (input.source != kEncodedInput) {
        const LayerEstimate& source = result_.layers[input.source];
        estimate.latency_ticks = std::max(
            estimate.latency_ticks, source.latency_ticks + (source.splitter_cores > 0 ? 2 : 1));
      }
    }
    estimate.latency_ticks += sketches_[l].split ? 1 : 0;
    result_.latency_ticks = estimate.latency_ticks;
  }
}

}  // namespace

NetworkEstimate EstimateNetwork(const SpikingNetwork& network) {
  return Estimator(network).Estimate();
}

}  // namespace spikemesh
