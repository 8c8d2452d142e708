// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/bias_axons.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {
namespace {

using TypeCounts = std::array<std::int32_t, kAxonTypes>;

// Up to so many axons all mixtures of types are tried; beyond, one is grown axon by axon.
constexpr std::int32_t kTriedMax = 8;

// What one bias axon of each type brings towards a constant beyond the leak, and how far it is.
struct Demand {
  TypeCounts gains = {};
  std::int32_t needed = 0;
  bool operator==(const Demand&) const = default;
  auto operator<=>(const Demand&) const = default;
};

bool Uses(const CrossbarLayer& layer, std::int32_t channel, std::size_t type) {
  return (layer.types_used[channel] >> type & 1) != 0;
}

Demand DemandOf(const CrossbarLayer& layer, std::int32_t channel, std::int32_t constant) {
  Demand demand;
  demand.needed = std::abs(constant) - kLeakMax;
  const std::int32_t sign = constant < 0 ? -1 : 1;
  for (std::size_t type = 0; type < demand.gains.size(); ++type) {
    demand.gains[type] = Uses(layer, channel, type)
                             ? std::max(0, sign * layer.axon_weights[channel][type])
                             : kWeightMax;
  }
  return demand;
}

// Of each channel the constants that are farthest beyond the leak, equal demands once.
std::vector<Demand> CollectDemands(const CrossbarLayer& layer) {
  std::vector<Demand> demands;
  for (std::int32_t channel = 0; channel < layer.output_shape.channels; ++channel) {
    const auto begin = layer.constants.begin() + std::ptrdiff_t{channel} * layer.positions();
    const auto [least, greatest] = std::minmax_element(begin, begin + layer.positions());
    for (const std::int32_t constant : {*least, *greatest}) {
      if (std::abs(constant) > kLeakMax) {
        demands.push_back(DemandOf(layer, channel, constant));
      }
    }
  }
  std::sort(demands.begin(), demands.end());
  demands.erase(std::unique(demands.begin(), demands.end()), demands.end());
  return demands;
}

bool Serves(const TypeCounts& axons, const std::vector<Demand>& demands) {
  return std::all_of(demands.begin(), demands.end(), [&axons](const Demand& demand) {
    std::int64_t reached = 0;
    for (std::size_t type = 0; type < axons.size(); ++type) {
      reached += std::int64_t{axons[type]} * demand.gains[type];
    }
    return reached >= demand.needed;
  });
}

// No fewer axons than this serve; more than any core has where none do.
std::int32_t LeastAxons(const std::vector<Demand>& demands) {
  std::int32_t least = 0;
  for (const Demand& demand : demands) {
    const std::int32_t gain = *std::max_element(demand.gains.begin(), demand.gains.end());
    least = std::max(least, gain == 0 ? kAxonsPerCore : (demand.needed + gain - 1) / gain);
  }
  return least;
}

// The first mixture of `total` axons that serves; the last types are tried first, as they are the
// ones that fewest channels use.
std::optional<TypeCounts> ServingMixture(std::int32_t total, const std::vector<Demand>& demands) {
  for (std::int32_t first = 0; first <= total; ++first) {
    for (std::int32_t second = 0; second <= total - first; ++second) {
      for (std::int32_t third = 0; third <= total - first - second; ++third) {
        const TypeCounts axons = {first, second, third, total - first - second - third};
        if (Serves(axons, demands)) {
          return axons;
        }
      }
    }
  }
  return std::nullopt;
}

// Adds the best type of the demand that is farthest off, one axon at a time; nothing where that
// takes more than `axons_max`.
std::optional<TypeCounts> GrownMixture(std::int32_t axons_max, const std::vector<Demand>& demands) {
  TypeCounts axons = {};
  std::vector<std::int32_t> rests;
  rests.reserve(demands.size());
  for (const Demand& demand : demands) {
    rests.push_back(demand.needed);
  }
  for (std::int32_t total = 0; total <= axons_max; ++total) {
    const auto worst = std::max_element(rests.begin(), rests.end()) - rests.begin();
    if (rests[worst] <= 0) {
      return axons;
    }
    const TypeCounts& gains = demands[worst].gains;
    const auto type = std::max_element(gains.begin(), gains.end()) - gains.begin();
    ++axons[type];
    for (std::size_t d = 0; d < demands.size(); ++d) {
      rests[d] -= demands[d].gains[type];
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<TypeCounts> ChooseBiasAxons(const CrossbarLayer& layer, std::int32_t axons_max) {
  const std::vector<Demand> demands = CollectDemands(layer);
  if (demands.empty()) {
    return TypeCounts{};
  }
  const std::int32_t least = LeastAxons(demands);
  for (std::int32_t total = least; total <= std::min(axons_max, kTriedMax); ++total) {
    const std::optional<TypeCounts> axons = ServingMixture(total, demands);
    if (axons) {
      return axons;
    }
  }
  return least > axons_max ? std::nullopt : GrownMixture(axons_max, demands);
}

std::int32_t NeuronBias::sum() const {
  std::int32_t sum = 0;
  for (std::size_t type = 0; type < connected.size(); ++type) {
    sum += connected[type] * weights[type];
  }
  return sum;
}

NeuronBias BiasOf(const CrossbarLayer& layer, std::int32_t neuron) {
  const std::int32_t channel = neuron / layer.positions();
  const std::int32_t constant = layer.constants[neuron];
  const std::int32_t sign = constant < 0 ? -1 : 1;
  NeuronBias bias;
  std::int32_t rest = std::max(0, std::abs(constant) - kLeakMax);
  for (std::size_t type = 0; type < bias.weights.size(); ++type) {
    if (Uses(layer, channel, type)) {
      bias.weights[type] = layer.axon_weights[channel][type];
      continue;
    }
    const std::int32_t count =
        std::min(layer.bias_axons[type], (rest + kWeightMax - 1) / kWeightMax);
    if (count > 0) {
      const std::int32_t value = std::min(kWeightMax, (rest + count - 1) / count);
      bias.weights[type] = static_cast<std::int16_t>(sign * value);
      bias.connected[type] = count;
      rest -= value * count;
    }
  }
  // The rest by the channel's own values, the greatest first.
  while (rest > 0) {
    std::size_t best = bias.weights.size();
    for (std::size_t type = 0; type < bias.weights.size(); ++type) {
      const bool left = bias.connected[type] < layer.bias_axons[type];
      const bool better =
          best == bias.weights.size() || sign * bias.weights[type] > sign * bias.weights[best];
      best = left && sign * bias.weights[type] > 0 && better ? type : best;
    }
    SPIKEMESH_CHECK(best < bias.weights.size());
    ++bias.connected[best];
    rest -= sign * bias.weights[best];
  }
  bias.leak = constant - bias.sum();
  SPIKEMESH_CHECK(std::abs(bias.leak) <= kLeakMax);
  return bias;
}

}  // namespace spikemesh
