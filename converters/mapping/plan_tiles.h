// SPDX-License-Identifier: Apache-2.0
// Pass 3a: which neurons of a layer share a core, so that few cores are needed.
// Method: the neurons are put in an order in which neighbours share inputs, and fill one core after
// another; a core is full when 256 axons or 256 neurons are (bias axons and their neurons set
// aside). The order: filters in chunks (a part
// of one group, or several whole groups), for each chunk the positions in strips of some rows,
// walked column by column to and fro; the next chunk walks back. So a core holds a tile of p x q
// positions by f filters, the tiles at edges and the last pieces of a chunk share cores, and small
// groups lie together. Every height of strips and size of chunks is tried, with axons counted
// exactly: a feature takes an axon for each type that some filter of the chunk has for it, padding
// takes none. Groups are the coarsest that the groups of all inputs refine. Cost: orders tried x
// positions x chunks x window; orders worse than the best are left early.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_PLAN_TILES_H_
#define SPIKEMESH_CONVERTERS_MAPPING_PLAN_TILES_H_

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "converters/mapping/crossbar_layer.h"
#include "core/base/limits.h"

namespace spikemesh {

// Plans are compared by prices, in whole numbers: a core, and an axon, which costs a neuron
// somewhere before this layer: at most the 256th part of a core, and at least so little that it
// only decides between plans of equally many cores.
inline constexpr std::int64_t kCorePrice = std::int64_t{1} << 24;
inline constexpr std::int64_t kAxonPriceMin = 1;
inline constexpr std::int64_t kAxonPriceMax = kCorePrice / kNeuronsPerCore;
inline constexpr std::int64_t kNoPriceLimit = std::numeric_limits<std::int64_t>::max();

struct Tiling {
  std::vector<std::vector<std::int32_t>> cores;  // the neurons (flat output index) of each core
  std::int64_t axons = 0;                        // of all cores; at most this many when built
  std::int64_t price = kNoPriceLimit;            // cores and axons; kNoPriceLimit: none found
};

// How much planning was done and may be done, counted in visited window taps. A bound that does not
// depend on the machine's speed keeps results reproducible.
struct PlanEffort {
  std::int64_t taps_visited = 0;
};

// No further order is begun after this many taps in one PlanTiling, nor another number of copies
// after as many in one PlanFanout: reached by layers of thousands of cores only.
inline constexpr std::int64_t kTilingTapsMax = 50'000'000;

// The cheapest tiling found. slots: [output_shape.size()] columns that each neuron takes in its
// core, 0..256, 0 for a neuron that nothing reads (it is left out). No tiling as dear as
// `price_limit` or dearer is returned.
Tiling PlanTiling(const CrossbarLayer& layer, std::span<const std::uint16_t> slots,
                  std::int64_t axon_price, std::int64_t price_limit, PlanEffort& effort);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_PLAN_TILES_H_
