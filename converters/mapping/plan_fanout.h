// SPDX-License-Identifier: Apache-2.0
// Pass 3b: how the spikes of a layer reach every axon that needs them, though a neuron has one
// target. Either the neuron is copied inside its core, same column of the crossbar, or one copy
// feeds an axon of a splitter core: an identity crossbar that turns one axon into up to 256
// neurons, one tick later. Copies are free while the core has columns left; beyond that they make
// tiles smaller. So the layer is planned with at most c copies of each neuron, for several c;
// columns that stay free are filled with copies, the rest goes through splitters, and the plan of
// fewest cores wins (a plan without splitters on a tie). Cost: a PlanTiling each c.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_PLAN_FANOUT_H_
#define SPIKEMESH_CONVERTERS_MAPPING_PLAN_FANOUT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "converters/mapping/crossbar_layer.h"
#include "converters/mapping/plan_tiles.h"
#include "core/base/limits.h"

namespace spikemesh {

// How a neuron with `copies` columns serves its targets: the first `direct` copies go to one target
// each, the others feed one splitter axon each, which share the rest evenly.
struct FanoutSplit {
  std::int32_t direct = 0;
  std::int32_t feeders = 0;
  std::int32_t split_targets = 0;  // served by splitters, at most 256 each

  // The targets of feeder 0..feeders-1 among split_targets.
  std::int32_t first_target(std::int32_t feeder) const {
    return direct + split_targets * feeder / feeders;
  }
};

// targets >= 1, copies >= 1 and enough: 256 copies-with-splitters serve 65,536 targets.
FanoutSplit SplitFanout(std::int32_t targets, std::int32_t copies);

struct FanoutPlan {
  Tiling tiling;
  std::vector<std::uint16_t> copies;  // [neuron]: columns it takes, 0 where nothing reads it
  std::vector<std::int32_t>
      splitter;  // [feeder, in the order of tiling and of SplitFanout]: its core
  std::int64_t splitter_cores = 0;
  std::int64_t cores() const {
    return static_cast<std::int64_t>(tiling.cores.size()) + splitter_cores;
  }
  std::int64_t price() const { return tiling.price + splitter_cores * kCorePrice; }
};

// targets: [output_shape.size()] axons (or pins) that each neuron must reach. copies_max: the most
// copies tried; less than 256 forces splitters, for tests.
FanoutPlan PlanFanout(const CrossbarLayer& layer, std::span<const std::int32_t> targets,
                      std::int64_t axon_price, std::int32_t copies_max, PlanEffort& effort);

// Packs items of 1..256 neurons into cores of 256, each into the fullest that has room; returns the
// core of each item.
std::vector<std::int32_t> PackSplitters(std::span<const std::int32_t> sizes);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_PLAN_FANOUT_H_
