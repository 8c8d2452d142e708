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

std::int64_t UnitOf(std::span<const std::int16_t> weights) {
  std::int64_t unit = 0;
  for (const std::int16_t weight : weights) {
    unit = std::gcd(unit, std::int64_t{weight});
  }
  return std::max<std::int64_t>(1, unit);
}

SumRange RangeOf(std::span<const std::int16_t> weights, std::int64_t unit) {
  SumRange range = {0, unit, 0};
  for (const std::int16_t weight : weights) {
    range.low += std::min<std::int64_t>(0, weight);
    range.steps += std::abs(weight) / unit;
  }
  return range;
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
      : network_(network), layer_(network.layers.back()), input_(layer_.inputs.front()) {}

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
    for (const AxonTypeMask mask : found.masks.front()) {
      types = std::max(types, std::popcount(mask));
    }
    chunks_ = ChunkInput(input_, types, kAxonsPerCore - kBiasAxonsMax);
    result_.chunks = chunks_.count;
    for (const Thermometer& one : thermometers_) {
      const bool exact = one.exact();
      if (!exact && !one.almost_exact(chunks_.count)) {
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
           layer_.inputs.size() == 1 && input_.groups == 1 &&
           layer_.output_shape.size() == layer_.output_shape.channels;
  }

  std::span<const std::int16_t> WeightsOf(std::size_t neuron) const {
    const std::size_t inputs = layer_.inputs.front().weights.size() / layer_.thresholds.size();
    return std::span(input_.weights).subspan(neuron * inputs, inputs);
  }

  bool ReadThermometers();
  void Build();
  void AddPart(const Thermometer& one, std::int32_t vote, std::int32_t chunk, std::int64_t always);

  const SpikingNetwork& network_;
  const SpikingLayer& layer_;
  const LayerInput& input_;
  InputChunks chunks_;
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
    const bool alike = std::ranges::equal(WeightsOf(neuron), WeightsOf(one.row)) &&
                       (layer_.axon_weights.empty() ||
                        layer_.axon_weights[neuron] == layer_.axon_weights[one.row]);
    if (!alike) {
      return false;
    }
    one.thresholds.push_back(layer_.thresholds[neuron]);
  }
  for (Thermometer& one : thermometers_) {
    if (one.thresholds.empty()) {
      return false;
    }
    std::ranges::sort(one.thresholds);
    one.range = RangeOf(WeightsOf(one.row), UnitOf(WeightsOf(one.row)));
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
  LayerInput& input = result_.layer.inputs.emplace_back(input_);
  input.weights.clear();
  for (std::size_t c = 0; c < thermometers_.size(); ++c) {
    const Thermometer& one = thermometers_[c];
    for (std::int32_t chunk = 0; chunk < chunks_.count; ++chunk) {
      AddPart(one, static_cast<std::int32_t>(c), chunk,
              chunk == 0 ? one.votes_least - least->votes_least : 0);
    }
  }
  result_.layer.output_shape = {static_cast<std::int32_t>(result_.classes.size()), 1, 1};
}

// The neurons of one part of one class; `always` of them fire whatever comes.
void ReadoutSplitter::AddPart(const Thermometer& one, std::int32_t vote, std::int32_t chunk,
                              std::int64_t always) {
  const std::span<const std::int16_t> weights = WeightsOf(one.row);
  const auto begin = static_cast<std::size_t>(chunks_.begin(chunk));
  const auto end = static_cast<std::size_t>(chunks_.begin(chunk + 1));
  const SumRange part = RangeOf(weights.subspan(begin, end - begin), one.range.unit);
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
    std::vector<std::int16_t>& row = result_.layer.inputs.front().weights;
    const std::size_t at = row.size();
    row.resize(at + weights.size());
    std::copy(weights.begin() + begin, weights.begin() + end, row.begin() + at + begin);
  }
}

}  // namespace

absl::StatusOr<std::optional<ReadoutSplit>> SplitReadout(const SpikingNetwork& network) {
  return ReadoutSplitter(network).Split();
}

}  // namespace spikemesh
