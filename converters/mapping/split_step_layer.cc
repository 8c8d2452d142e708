// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/split_step_layer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

#include "converters/mapping/chunk_inputs.h"
#include "converters/mapping/represent_layer.h"
#include "core/base/limits.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Left for bias axons, of the parts and of the merge neuron.
constexpr std::int32_t kBiasAxonsMax = 8;
// Positions of a layer that are looked at in each sample.
constexpr std::int32_t kPositionsMax = 16;
// Counts around the nominal one that are tried as the merge threshold.
constexpr std::int32_t kCountsTried = 2;

// The sums of one output channel's parts, at one position of one sample.
struct PartSums {
  std::int32_t position = 0;
  std::vector<std::int32_t> sums;  // [part of all inputs]
};

// How one output channel's parts are said: bit j of part c where its sum is at least
// bases[c] + (j + 1) * step.
struct Thermometers {
  std::int32_t step = 1;
  std::vector<std::int32_t> bases;  // [part of all inputs]
  std::int32_t correction = 0;      // of the merge threshold

  std::int32_t CountOf(std::int32_t sum, std::size_t part, std::int32_t neurons) const {
    return std::clamp((sum - bases[part]) / step, 0, neurons);
  }
};

class StepCutter {
 public:
  StepCutter(const SpikingLayer& layer, std::span<const LayerSample> samples)
      : layer_(layer), samples_(samples), channels_(layer.output_shape.channels) {}

  absl::Status Plan() {
    SPIKEMESH_ASSIGN_OR_RETURN(representation_, RepresentLayer(layer_));
    AxonTypeMask used = 0;
    for (const AxonTypeMask mask : representation_.types_used) {
      used |= mask;
    }
    size_.axon_types = std::popcount(used);
    for (const LayerInput& input : layer_.inputs) {
      size_.chunks.push_back(ChunkInput(input, size_.axon_types, kAxonsPerCore - kBiasAxonsMax));
    }
    neurons_ = static_cast<std::int32_t>(
        std::min<std::int64_t>(kThermometerMax, (kAxonsPerCore - kBiasAxonsMax) / size_.parts()));
    if (neurons_ == 0) {
      return WithTernaryRemedy(
          absl::ResourceExhaustedError(
              Concat("layer \"", layer_.name, "\": ", InputsPerNeuron(layer_),
                     " inputs per neuron are ", size_.parts(), " parts, a merge neuron has ",
                     kAxonsPerCore - kBiasAxonsMax, " axons for them; use groups of fewer inputs")),
          size_);
    }
    size_.partial_neurons = layer_.output_shape.size() * size_.parts() * neurons_;
    return counting() ? absl::OkStatus()
                      : CheckMergeWeights(layer_, size_.partial_neurons / positions());
  }

  // After Plan: how each channel's parts are said.
  void FitThermometers() {
    for (std::int32_t out = 0; out < channels_; ++out) {
      thermometers_.push_back(Fit(out, CollectSums(out)));
    }
  }

  const SplitSize& size() const { return size_; }
  // After FitThermometers.
  SpikingLayer MakeMerge() const;
  void MakePartial(std::size_t index, SplitLayer& split) const;

 private:
  std::int32_t positions() const {
    return static_cast<std::int32_t>(layer_.output_shape.size() / channels_);
  }
  // Whether the merge layer can be written as a window (MakeCountingInput).
  bool counting() const {
    return positions() == 1 && std::ranges::all_of(layer_.inputs, [](const LayerInput& input) {
             return input.groups == 1;
           });
  }
  std::size_t FirstPart(std::size_t input) const {
    std::size_t first = 0;
    for (std::size_t i = 0; i < input; ++i) {
      first += static_cast<std::size_t>(size_.chunks[i].count);
    }
    return first;
  }

  void AddSums(std::size_t input, const std::vector<std::uint8_t>& spikes, std::int32_t out,
               PartSums& sums) const;
  std::vector<PartSums> CollectSums(std::int32_t out) const;
  Thermometers Fit(std::int32_t out, const std::vector<PartSums>& all) const;
  std::int32_t MergeThreshold(const Thermometers& one, std::int32_t threshold) const;

  const SpikingLayer& layer_;
  std::span<const LayerSample> samples_;
  std::int32_t channels_;
  LayerRepresentation representation_;
  SplitSize size_;
  std::int32_t neurons_ = 1;                // m
  std::vector<Thermometers> thermometers_;  // [out_channel]
};

void StepCutter::AddSums(std::size_t index, const std::vector<std::uint8_t>& spikes,
                         std::int32_t out, PartSums& sums) const {
  const LayerInput& input = layer_.inputs[index];
  const InputChunks& chunks = size_.chunks[index];
  const WindowGeometry& w = input.window;
  const std::int32_t width = layer_.output_shape.width;
  const std::int32_t top = sums.position / width * w.stride_y - w.pad_top;
  const std::int32_t left = sums.position % width * w.stride_x - w.pad_left;
  const std::int32_t first_channel =
      out / (channels_ / input.groups) * (input.shape.channels / input.groups);
  for (std::int32_t chunk = 0; chunk < chunks.count; ++chunk) {
    std::int32_t& sum = sums.sums.emplace_back();
    for (std::int32_t i = chunks.begin(chunk); i < chunks.begin(chunk + 1); ++i) {
      const std::int32_t tap = i % chunks.taps;
      const std::int32_t y = top + tap / w.kernel_x * w.dilation_y;
      const std::int32_t x = left + tap % w.kernel_x * w.dilation_x;
      if (y >= 0 && x >= 0 && y < input.shape.height && x < input.shape.width) {
        const std::int32_t row = (first_channel + i / chunks.taps) * input.shape.height + y;
        sum += spikes[std::size_t(row) * input.shape.width + x] *
               input.weights[std::size_t(out) * chunks.inputs + i];
      }
    }
  }
}

std::vector<PartSums> StepCutter::CollectSums(std::int32_t out) const {
  std::vector<PartSums> all;
  const std::int32_t looked_at = std::min(kPositionsMax, positions());
  for (const LayerSample& sample : samples_) {
    for (std::int32_t p = 0; p < looked_at; ++p) {
      PartSums& sums = all.emplace_back();
      sums.position = positions() * p / looked_at;
      for (std::size_t i = 0; i < layer_.inputs.size(); ++i) {
        AddSums(i, sample[i], out, sums);
      }
    }
  }
  return all;
}

// The merge threshold that stands for `threshold`: half of what a step leaves unsaid is expected of
// each part.
std::int32_t StepCutter::MergeThreshold(const Thermometers& one, std::int32_t threshold) const {
  std::int64_t said = threshold;
  for (const std::int32_t base : one.bases) {
    said -= base;
  }
  const double unsaid = static_cast<double>(one.bases.size()) * (one.step - 1) / 2;
  const double counts = std::ceil((static_cast<double>(said) - unsaid) / one.step);
  const auto most = static_cast<double>(one.bases.size()) * neurons_ + 1;
  return static_cast<std::int32_t>(std::clamp(counts, 0.0, most)) + one.correction;
}

Thermometers StepCutter::Fit(std::int32_t out, const std::vector<PartSums>& all) const {
  Thermometers one;
  std::int32_t widest = 0;
  for (std::size_t part = 0; part < all.front().sums.size(); ++part) {
    const auto [least, greatest] =
        std::ranges::minmax(all, {}, [part](const PartSums& sums) { return sums.sums[part]; });
    one.bases.push_back(least.sums[part]);
    widest = std::max(widest, greatest.sums[part] - least.sums[part]);
  }
  const std::int32_t unit = representation_.units[out];
  one.step = std::max(1, (widest + unit * neurons_ - 1) / (unit * neurons_)) * unit;
  std::int64_t least_wrong = -1;
  std::int32_t best = 0;
  for (std::int32_t i = 0; i <= 2 * kCountsTried; ++i) {
    one.correction = i % 2 == 0 ? i / 2 : -(i + 1) / 2;  // 0, -1, 1, -2, 2
    std::int64_t wrong = 0;
    for (const PartSums& sums : all) {
      const std::int32_t threshold =
          layer_.thresholds[std::size_t(out) * positions() + sums.position];
      std::int32_t count = 0;
      std::int64_t total = 0;
      for (std::size_t part = 0; part < sums.sums.size(); ++part) {
        total += sums.sums[part];
        count += one.CountOf(sums.sums[part], part, neurons_);
      }
      wrong += (total >= threshold) != (count >= MergeThreshold(one, threshold)) ? 1 : 0;
    }
    if (least_wrong < 0 || wrong < least_wrong) {
      least_wrong = wrong;
      best = one.correction;
    }
  }
  one.correction = best;
  return one;
}

void StepCutter::MakePartial(std::size_t index, SplitLayer& split) const {
  const LayerInput& input = layer_.inputs[index];
  const InputChunks& chunks = size_.chunks[index];
  SpikingLayer partial;
  partial.name = Concat(layer_.name, " part", layer_.inputs.size() > 1 ? Concat(" ", index) : "");
  partial.inputs.push_back(MakePartialInput(
      input, channels_, chunks, neurons_,
      [](std::int32_t, std::int32_t, std::int32_t, std::int16_t weight) { return weight; }));
  partial.output_shape = layer_.output_shape;
  partial.output_shape.channels *= chunks.count * neurons_;
  const std::size_t first_part = FirstPart(index);
  ForEachPartial(input, channels_, chunks, neurons_,
                 [&](std::int32_t out, std::int32_t chunk, std::int32_t each) {
                   const Thermometers& one = thermometers_[out];
                   const std::int32_t base = one.bases[first_part + chunk];
                   partial.thresholds.insert(partial.thresholds.end(), positions(),
                                             base + (each + 1) * one.step);
                   if (!layer_.axon_weights.empty()) {
                     partial.axon_weights.push_back(layer_.axon_weights[out]);
                   }
                 });
  LayerInput& merge = split.merge.inputs.emplace_back(
      counting() ? MakeCountingInput(channels_, chunks, neurons_, 1)
                 : MakeMergeInput(
                       input, channels_, partial.output_shape, chunks, neurons_,
                       [](std::int32_t, std::int32_t, std::int32_t) { return std::int16_t{1}; }));
  merge.source = static_cast<std::int32_t>(index);
  split.partials.push_back(std::move(partial));
}

SpikingLayer StepCutter::MakeMerge() const {
  SpikingLayer merge;
  merge.name = layer_.name;
  merge.output_shape = counting() ? FeatureShape{1, 1, channels_} : layer_.output_shape;
  for (std::size_t neuron = 0; neuron < layer_.thresholds.size(); ++neuron) {
    const Thermometers& one = thermometers_[neuron / positions()];
    merge.thresholds.push_back(MergeThreshold(one, layer_.thresholds[neuron]));
  }
  return merge;
}

}  // namespace

absl::StatusOr<SplitLayer> SplitStepLayer(const SpikingLayer& layer,
                                          std::span<const LayerSample> samples) {
  SPIKEMESH_CHECK(!samples.empty());
  StepCutter cutter(layer, samples);
  SPIKEMESH_RETURN_IF_ERROR(cutter.Plan());
  cutter.FitThermometers();
  return CutLayer(layer, cutter);
}

absl::StatusOr<SplitSize> PlanStepSplit(const SpikingLayer& layer) {
  StepCutter cutter(layer, {});
  SPIKEMESH_RETURN_IF_ERROR(cutter.Plan());
  return cutter.size();
}

}  // namespace spikemesh
