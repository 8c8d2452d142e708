// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/split_rate_layer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "converters/mapping/chunk_inputs.h"
#include "converters/mapping/represent_layer.h"
#include "core/base/limits.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Standard deviation of the merged potential, in thresholds.
constexpr double kMergeError = 0.25;
// The part of a rail's inputs that is active in a tick, for long.
constexpr double kRailActivity = 0.5;

// Left for bias axons of the merge neuron.
constexpr std::int32_t kMergeAxonsMax = kAxonsPerCore - 16;

// One rail of one part of one output channel.
struct Rail {
  double sum = 0.0;          // of its weights
  double square_sum = 0.0;   // of their squares
  std::int32_t neurons = 0;  // m

  void Add(double weight) {
    sum += weight;
    square_sum += weight * weight;
  }
  // What the rail rises by in a tick in which its inputs are active at random, with a standard
  // deviation on top: all of a single input, little more than kRailActivity of many.
  double reach() const {
    return kRailActivity * sum + std::sqrt(kRailActivity * (1 - kRailActivity) * square_sum);
  }
};

// One of the m neurons of a rail.
struct RailNeuron {
  bool used = false;
  bool negative = false;  // of the - rail
  std::int32_t turn = 0;  // j
  std::int32_t of = 1;    // m
};

// The rails of one input: [out_channel][chunk][+ or -].
struct InputRails {
  InputChunks chunks;
  std::vector<Rail> rails;
  std::int32_t outputs_each = 1;  // neurons of both rails, the most of all parts

  Rail& at(std::int32_t out, std::int32_t chunk, int sign) {
    return rails[(std::size_t(out) * chunks.count + chunk) * 2 + sign];
  }
  RailNeuron neuron(std::int32_t out, std::int32_t chunk, std::int32_t each);
};

std::int16_t OnRail(std::int16_t weight, bool negative) {
  return static_cast<std::int16_t>(std::max(0, negative ? -weight : +weight));
}

AxonWeights Negated(AxonWeights values) {
  for (std::int16_t& value : values) {
    value = static_cast<std::int16_t>(-value);
  }
  return values;
}

class RateCutter {
 public:
  explicit RateCutter(const SpikingLayer& layer)
      : layer_(layer),
        channels_(layer.output_shape.channels),
        steps_(channels_),
        units_(channels_) {}

  absl::Status Plan() {
    SPIKEMESH_ASSIGN_OR_RETURN(representation_, RepresentLayer(layer_));
    SPIKEMESH_ASSIGN_OR_RETURN(size_.axon_types, RailTypes());
    for (const LayerInput& input : layer_.inputs) {
      rails_.push_back(MakeRails(input, size_.axon_types));
      size_.chunks.push_back(rails_.back().chunks);
    }
    if (2 * size_.parts() > kMergeAxonsMax) {
      return WithTernaryRemedy(
          absl::ResourceExhaustedError(Concat(
              "layer \"", layer_.name, "\": ", InputsPerNeuron(layer_), " inputs per neuron are ",
              size_.parts(), " parts of two rails each, a merge neuron has ", kMergeAxonsMax,
              " axons for them; use groups of fewer inputs")),
          size_);
    }
    for (std::int32_t out = 0; out < channels_; ++out) {
      ChooseStep(out);
    }
    std::int64_t partial_outputs = 0;
    for (const InputRails& input : rails_) {
      partial_outputs += std::int64_t{channels_} * input.chunks.count * input.outputs_each;
    }
    return CheckMergeWeights(layer_, partial_outputs);
  }

  // The others: after Plan.
  const SplitSize& size() const { return size_; }
  SpikingLayer MakeMerge() const;
  void MakePartial(std::size_t index, SplitLayer& split);

 private:
  // The axon types that the weights of all rails have together.
  absl::StatusOr<std::int32_t> RailTypes() const;
  InputRails MakeRails(const LayerInput& input, std::int32_t types) const;
  void ChooseStep(std::int32_t out);
  std::int64_t RailNeurons(std::int32_t out, std::int32_t step);
  void AppendRailNeurons(std::int32_t out, const RailNeuron& neuron, SpikingLayer& partial) const;
  std::int32_t LeastThreshold(std::int32_t out) const;

  const SpikingLayer& layer_;
  std::int32_t channels_;
  LayerRepresentation representation_;
  std::vector<InputRails> rails_;    // [input]
  std::vector<std::int32_t> steps_;  // [out_channels]: s, in units of the weights
  std::vector<std::int32_t> units_;  // [out_channels]: what merge neurons count in, s / unit <= 255
  SplitSize size_;
};

absl::StatusOr<std::int32_t> RateCutter::RailTypes() const {
  SpikingLayer both = layer_;
  both.output_shape.channels *= 2;
  both.axon_weights.clear();
  for (std::size_t i = 0; i < layer_.inputs.size(); ++i) {
    InputChunks whole = ChunkInput(layer_.inputs[i], 1, 1 << 30);
    both.inputs[i] =
        MakePartialInput(layer_.inputs[i], channels_, whole, 2,
                         [](std::int32_t, std::int32_t, std::int32_t each, std::int16_t weight) {
                           return OnRail(weight, each == 1);
                         });
  }
  for (std::int32_t out = 0; out < channels_; ++out) {
    both.axon_weights.push_back(representation_.values[out]);
    both.axon_weights.push_back(Negated(representation_.values[out]));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const LayerRepresentation found, RepresentLayer(both));
  AxonTypeMask used = 0;
  for (const AxonTypeMask mask : found.types_used) {
    used |= mask;
  }
  return std::popcount(used);
}

InputRails RateCutter::MakeRails(const LayerInput& input, std::int32_t types) const {
  InputRails rails;
  rails.chunks = ChunkInput(input, types, kAxonsPerCore);
  rails.rails.resize(std::size_t(channels_) * rails.chunks.count * 2);
  for (std::int32_t out = 0; out < channels_; ++out) {
    for (std::int32_t chunk = 0; chunk < rails.chunks.count; ++chunk) {
      for (std::int32_t w = rails.chunks.begin(chunk); w < rails.chunks.begin(chunk + 1); ++w) {
        const std::int16_t weight = input.weights[std::size_t(out) * rails.chunks.inputs + w];
        rails.at(out, chunk, weight < 0 ? 1 : 0).Add(std::abs(weight));
      }
    }
  }
  return rails;
}

std::int32_t RateCutter::LeastThreshold(std::int32_t out) const {
  const std::ptrdiff_t positions = layer_.output_shape.size() / channels_;
  const auto begin = layer_.thresholds.begin() + out * positions;
  return *std::min_element(begin, begin + positions);
}

std::int64_t RateCutter::RailNeurons(std::int32_t out, std::int32_t step) {
  std::int64_t neurons = 0;
  for (InputRails& input : rails_) {
    for (std::int32_t i = 0; i < 2 * input.chunks.count; ++i) {
      Rail& rail = input.at(out, i / 2, i % 2);
      rail.neurons = static_cast<std::int32_t>(std::ceil(rail.reach() / step));
      neurons += rail.neurons;
    }
  }
  return neurons;
}

void RateCutter::ChooseStep(std::int32_t out) {
  const double error = kMergeError * std::sqrt(6.0 / static_cast<double>(size_.parts()));
  std::int32_t step = std::max(1, static_cast<std::int32_t>(error * LeastThreshold(out)));
  const auto round_up = [&](std::int32_t value) {
    units_[out] = (value + kWeightMax - 1) / kWeightMax;
    return (value + units_[out] - 1) / units_[out] * units_[out];
  };
  step = round_up(step);
  std::int64_t neurons = RailNeurons(out, step);
  while (neurons > kMergeAxonsMax) {
    step = round_up(step + std::max(1, step / 16));
    neurons = RailNeurons(out, step);
  }
  steps_[out] = step;
  size_.partial_neurons += neurons * (layer_.output_shape.size() / channels_);
  for (InputRails& input : rails_) {
    for (std::int32_t chunk = 0; chunk < input.chunks.count; ++chunk) {
      input.outputs_each = std::max(
          input.outputs_each, input.at(out, chunk, 0).neurons + input.at(out, chunk, 1).neurons);
    }
  }
}

// Which rail neuron a partial output is, within its part and output channel.
RailNeuron InputRails::neuron(std::int32_t out, std::int32_t chunk, std::int32_t each) {
  const std::int32_t plus = at(out, chunk, 0).neurons;
  const std::int32_t minus = at(out, chunk, 1).neurons;
  RailNeuron neuron;
  neuron.used = each < plus + minus;
  neuron.negative = each >= plus;
  neuron.turn = neuron.negative ? each - plus : each;
  neuron.of = neuron.negative ? minus : plus;
  return neuron;
}

void RateCutter::MakePartial(std::size_t index, SplitLayer& split) {
  InputRails& rails = rails_[index];
  const LayerInput& input = layer_.inputs[index];
  SpikingLayer partial;
  partial.name = Concat(layer_.name, " part", layer_.inputs.size() > 1 ? Concat(" ", index) : "");
  partial.inputs.push_back(MakePartialInput(
      input, channels_, rails.chunks, rails.outputs_each,
      [&](std::int32_t out, std::int32_t chunk, std::int32_t each, std::int16_t weight) {
        const RailNeuron neuron = rails.neuron(out, chunk, each);
        return neuron.used ? OnRail(weight, neuron.negative) : std::int16_t{0};
      }));
  partial.output_shape = layer_.output_shape;
  partial.output_shape.channels *= rails.chunks.count * rails.outputs_each;
  ForEachPartial(input, channels_, rails.chunks, rails.outputs_each,
                 [&](std::int32_t out, std::int32_t chunk, std::int32_t each) {
                   AppendRailNeurons(out, rails.neuron(out, chunk, each), partial);
                 });
  partial.leaks.assign(partial.thresholds.size(), 0);
  LayerInput& merge = split.merge.inputs.emplace_back(
      MakeMergeInput(input, channels_, partial.output_shape, rails.chunks, rails.outputs_each,
                     [&](std::int32_t out, std::int32_t chunk, std::int32_t each) {
                       const RailNeuron neuron = rails.neuron(out, chunk, each);
                       const std::int32_t value = neuron.used ? steps_[out] / units_[out] : 0;
                       return static_cast<std::int16_t>(neuron.negative ? -value : value);
                     }));
  merge.source = static_cast<std::int32_t>(index);
  split.partials.push_back(std::move(partial));
}

// One rail neuron at every position; one that is not used is read by nobody.
void RateCutter::AppendRailNeurons(std::int32_t out, const RailNeuron& neuron,
                                   SpikingLayer& partial) const {
  const auto positions = static_cast<std::size_t>(layer_.output_shape.size() / channels_);
  const std::int32_t step = steps_[out];
  const AxonWeights& values = representation_.values[out];
  partial.axon_weights.push_back(neuron.negative ? Negated(values) : values);
  partial.thresholds.insert(partial.thresholds.end(), positions,
                            neuron.used ? step * neuron.of : 1);
  partial.initial_potentials.insert(partial.initial_potentials.end(), positions,
                                    neuron.used ? neuron.turn * step + step / 2 : 0);
}

SpikingLayer RateCutter::MakeMerge() const {
  SpikingLayer merge;
  merge.name = layer_.name;
  merge.output_shape = layer_.output_shape;
  const std::int64_t positions = layer_.output_shape.size() / channels_;
  for (std::size_t neuron = 0; neuron < layer_.thresholds.size(); ++neuron) {
    const double unit = units_[neuron / positions];
    const auto in_units = [unit](std::int32_t value) {
      return static_cast<std::int32_t>(std::lround(value / unit));
    };
    merge.thresholds.push_back(std::max(1, in_units(layer_.thresholds[neuron])));
    merge.leaks.push_back(in_units(layer_.leaks[neuron]));
    merge.initial_potentials.push_back(in_units(layer_.initial_potentials[neuron]));
  }
  return merge;
}

}  // namespace

absl::StatusOr<SplitLayer> SplitRateLayer(const SpikingLayer& layer) {
  RateCutter cutter(layer);
  SPIKEMESH_RETURN_IF_ERROR(cutter.Plan());
  return CutLayer(layer, cutter);
}

absl::StatusOr<SplitSize> PlanRateSplit(const SpikingLayer& layer) {
  RateCutter cutter(layer);
  SPIKEMESH_RETURN_IF_ERROR(cutter.Plan());
  return cutter.size();
}

}  // namespace spikemesh
