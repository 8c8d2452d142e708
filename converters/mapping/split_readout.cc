// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/split_readout.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <numeric>
#include <span>
#include <utility>

#include "converters/mapping/chunk_inputs.h"
#include "converters/mapping/represent_layer.h"
#include "core/base/limits.h"

namespace spikemesh {
namespace {

// Left for bias axons of the parts.
constexpr std::int32_t kBiasAxonsMax = 8;

// A read-out that is not exact is split if each part has so many votes of a class, on average, and
// no sum has more than so many votes too many or too few against an even rise.
constexpr std::int64_t kVotesAPartMin = 8;
constexpr double kUnevennessMax = 1.5;
// Sums of more steps are not looked through.
constexpr std::int64_t kStepsMax = std::int64_t{1} << 20;

// What a run of weights can sum to: low, low + unit, .. low + unit * steps, where each may occur.
struct SumRange {
  std::int64_t low = 0;
  std::int64_t unit = 1;
  std::int64_t steps = 0;
};

// The greatest number that `unit` and all weights are multiples of.
std::int64_t CommonUnit(std::int64_t unit, std::span<const std::int16_t> weights) {
  for (const std::int16_t weight : weights) {
    unit = std::gcd(unit, std::int64_t{weight});
  }
  return unit;
}

void AddToRange(std::span<const std::int16_t> weights, SumRange& range) {
  for (const std::int16_t weight : weights) {
    range.low += std::min<std::int64_t>(0, weight);
    range.steps += std::abs(weight) / range.unit;
  }
}

// The neurons of one class: `row` of the weights is that of each.
struct Thermometer {
  std::size_t row = 0;
  std::vector<std::int32_t> thresholds;  // rising
  SumRange range;
  std::int64_t votes_least = 0;  // at the least sum
  std::int64_t votes_more = 0;   // at the greatest sum, beyond those

  std::int64_t VotesAt(std::int64_t sum) const {
    return std::upper_bound(thresholds.begin(), thresholds.end(), sum) - thresholds.begin();
  }
  // How far the votes are from rising evenly with the sum: 0 is never.
  double Unevenness() const {
    const double slope = static_cast<double>(votes_more) /
                         static_cast<double>(std::max<std::int64_t>(1, range.steps));
    double greatest = 0;
    for (std::int64_t step = 0; step <= range.steps; ++step) {
      const auto votes = static_cast<double>(VotesAt(range.low + range.unit * step) - votes_least);
      greatest = std::max(greatest, std::abs(votes - slope * static_cast<double>(step)));
    }
    return greatest;
  }
  bool exact() const {
    return (votes_more == 0 || votes_more % range.steps == 0) && Unevenness() == 0;
  }
  // Whether parts that round to whole votes say about the same.
  bool almost_exact(std::int32_t parts) const {
    return votes_more >= kVotesAPartMin * parts && Unevenness() <= kUnevennessMax;
  }
};

class ReadoutSplitter {
 public:
  explicit ReadoutSplitter(const SpikingNetwork& network)
      : network_(network), layer_(network.layers.back()) {}

  absl::StatusOr<std::optional<ReadoutSplit>> Split() {
    if (!CanBeThermometers()) {
      return std::nullopt;
    }
    SPIKEMESH_ASSIGN_OR_RETURN(const LayerRepresentation found, RepresentLayer(layer_));
    result_.axons = *std::ranges::max_element(found.axons);
    if (result_.axons <= kAxonsPerCore || !ReadThermometers()) {
      return std::nullopt;
    }
    int types = 1;  // that a weight is the sum of
    for (const std::vector<AxonTypeMask>& masks : found.masks) {
      for (const AxonTypeMask mask : masks) {
        types = std::max(types, std::popcount(mask));
      }
    }
    result_.chunks = 0;
    for (const LayerInput& input : layer_.inputs) {
      chunks_.push_back(ChunkInput(input, types, kAxonsPerCore - kBiasAxonsMax));
      result_.chunks += chunks_.back().count;
    }
    for (const Thermometer& one : thermometers_) {
      const bool exact = one.exact();
      if (!exact && !one.almost_exact(result_.chunks)) {
        return std::nullopt;
      }
      result_.exact = result_.exact && exact;
    }
    Build();
    if (result_.classes.empty()) {
      return std::nullopt;  // nobody votes
    }
    return std::move(result_);
  }

 private:
  bool CanBeThermometers() const {
    return network_.presentation.mode == PresentationMode::kPipelined && !layer_.integrating() &&
           layer_.output_shape.size() == layer_.output_shape.channels &&
           std::ranges::all_of(layer_.inputs,
                               [](const LayerInput& input) { return input.groups == 1; });
  }

  std::span<const std::int16_t> WeightsOf(const LayerInput& input, std::size_t neuron) const {
    const std::size_t inputs = input.weights.size() / layer_.thresholds.size();
    return std::span(input.weights).subspan(neuron * inputs, inputs);
  }
  // Whether two neurons differ in their thresholds at most.
  bool IsAlike(std::size_t a, std::size_t b) const {
    return std::ranges::all_of(layer_.inputs,
                               [&](const LayerInput& input) {
                                 return std::ranges::equal(WeightsOf(input, a),
                                                           WeightsOf(input, b));
                               }) &&
           (layer_.axon_weights.empty() || layer_.axon_weights[a] == layer_.axon_weights[b]);
  }
  SumRange RangeOf(std::size_t neuron) const {
    SumRange range;
    range.unit = 0;
    for (const LayerInput& input : layer_.inputs) {
      range.unit = CommonUnit(range.unit, WeightsOf(input, neuron));
    }
    range.unit = std::max<std::int64_t>(1, range.unit);
    for (const LayerInput& input : layer_.inputs) {
      AddToRange(WeightsOf(input, neuron), range);
    }
    return range;
  }

  bool ReadThermometers();
  void Build();
  void AddPart(const Thermometer& one, std::int32_t vote, std::size_t input, std::int32_t chunk,
               std::int64_t always);

  const SpikingNetwork& network_;
  const SpikingLayer& layer_;
  std::vector<InputChunks> chunks_;        // [input]
  std::vector<Thermometer> thermometers_;  // [class]
  ReadoutSplit result_;
};

// False where neurons of one class differ in more than thresholds, or a class has none, or sums of
// too many steps.
bool ReadoutSplitter::ReadThermometers() {
  thermometers_.resize(static_cast<std::size_t>(network_.class_count));
  for (std::size_t neuron = 0; neuron < layer_.thresholds.size(); ++neuron) {
    if (network_.output_classes[neuron] < 0) {
      continue;
    }
    Thermometer& one = thermometers_[static_cast<std::size_t>(network_.output_classes[neuron])];
    if (one.thresholds.empty()) {
      one.row = neuron;
    }
    if (!IsAlike(neuron, one.row)) {
      return false;
    }
    one.thresholds.push_back(layer_.thresholds[neuron]);
  }
  for (Thermometer& one : thermometers_) {
    if (one.thresholds.empty()) {
      return false;
    }
    std::ranges::sort(one.thresholds);
    one.range = RangeOf(one.row);
    if (one.range.steps > kStepsMax) {
      return false;
    }
    one.votes_least = one.VotesAt(one.range.low);
    one.votes_more =
        one.VotesAt(one.range.low + one.range.unit * one.range.steps) - one.votes_least;
  }
  return true;
}

void ReadoutSplitter::Build() {
  const auto least = std::ranges::min_element(thermometers_, {}, &Thermometer::votes_least);
  result_.layer.name = layer_.name;
  result_.layer.inputs = layer_.inputs;
  for (LayerInput& input : result_.layer.inputs) {
    input.weights.clear();
  }
  for (std::size_t c = 0; c < thermometers_.size(); ++c) {
    const Thermometer& one = thermometers_[c];
    std::int64_t always = one.votes_least - least->votes_least;
    for (std::size_t input = 0; input < chunks_.size(); ++input) {
      for (std::int32_t chunk = 0; chunk < chunks_[input].count; ++chunk) {
        AddPart(one, static_cast<std::int32_t>(c), input, chunk, std::exchange(always, 0));
      }
    }
  }
  result_.layer.output_shape = {static_cast<std::int32_t>(result_.classes.size()), 1, 1};
}

// The neurons of one part of one class; `always` of them fire whatever comes.
void ReadoutSplitter::AddPart(const Thermometer& one, std::int32_t vote, std::size_t input,
                              std::int32_t chunk, std::int64_t always) {
  const InputChunks& chunks = chunks_[input];
  const std::span<const std::int16_t> weights = WeightsOf(layer_.inputs[input], one.row);
  const auto begin = chunks.begin(chunk);
  const auto end = chunks.begin(chunk + 1);
  SumRange part = {0, one.range.unit, 0};
  AddToRange(
      weights.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
      part);
  const std::int64_t steps = std::max<std::int64_t>(1, one.range.steps);
  const std::int64_t votes = (2 * one.votes_more * part.steps + steps) / (2 * steps);
  for (std::int64_t k = 1 - always; k <= votes; ++k) {
    // The first step of the part's sum that rounds to k votes.
    const std::int64_t step =
        k <= 0 ? 0 : ((2 * k - 1) * steps + 2 * one.votes_more - 1) / (2 * one.votes_more);
    result_.layer.thresholds.push_back(static_cast<std::int32_t>(part.low + part.unit * step));
    result_.classes.push_back(vote);
    if (!layer_.axon_weights.empty()) {
      result_.layer.axon_weights.push_back(layer_.axon_weights[one.row]);
    }
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
      std::vector<std::int16_t>& row = result_.layer.inputs[i].weights;
      const std::size_t at = row.size();
      row.resize(at + WeightsOf(layer_.inputs[i], one.row).size());
      if (i == input) {
        std::copy(weights.begin() + begin, weights.begin() + end,
                  row.begin() + static_cast<std::ptrdiff_t>(at) + begin);
      }
    }
  }
}

}  // namespace

absl::StatusOr<std::optional<ReadoutSplit>> SplitReadout(const SpikingNetwork& network) {
  return ReadoutSplitter(network).Split();
}

}  // namespace spikemesh
