// SPDX-License-Identifier: Apache-2.0
// The way of every packet on a mesh with dead links: up*/down*.
//
// X then Y needs every link. With dead ones, routers are ordered by their distance from a root in
// the middle of their part of the mesh; a link's direction towards the smaller router is up. Every
// way goes up, or not at all, and then down: no down link is followed by an up one, so no circle
// of waiting channels can close. Of such ways a shortest is taken, found by a breadth-first search
// from each destination. That the tables cannot deadlock is not taken on trust: Create checks
// the channels that they make depend on each other (deadlock.h).
//
// Memory: a byte a router and destination; time to make: a few operations each. Source: Schroeder
// et al., IEEE J. Sel. Areas Commun. 9 (1991).
#ifndef SPIKEMESH_ROUTER_ROUTE_TABLE_H_
#define SPIKEMESH_ROUTER_ROUTE_TABLE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "router/dead_links.h"
#include "router/mesh.h"
#include "router/port.h"

namespace spikemesh {

inline constexpr std::int64_t kRouteTableBytesMax = std::int64_t{1} << 30;

class RouteTable {
 public:
  // `destinations` lie in the mesh; one may be named twice. Errors: OutOfRange (CheckDeadLink),
  // ResourceExhausted (kMeshRoutersMax, kRouteTableBytesMax), FailedPrecondition (the tables could
  // deadlock).
  static absl::StatusOr<RouteTable> Create(const MeshShape& mesh, std::span<const DeadLink> dead,
                                           std::span<const CoreCoordinates> destinations);

  // The rest is of destinations that the table was made for.

  // Whether any way leads from one place to another.
  bool Reaches(CoreCoordinates from, CoreCoordinates to) const {
    return At(links_.IndexOf(from), false, links_.IndexOf(to)) != kNowhere;
  }
  // The output that a packet wants at a router, row-major, which came in by `input`; kLocal at its
  // destination. There is a way from there.
  Port Next(std::uint32_t router, Port input, std::uint32_t destination) const {
    const bool went_down = (down_inputs_[router] >> static_cast<unsigned>(input) & 1) != 0;
    return static_cast<Port>(At(router, went_down, destination));
  }
  // Links and chip edges of the way, which exists.
  RouteCost Cost(CoreCoordinates from, CoreCoordinates to) const;

  // Calls visit(place, output) for every link of the way, which exists, in order.
  template <typename Visit>
  void ForEachLink(CoreCoordinates from, CoreCoordinates to, Visit visit) const {
    const std::uint32_t destination = links_.IndexOf(to);
    Port input = Port::kLocal;
    for (CoreCoordinates at = from;;) {
      const Port output = Next(links_.IndexOf(at), input, destination);
      if (output == Port::kLocal) {
        return;
      }
      visit(at, output);
      at = Behind(at, output);
      input = Opposite(output);
    }
  }

 private:
  static constexpr std::uint8_t kNowhere = 15;
  static constexpr std::uint32_t kNoRow = UINT32_MAX;

  explicit RouteTable(LivingLinks links) : links_(std::move(links)) {}

  std::uint8_t At(std::uint32_t router, bool went_down, std::uint32_t destination) const {
    const std::uint8_t both = next_[row_of_[destination] * links_.routers() + router];
    return static_cast<std::uint8_t>(went_down ? both >> 4 : both & 15);
  }
  void OrderRouters();
  bool GoesUp(std::uint32_t from, std::uint32_t to) const { return rank_[to] < rank_[from]; }
  void FillRow(std::uint32_t destination, std::span<std::uint8_t> row) const;
  bool HasNoDeadlock() const;

  LivingLinks links_;
  std::vector<std::uint32_t> rank_;  // [router]: its place in the order from the roots
  std::vector<std::uint8_t>
      down_inputs_;                    // [router]: a bit for each input that a down link ends in
  std::vector<std::uint32_t> row_of_;  // [router]: of the table, as a destination
  // [row][router]: the output wanted; the low half of a packet that may still go up, the high half
  // of one that has gone down.
  std::vector<std::uint8_t> next_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_ROUTE_TABLE_H_
