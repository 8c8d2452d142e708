// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/plan_fanout.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

#include "core/base/status.h"

namespace spikemesh {
namespace {

// The numbers of copies tried: the unlimited one first, then the one of fewest cores.
constexpr std::array<std::int32_t, 10> kCopyLimits = {
    kNeuronsPerCore, 1, 2, 3, 4, 6, 8, 16, 32, 64};
// A plan that at most the 128th part could be saved of is taken.
constexpr std::int64_t kGoodEnough = 128;

// Each neuron takes as many columns as it has targets, at most `limit`, and at least as many as its
// splitters need to be fed.
std::vector<std::uint16_t> LimitCopies(std::span<const std::int32_t> targets, std::int32_t limit) {
  std::vector<std::uint16_t> copies(targets.size());
  for (std::size_t n = 0; n < targets.size(); ++n) {
    const std::int32_t least = (targets[n] + kNeuronsPerCore - 1) / kNeuronsPerCore;
    copies[n] = static_cast<std::uint16_t>(std::max(least, std::min(targets[n], limit)));
  }
  return copies;
}

// Gives the free ones of the `columns` of each core to the neurons that lack fewest copies: one
// that lacks none needs no splitter.
void FillFreeColumns(const Tiling& tiling, std::int32_t columns,
                     std::span<const std::int32_t> targets, std::int32_t copies_max,
                     std::vector<std::uint16_t>& copies) {
  for (std::vector<std::int32_t> neurons : tiling.cores) {
    std::int32_t free = columns;
    for (const std::int32_t neuron : neurons) {
      free -= copies[neuron];
    }
    std::stable_sort(neurons.begin(), neurons.end(), [&](std::int32_t a, std::int32_t b) {
      return targets[a] - copies[a] < targets[b] - copies[b];
    });
    for (const std::int32_t neuron : neurons) {
      const std::int32_t wanted = std::min(targets[neuron], copies_max) - copies[neuron];
      const std::int32_t added = std::clamp(wanted, 0, free);
      copies[neuron] = static_cast<std::uint16_t>(copies[neuron] + added);
      free -= added;
    }
  }
}

std::vector<std::int32_t> SplitterSizes(const Tiling& tiling, std::span<const std::int32_t> targets,
                                        std::span<const std::uint16_t> copies) {
  std::vector<std::int32_t> sizes;
  for (const std::vector<std::int32_t>& neurons : tiling.cores) {
    for (const std::int32_t neuron : neurons) {
      const FanoutSplit split = SplitFanout(targets[neuron], copies[neuron]);
      for (std::int32_t feeder = 0; feeder < split.feeders; ++feeder) {
        sizes.push_back(split.first_target(feeder + 1) - split.first_target(feeder));
      }
    }
  }
  return sizes;
}

}  // namespace

FanoutSplit SplitFanout(std::int32_t targets, std::int32_t copies) {
  SPIKEMESH_CHECK(copies >= 1);
  FanoutSplit split;
  if (targets <= copies) {
    split.direct = targets;
    return split;
  }
  // A copy turned into a feeder serves 255 targets more.
  split.feeders = (targets - copies + kNeuronsPerCore - 2) / (kNeuronsPerCore - 1);
  SPIKEMESH_CHECK(split.feeders <= copies);
  split.direct = copies - split.feeders;
  split.split_targets = targets - split.direct;
  return split;
}

std::vector<std::int32_t> PackSplitters(std::span<const std::int32_t> sizes) {
  // The cores that have room for r more neurons, the newest last, so that neighbours stay together.
  std::array<std::vector<std::int32_t>, kNeuronsPerCore + 1> cores_by_room;
  std::vector<std::int32_t> core_of_item;
  core_of_item.reserve(sizes.size());
  std::int32_t cores = 0;
  for (const std::int32_t size : sizes) {
    SPIKEMESH_CHECK(size >= 1 && size <= kNeuronsPerCore);
    std::int32_t room = size;
    while (room <= kNeuronsPerCore && cores_by_room[room].empty()) {
      ++room;
    }
    std::int32_t core = cores;
    if (room > kNeuronsPerCore) {
      room = kNeuronsPerCore;
      ++cores;
    } else {
      core = cores_by_room[room].back();
      cores_by_room[room].pop_back();
    }
    cores_by_room[room - size].push_back(core);
    core_of_item.push_back(core);
  }
  return core_of_item;
}

FanoutPlan PlanFanout(const CrossbarLayer& layer, std::span<const std::int32_t> targets,
                      std::int64_t axon_price, std::int32_t copies_max, PlanEffort& effort) {
  const std::int64_t targets_total =
      std::accumulate(targets.begin(), targets.end(), std::int64_t{0});
  const std::int32_t targets_max = *std::max_element(targets.begin(), targets.end());
  // Every target takes a neuron somewhere, and no tiling is smaller than that of single copies.
  std::int64_t cores_min = (targets_total + kNeuronsPerCore - 1) / kNeuronsPerCore;
  const std::int64_t taps_max = effort.taps_visited + 4 * kTilingTapsMax;
  FanoutPlan best;
  std::int64_t best_price = kNoPriceLimit;
  for (const std::int32_t limit : kCopyLimits) {
    const bool first = best_price == kNoPriceLimit;
    if (limit > copies_max || (!first && limit >= targets_max)) {
      continue;
    }
    const bool good = best.cores() - cores_min <= best.cores() / kGoodEnough;
    if (!first && (good || effort.taps_visited >= taps_max)) {
      break;
    }
    FanoutPlan plan;
    plan.copies = LimitCopies(targets, std::min(limit, layer.neurons_per_core()));
    plan.tiling = PlanTiling(layer, plan.copies, axon_price, best_price, effort);
    if (limit == 1) {
      const Tiling& smallest = plan.tiling.price == kNoPriceLimit ? best.tiling : plan.tiling;
      cores_min = std::max(cores_min, static_cast<std::int64_t>(smallest.cores.size()));
    }
    if (plan.tiling.price == kNoPriceLimit) {
      continue;
    }
    FillFreeColumns(plan.tiling, layer.neurons_per_core(), targets, copies_max, plan.copies);
    plan.splitter = PackSplitters(SplitterSizes(plan.tiling, targets, plan.copies));
    for (const std::int32_t core : plan.splitter) {
      plan.splitter_cores = std::max<std::int64_t>(plan.splitter_cores, core + 1);
    }
    if (plan.price() < best_price) {
      best_price = plan.price();
      best = std::move(plan);
    }
  }
  return best;
}

}  // namespace spikemesh
