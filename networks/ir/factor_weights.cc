// SPDX-License-Identifier: Apache-2.0
// Finding the scale of quantised weights. The smallest magnitude of the channel is some multiple k
// of the scale; for each k in 1..255 every other magnitude names its own multiple, and each pair
// (magnitude, multiple) bounds the scale to the reals that round to that float. The bounds either
// meet, and then any scale between them reproduces every weight, or k is wrong. The first k that
// fits gives coprime multiples: a common divisor g would have fitted at k / g.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "core/base/limits.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

// The distinct non-zero magnitudes, ascending; nothing when there are more than multiples could
// tell apart, or one is not finite.
std::optional<std::vector<float>> DistinctMagnitudes(std::span<const float> weights) {
  std::vector<float> magnitudes;
  for (const float weight : weights) {
    if (!std::isfinite(weight)) {
      return std::nullopt;
    }
    const float magnitude = std::abs(weight);
    const auto at = std::lower_bound(magnitudes.begin(), magnitudes.end(), magnitude);
    if (magnitude == 0.0F || (at != magnitudes.end() && *at == magnitude)) {
      continue;
    }
    if (magnitudes.size() == static_cast<std::size_t>(kWeightMax)) {
      return std::nullopt;
    }
    magnitudes.insert(at, magnitude);
  }
  return magnitudes;
}

// The reals that round to the positive float `value`: halfway to its neighbours, ends included.
struct Interval {
  double low;
  double high;
};
Interval RoundingInterval(float value) {
  const double below = std::nextafter(value, 0.0F);
  const float above = std::nextafter(value, std::numeric_limits<float>::infinity());
  const double gap_below = (value - below) / 2;
  const double gap_above = std::isfinite(above) ? (double{above} - value) / 2 : gap_below;
  return {value - gap_below, value + gap_above};
}

bool Reproduces(double scale, std::int32_t multiple, float magnitude) {
  return static_cast<float>(scale * multiple) == magnitude;
}

// The scale under which magnitudes[0] is `multiple` times it and all others are whole multiples.
std::optional<double> ScaleForMultiple(const std::vector<float>& magnitudes,
                                       std::int32_t multiple) {
  const double estimate = double{magnitudes[0]} / multiple;
  Interval scale{0.0, std::numeric_limits<double>::infinity()};
  for (const float magnitude : magnitudes) {
    const double whole = std::round(magnitude / estimate);
    if (whole > kWeightMax) {
      return std::nullopt;
    }
    const Interval reals = RoundingInterval(magnitude);
    scale.low = std::max(scale.low, reals.low / whole);
    scale.high = std::min(scale.high, reals.high / whole);
    if (scale.low > scale.high) {
      return std::nullopt;
    }
  }
  // Exporters keep scales as floats: prefer one of those, then the plain quotient.
  const double middle = scale.low + (scale.high - scale.low) / 2;
  for (const double candidate : {double{static_cast<float>(middle)}, estimate, middle}) {
    const bool all =
        candidate > 0 && std::all_of(magnitudes.begin(), magnitudes.end(), [&](float m) {
          return Reproduces(candidate, static_cast<std::int32_t>(std::round(m / candidate)), m) &&
                 std::round(m / candidate) <= kWeightMax;
        });
    if (all) {
      return candidate;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<IntegerWeights> FactorWeights(std::span<const float> weights) {
  const std::optional<std::vector<float>> magnitudes = DistinctMagnitudes(weights);
  if (!magnitudes.has_value()) {
    return std::nullopt;
  }
  IntegerWeights result;
  result.values.assign(weights.size(), 0);
  if (magnitudes->empty()) {
    return result;
  }
  for (std::int32_t multiple = 1; multiple <= kWeightMax; ++multiple) {
    const std::optional<double> scale = ScaleForMultiple(*magnitudes, multiple);
    if (!scale.has_value()) {
      continue;
    }
    result.scale = *scale;
    std::transform(weights.begin(), weights.end(), result.values.begin(), [&](float weight) {
      return static_cast<std::int32_t>(std::lround(weight / *scale));
    });
    return result;
  }
  return std::nullopt;
}

std::optional<IntegerWeights> FactorChannel(const ConvolutionNode& node, std::size_t channel) {
  const std::size_t count = node.weights.size() / node.bias.size();
  std::optional<IntegerWeights> factored =
      FactorWeights(std::span(node.weights).subspan(channel * count, count));
  if (!factored.has_value() || node.precise_weights.empty()) {
    return factored;
  }
  const auto precise = std::span(node.precise_weights).subspan(channel * count, count);
  const auto [least, greatest] =
      std::minmax_element(factored->values.begin(), factored->values.end());
  const auto at = -*least > *greatest ? least : greatest;
  if (*at != 0) {
    factored->scale = precise[at - factored->values.begin()] / *at;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double whole = factored->scale * factored->values[i];
    if (std::abs(whole - precise[i]) > std::ldexp(std::abs(precise[i]), -40)) {
      return std::nullopt;
    }
  }
  return factored;
}

ChannelWeights WeightsOfChannel(const ConvolutionNode& node, std::size_t channel) {
  const std::optional<IntegerWeights> factored = FactorChannel(node, channel);
  ChannelWeights result;
  if (factored.has_value()) {
    result.scale = factored->scale;
    result.values.assign(factored->values.begin(), factored->values.end());
    return result;
  }
  const std::size_t count = node.weights.size() / node.bias.size();
  const auto begin = static_cast<std::ptrdiff_t>(channel * count);
  const auto end = static_cast<std::ptrdiff_t>(channel * count + count);
  if (node.precise_weights.empty()) {
    result.values.assign(node.weights.begin() + begin, node.weights.begin() + end);
  } else {
    result.values.assign(node.precise_weights.begin() + begin, node.precise_weights.begin() + end);
  }
  return result;
}

}  // namespace spikemesh
