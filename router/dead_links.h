// SPDX-License-Identifier: Apache-2.0
// Links between routers that carry nothing, in either direction, and what they leave of the mesh.
#ifndef SPIKEMESH_ROUTER_DEAD_LINKS_H_
#define SPIKEMESH_ROUTER_DEAD_LINKS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "router/mesh.h"
#include "router/port.h"

namespace spikemesh {

// The link at one side of a router. Either end names it; Normalized does so from the west or north
// one. Ordered by place, then side.
struct DeadLink {
  CoreCoordinates at;
  Port side = Port::kEast;
  friend auto operator<=>(const DeadLink&, const DeadLink&) = default;
};

inline constexpr DeadLink Normalized(const DeadLink& link) {
  const bool from_far_end = link.side == Port::kWest || link.side == Port::kNorth;
  return from_far_end ? DeadLink{Behind(link.at, link.side), Opposite(link.side)} : link;
}

// Errors: OutOfRange (an end outside the mesh, or no side: where, found, allowed).
absl::Status CheckDeadLink(const MeshShape& mesh, const DeadLink& link);

// The routers and the links between them that carry packets.
class LivingLinks {
 public:
  // `dead` are links of the mesh (CheckDeadLink).
  LivingLinks(const MeshShape& mesh, std::span<const DeadLink> dead);

  const MeshShape& mesh() const { return mesh_; }
  std::size_t routers() const { return sides_.size(); }
  // Routers count row-major.
  std::uint32_t IndexOf(CoreCoordinates at) const {
    return static_cast<std::uint32_t>(at.y * mesh_.width() + at.x);
  }
  CoreCoordinates PlaceOf(std::uint32_t router) const {
    const auto index = static_cast<std::int32_t>(router);
    return {index % mesh_.width(), index / mesh_.width()};
  }
  bool Has(std::uint32_t router, Port side) const {
    return (sides_[router] >> static_cast<unsigned>(side) & 1) != 0;
  }
  // The router behind a side.
  std::uint32_t Neighbour(std::uint32_t router, Port side) const {
    return IndexOf(Behind(PlaceOf(router), side));
  }

  // [router]: which part of the mesh it is in; parts count from 0, the largest first, of equal ones
  // that with the first router.
  std::vector<std::uint32_t> Parts() const;

 private:
  MeshShape mesh_;
  std::vector<std::uint8_t> sides_;  // [router]: a bit for each Port with a living link
};

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_DEAD_LINKS_H_
