// SPDX-License-Identifier: Apache-2.0
// The mesh: where cores are, how far apart, and what a packet passes on its way. Packets go in
// dimension order, X first, then Y, so path, hops and chip crossings are pure functions of the two
// ends. Source: Merolla et al., Science 345 (2014); Akopyan et al., TCAD 34 (2015).
#ifndef SPIKEMESH_ROUTER_MESH_H_
#define SPIKEMESH_ROUTER_MESH_H_

#include <compare>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <utility>

#include "core/base/limits.h"

namespace spikemesh {

// Global place of a core; x grows to the east, y to the south, (0, 0) is the north-west corner.
struct CoreCoordinates {
  std::int32_t x = 0;
  std::int32_t y = 0;
  // Row-major order: y before x, the order of every file.
  friend constexpr std::strong_ordering operator<=>(CoreCoordinates a, CoreCoordinates b) {
    return a.y != b.y ? a.y <=> b.y : a.x <=> b.x;
  }
  friend constexpr bool operator==(CoreCoordinates a, CoreCoordinates b) = default;
  friend std::ostream& operator<<(std::ostream& out, CoreCoordinates at) {
    return out << "(" << at.x << "," << at.y << ")";
  }
  template <typename H>
  friend H AbslHashValue(H hash, CoreCoordinates at) {
    return H::combine(std::move(hash), at.x, at.y);
  }
};

// The extent of one chip and of the array of chips, in cores and in chips.
struct MeshShape {
  std::int32_t cores_x = kChipCoresX;
  std::int32_t cores_y = kChipCoresY;
  std::int32_t chips_x = 1;
  std::int32_t chips_y = 1;
  bool operator==(const MeshShape&) const = default;

  constexpr std::int32_t width() const { return cores_x * chips_x; }
  constexpr std::int32_t height() const { return cores_y * chips_y; }
  constexpr bool Contains(CoreCoordinates at) const {
    return at.x >= 0 && at.y >= 0 && at.x < width() && at.y < height();
  }
};

// Where the host's packets to a core enter the mesh: at the west end of its row (assumed; nothing
// is published).
inline constexpr CoreCoordinates HostEntry(CoreCoordinates to) { return {0, to.y}; }

// Routers that are simulated, or searched for ways.
inline constexpr std::int64_t kMeshRoutersMax = std::int64_t{1} << 20;

// What one packet costs on its way.
struct RouteCost {
  std::int32_t hops = 0;            // |dx| + |dy|; 0 to the core itself
  std::int32_t chip_crossings = 0;  // chip edges passed
  bool operator==(const RouteCost&) const = default;
};

inline constexpr bool WithinReach(CoreCoordinates from, CoreCoordinates to) {
  const std::int64_t dx = std::int64_t{to.x} - from.x;
  const std::int64_t dy = std::int64_t{to.y} - from.y;
  return dx <= kReachCores && -dx <= kReachCores && dy <= kReachCores && -dy <= kReachCores;
}

// The cost of the dimension-order route. Both ends must lie in the mesh.
RouteCost DimensionOrderCost(const MeshShape& mesh, CoreCoordinates from, CoreCoordinates to);

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_MESH_H_
