// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/represent_channel.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <numeric>
#include <tuple>

namespace spikemesh {
namespace {

// A search that has looked at so many sets of values gives up; a channel takes it a millisecond.
constexpr std::int32_t kSearchNodesMax = 20'000;
// Four values have 15 sums besides 0.
constexpr std::size_t kDistinctMax = (1 << kAxonTypes) - 1;

// The weights as sums of `values` times `unit`, each of as few as possible.
std::optional<ChannelRepresentation> FromValues(std::span<const WeightCount> weights,
                                                WeightsKind kind, const AxonWeights& values,
                                                std::int32_t unit) {
  ChannelRepresentation result;
  result.kind = kind;
  result.unit = unit;
  for (const WeightCount& weight : weights) {
    AxonTypeMask best = 0;
    for (AxonTypeMask mask = 1; mask <= kAllAxonTypes; ++mask) {
      const bool fewer = best == 0 || std::popcount(mask) < std::popcount(best);
      if (fewer && ValueOf(values, mask) * unit == weight.weight) {
        best = mask;
      }
    }
    if (best == 0) {
      return std::nullopt;
    }
    result.masks.push_back(best);
    result.types_used |= best;
    result.axons += std::int64_t{weight.count} * std::popcount(best);
  }
  for (std::size_t type = 0; type < values.size(); ++type) {
    result.values[type] = (result.types_used >> type & 1) != 0 ? values[type] : std::int16_t{0};
  }
  return result;
}

std::int32_t GreatestDivisor(std::span<const WeightCount> weights) {
  std::int32_t divisor = 0;
  for (const WeightCount& weight : weights) {
    divisor = std::gcd(divisor, std::int32_t{weight.weight});
  }
  return std::max(1, divisor);
}

std::optional<ChannelRepresentation> AsTernary(std::span<const WeightCount> weights,
                                               bool whole_units) {
  const std::int32_t magnitude = GreatestDivisor(weights);
  const std::int32_t value = whole_units ? 1 : magnitude;
  if (value > kWeightMax) {
    return std::nullopt;
  }
  const auto plus = static_cast<std::int16_t>(value);
  return FromValues(weights, WeightsKind::kTernary, {plus, static_cast<std::int16_t>(-plus), 0, 0},
                    whole_units ? magnitude : 1);
}

std::optional<ChannelRepresentation> AsBits(std::span<const WeightCount> weights,
                                            bool whole_units) {
  const std::int32_t divisor = GreatestDivisor(weights);
  const std::int32_t value = whole_units ? 1 : divisor;
  if (8 * value > kWeightMax) {
    return std::nullopt;
  }
  AxonWeights values = {1, 2, 4, -8};
  for (std::int16_t& weight : values) {
    weight = static_cast<std::int16_t>(weight * value);
  }
  return FromValues(weights, WeightsKind::kInt4, values, whole_units ? divisor : 1);
}

std::optional<ChannelRepresentation> FromCodebook(std::span<const WeightCount> weights,
                                                  AxonWeights codebook, bool whole_units) {
  std::int32_t unit = 0;
  for (const std::int16_t value : codebook) {
    unit = whole_units ? std::gcd(unit, std::int32_t{value}) : 1;
  }
  unit = std::max(1, unit);
  for (std::int16_t& value : codebook) {
    value = static_cast<std::int16_t>(value / unit);
  }
  return FromValues(weights, WeightsKind::kCodebook, codebook, unit);
}

// Looks for `size` values whose sums give all of `wanted`, depth first.
class ValueSearch {
 public:
  ValueSearch(std::vector<std::int32_t> wanted, std::size_t size)
      : wanted_(std::move(wanted)), size_(size) {
    for (const std::int32_t one : wanted_) {
      AddCandidate(one);
    }
    weights_only_ = candidates_.size();
    for (const std::int32_t one : wanted_) {
      for (const std::int32_t other : wanted_) {
        AddCandidate(one - other);
      }
    }
  }

  std::optional<AxonWeights> Find() {
    // Mostly the values are weights themselves; those sets are few.
    candidates_used_ = weights_only_;
    bool found = Extend({0}, 0);
    if (!found) {
      candidates_used_ = candidates_.size();
      nodes_ = 0;
      found = Extend({0}, 0);
    }
    if (!found) {
      return std::nullopt;
    }
    AxonWeights values = {};
    std::copy(values_.begin(), values_.end(), values.begin());
    return values;
  }

 private:
  void AddCandidate(std::int32_t value) {
    const bool known =
        std::find(candidates_.begin(), candidates_.end(), value) != candidates_.end();
    if (value != 0 && std::abs(value) <= kWeightMax && !known) {
      candidates_.push_back(value);
    }
  }

  // `sums`: those of values_; `candidate`: the first not yet tried, as sets have no order. True
  // when values_ is complete and good.
  bool Extend(const std::vector<std::int32_t>& sums, std::size_t candidate) {
    std::vector<std::int32_t> missing;
    for (const std::int32_t sum : wanted_) {
      if (std::find(sums.begin(), sums.end(), sum) == sums.end()) {
        missing.push_back(sum);
      }
    }
    if (missing.empty()) {
      return true;
    }
    const std::size_t sums_to_come = (std::size_t{1} << size_) - sums.size();
    if (values_.size() == size_ || missing.size() > sums_to_come || nodes_ >= kSearchNodesMax) {
      return false;
    }
    if (values_.size() + 1 < size_) {
      for (std::size_t next = candidate; next < candidates_used_; ++next) {
        if (TryValue(candidates_[next], sums, next + 1)) {
          return true;
        }
      }
    }
    // The last value, or one that makes the first missing sum of sums that are there.
    return std::any_of(sums.begin(), sums.end(), [&](std::int32_t sum) {
      return TryValue(missing.front() - sum, sums, candidate);
    });
  }

  bool TryValue(std::int32_t value, std::vector<std::int32_t> sums, std::size_t candidate) {
    if (value == 0 || std::abs(value) > kWeightMax) {
      return false;
    }
    ++nodes_;
    const std::size_t count = sums.size();
    for (std::size_t i = 0; i < count; ++i) {
      sums.push_back(sums[i] + value);
    }
    values_.push_back(static_cast<std::int16_t>(value));
    if (Extend(sums, candidate)) {
      return true;
    }
    values_.pop_back();
    return false;
  }

  std::vector<std::int32_t> wanted_;
  std::size_t size_;
  std::vector<std::int32_t> candidates_;  // weights, then differences
  std::size_t weights_only_ = 0;
  std::size_t candidates_used_ = 0;
  std::vector<std::int16_t> values_;
  std::int32_t nodes_ = 0;
};

// With fewer types than `types_limit`.
std::optional<ChannelRepresentation> BySearch(std::span<const WeightCount> weights,
                                              bool whole_units, int types_limit) {
  const std::int32_t unit = whole_units ? GreatestDivisor(weights) : 1;
  std::vector<std::int32_t> wanted;
  for (const WeightCount& weight : weights) {
    wanted.push_back(weight.weight / unit);
  }
  for (auto size = static_cast<std::size_t>(std::bit_width(wanted.size()));
       size < static_cast<std::size_t>(types_limit); ++size) {
    const std::optional<AxonWeights> values = ValueSearch(wanted, size).Find();
    if (values) {
      return FromValues(weights, WeightsKind::kInteger, *values, unit);
    }
  }
  return std::nullopt;
}

std::optional<ChannelRepresentation> EachByItself(std::span<const WeightCount> weights,
                                                  bool whole_units) {
  if (weights.size() > std::size_t{kAxonTypes}) {
    return std::nullopt;
  }
  const std::int32_t unit = whole_units ? GreatestDivisor(weights) : 1;
  AxonWeights values = {};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::int32_t value = weights[i].weight / unit;
    if (std::abs(value) > kWeightMax) {
      return std::nullopt;
    }
    values[i] = static_cast<std::int16_t>(value);
  }
  return FromValues(weights, WeightsKind::kInteger, values, unit);
}

// Smaller is better.
std::tuple<std::int64_t, int, std::int64_t> Rank(const ChannelRepresentation& one) {
  const int types = std::popcount(one.types_used);
  const bool fits = one.axons <= kAxonsPerCore;
  return {fits ? 0 : one.axons, types, one.axons};
}

}  // namespace

std::optional<ChannelRepresentation> RepresentChannel(std::span<const WeightCount> weights,
                                                      const AxonWeights* codebook,
                                                      bool whole_units) {
  std::optional<ChannelRepresentation> best;
  const auto consider = [&best](std::optional<ChannelRepresentation> one) {
    if (one && (!best || Rank(*one) < Rank(*best))) {
      best = std::move(one);
    }
  };
  if (weights.size() > kDistinctMax) {
    return std::nullopt;
  }
  consider(AsTernary(weights, whole_units));
  consider(AsBits(weights, whole_units));
  if (codebook != nullptr) {
    consider(FromCodebook(weights, *codebook, whole_units));
  }
  consider(BySearch(weights, whole_units, best ? std::popcount(best->types_used) : kAxonTypes + 1));
  consider(EachByItself(weights, whole_units));
  return best;
}

}  // namespace spikemesh
