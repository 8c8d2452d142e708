// SPDX-License-Identifier: Apache-2.0
// Places for cores so that spikes make few hops: simulated annealing, on large meshes by levels.
//
// A move swaps two cells, most often to get a core beside one it talks to. The cost is the sum of
// packets x (hops + kCrossingHops x chip edges), which is what they cost in energy. Where there are
// many cores, four that talk much become one node (coarsen.h), and four of these one again, until
// few are left to anneal on a grid as coarse; each level below begins where the one above ended, at
// a lower temperature.
//
// Cost: 100-400 ns a move; 2,500 moves a core, on large meshes 400.
// Deterministic: same graph, mesh and seed, same places. Source: Kirkpatrick et al., Science 220
// (1983).
#ifndef SPIKEMESH_CONVERTERS_MAPPING_ANNEAL_H_
#define SPIKEMESH_CONVERTERS_MAPPING_ANNEAL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "router/mesh.h"
#include "router/route_table.h"

namespace spikemesh {

// What a chip edge counts for: 0.83 nJ over 2.154 pJ (core/stats/energy_constants.h).
inline constexpr std::int32_t kCrossingHops = 385;

// Packets from one core to another. Several edges between the same cores add up.
struct CoreEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::int64_t packets = 0;  // >= 0
};

// What all edges together do to the mesh, X first, then Y.
struct PlacementCost {
  double hops_mean = 0.0;     // of a packet
  std::int64_t link_max = 0;  // packets over the busiest link, each direction apart
  std::int64_t hops = 0;      // of all packets
  std::int64_t chip_crossings = 0;
};
PlacementCost CostOfPlacement(std::span<const CoreEdge> edges,
                              std::span<const CoreCoordinates> places, const MeshShape& mesh);
// The same by the ways of a table, which was made for all of `places`.
PlacementCost CostOfWays(std::span<const CoreEdge> edges, std::span<const CoreCoordinates> places,
                         const RouteTable& table);

// A place in the mesh for each of `cores` cores, which has room for them beside the `unusable`
// places, ascending. On one chip they stay in a block in its corner that is nearly square.
std::vector<CoreCoordinates> AnnealPlaces(std::size_t cores, std::span<const CoreEdge> edges,
                                          const MeshShape& mesh, std::uint64_t seed,
                                          std::span<const CoreCoordinates> unusable = {});

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_ANNEAL_H_
