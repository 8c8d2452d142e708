// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/plan_network.h"

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "converters/mapping/legalize.h"

namespace spikemesh {
namespace {

constexpr std::array<std::int64_t, 4> kAxonPrices = {kAxonPriceMax / 2, kAxonPriceMin,
                                                     kAxonPriceMax / 4, kAxonPriceMax};

// Fewer cores, then fewer splitters (ticks), then fewer axons.
std::tuple<std::size_t, std::size_t, std::size_t> Rank(const LogicalNetwork& network) {
  std::size_t splitters = 0;
  std::size_t axons = 0;
  for (const LogicalCore& core : network.cores) {
    splitters += core.is_splitter ? 1 : 0;
    axons += core.axons.size();
  }
  return {network.cores.size(), splitters, axons};
}

// The search over prices for one network with fixed relays.
struct PriceSearch {
  std::span<const CrossbarLayer> layers;
  std::int64_t encoder_lines;
  PartitionOptions options;
  PlanEffort effort;
  LogicalNetwork best;

  // Plans with these prices; keeps prices and plan if they are better than the best.
  void Try(std::vector<std::int64_t> prices) {
    const bool known = prices == options.axon_prices;
    if (known || (!best.cores.empty() && effort.taps_visited >= kPlanTapsMax)) {
      return;
    }
    std::swap(options.axon_prices, prices);
    LogicalNetwork network = PartitionNetwork(layers, encoder_lines, options, effort);
    if (best.cores.empty() || Rank(network) < Rank(best)) {
      best = std::move(network);
    } else {
      std::swap(options.axon_prices, prices);
    }
  }
};

LogicalNetwork SearchPlans(std::span<const CrossbarLayer> layers, std::int64_t encoder_lines,
                           std::int32_t copies_max) {
  PriceSearch search{layers, encoder_lines, {{}, copies_max}, {}, {}};
  for (const std::int64_t price : kAxonPrices) {
    std::vector<std::int64_t> prices;
    for (const CrossbarLayer& layer : layers) {
      // The host copies the encoder's spikes: they cost no neuron.
      prices.push_back(layer.reads_encoder_only() ? kAxonPriceMin : price);
    }
    search.Try(std::move(prices));
  }
  for (std::size_t layer = layers.size(); layer-- > 0;) {
    for (const std::int64_t price : kAxonPrices) {
      std::vector<std::int64_t> prices = search.options.axon_prices;
      if (!layers[layer].reads_encoder_only()) {
        prices[layer] = price;
        search.Try(std::move(prices));
      }
    }
  }
  return std::move(search.best);
}

// Adds the sources that use splitters in this plan; false if they were all known. Relays between
// layers leave room for splitters anyway (latency.h).
bool AddSplitterUse(const PlannedNetwork& plan, SplitterUse& splitters) {
  bool added = false;
  for (const LogicalCore& core : plan.logical.cores) {
    const bool is_relay = plan.scheduled.is_relay[core.layer];
    const bool of_encoder =
        is_relay && plan.layers[core.layer].inputs.front().source == kEncodedInput;
    if (!core.is_splitter || (is_relay && !of_encoder)) {
      continue;
    }
    const std::size_t source =
        of_encoder ? 0 : static_cast<std::size_t>(plan.scheduled.origins[core.layer]) + 1;
    added = added || !splitters[source];
    splitters[source] = true;
  }
  return added;
}

// Whether a plan made for one schedule serves the other: the same layers and edges, other ticks.
bool SameEdges(const SpikingNetwork& a, const SpikingNetwork& b) {
  if (a.layers.size() != b.layers.size()) {
    return false;
  }
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    const SpikingLayer& one = a.layers[l];
    const SpikingLayer& other = b.layers[l];
    if (one.name != other.name || one.inputs.size() != other.inputs.size()) {
      return false;
    }
    for (std::size_t i = 0; i < one.inputs.size(); ++i) {
      if (one.inputs[i].source != other.inputs[i].source) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<PlannedNetwork> PlanNetwork(const SpikingNetwork& network, std::int32_t copies_max) {
  SplitterUse splitters(network.layers.size() + 1, false);
  PlannedNetwork plan;
  plan.scheduled = ScheduleNetwork(network, splitters);
  bool planned = false;
  while (true) {
    // Another schedule has other initial potentials.
    SPIKEMESH_ASSIGN_OR_RETURN(plan.layers, LegalizeNetwork(plan.scheduled.network));
    if (!planned) {
      plan.logical = SearchPlans(plan.layers, network.encoded_shape.size(), copies_max);
    }
    if (!AddSplitterUse(plan, splitters)) {
      return plan;
    }
    ScheduledNetwork rescheduled = ScheduleNetwork(network, splitters);
    planned = SameEdges(plan.scheduled.network, rescheduled.network);
    plan.scheduled = std::move(rescheduled);
  }
}

}  // namespace spikemesh
