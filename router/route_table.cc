// SPDX-License-Identifier: Apache-2.0
#include "router/route_table.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/base/strings.h"
#include "router/deadlock.h"

namespace spikemesh {
namespace {

// One root for each part: its router nearest to the middle of the mesh, of equal ones the first.
std::vector<std::uint32_t> RootsOf(const LivingLinks& links) {
  const std::vector<std::uint32_t> part_of = links.Parts();
  const std::uint32_t parts = *std::ranges::max_element(part_of) + 1;
  const auto distance = [&links](std::uint32_t router) {
    const CoreCoordinates at = links.PlaceOf(router);
    return std::abs(2 * at.x + 1 - links.mesh().width()) +
           std::abs(2 * at.y + 1 - links.mesh().height());
  };
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::uint32_t> roots(parts, kNone);
  for (std::uint32_t router = 0; router < links.routers(); ++router) {
    std::uint32_t& root = roots[part_of[router]];
    if (root == kNone || distance(router) < distance(root)) {
      root = router;
    }
  }
  return roots;
}

}  // namespace

// Ranks routers by a breadth-first search from the roots.
void RouteTable::OrderRouters() {
  constexpr std::uint32_t kUnranked = UINT32_MAX;
  rank_.assign(links_.routers(), kUnranked);
  std::vector<std::uint32_t> found;
  const auto add = [&](std::uint32_t router) {
    if (rank_[router] == kUnranked) {
      rank_[router] = static_cast<std::uint32_t>(found.size());
      found.push_back(router);
    }
  };
  for (const std::uint32_t root : RootsOf(links_)) {
    add(root);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Port side : kSides) {
      if (links_.Has(found[i], side)) {
        add(links_.Neighbour(found[i], side));
      }
    }
  }
  down_inputs_.assign(links_.routers(), 0);
  for (std::uint32_t router = 0; router < links_.routers(); ++router) {
    for (const Port side : kSides) {
      if (links_.Has(router, side) && !GoesUp(links_.Neighbour(router, side), router)) {
        down_inputs_[router] =
            static_cast<std::uint8_t>(down_inputs_[router] | 1u << static_cast<int>(side));
      }
    }
  }
}

// Searches backwards from the destination over routers and whether a packet there has gone down.
void RouteTable::FillRow(std::uint32_t destination, std::span<std::uint8_t> row) const {
  struct State {
    std::uint32_t router;
    bool went_down;
  };
  std::vector<State> found;
  const auto add = [&](std::uint32_t router, bool went_down, Port output) {
    const int shift = went_down ? 4 : 0;
    if ((row[router] >> shift & 15) == kNowhere) {
      row[router] = static_cast<std::uint8_t>((row[router] & ~(15 << shift)) |
                                              static_cast<int>(output) << shift);
      found.push_back({router, went_down});
    }
  };
  std::ranges::fill(row, static_cast<std::uint8_t>(kNowhere << 4 | kNowhere));
  add(destination, true, Port::kLocal);
  add(destination, false, Port::kLocal);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const State at = found[i];
    for (const Port side : kSides) {
      if (!links_.Has(at.router, side)) {
        continue;
      }
      // A packet at `before` may come here where that keeps up before down.
      const std::uint32_t before = links_.Neighbour(at.router, side);
      const Port output = Opposite(side);
      if (!GoesUp(before, at.router)) {
        if (at.went_down) {
          add(before, true, output);
          add(before, false, output);
        }
      } else if (!at.went_down) {
        add(before, false, output);
      }
    }
  }
}

// A channel is the side of the router into which it leads.
bool RouteTable::HasNoDeadlock() const {
  // [router * 2 + went down]: a bit for each output that some packet wants.
  std::vector<std::uint8_t> wanted(links_.routers() * 2);
  for (std::size_t begin = 0; begin < next_.size(); begin += links_.routers()) {
    for (std::uint32_t router = 0; router < links_.routers(); ++router) {
      const std::uint8_t both = next_[begin + router];
      for (const int down : {0, 1}) {
        const int output = both >> (4 * down) & 15;
        if (output != kNowhere && output != static_cast<int>(Port::kLocal)) {
          std::uint8_t& bits = wanted[2 * router + static_cast<std::uint32_t>(down)];
          bits = static_cast<std::uint8_t>(bits | 1u << output);
        }
      }
    }
  }
  std::vector<ChannelDependency> dependencies;
  for (std::uint32_t router = 0; router < links_.routers(); ++router) {
    for (const Port input : kSides) {
      const std::uint32_t down = down_inputs_[router] >> static_cast<int>(input) & 1;
      for (const Port output : kSides) {
        if (links_.Has(router, input) && output != input &&
            (wanted[2 * router + down] >> static_cast<int>(output) & 1) != 0) {
          const std::uint32_t next = links_.Neighbour(router, output);
          dependencies.push_back({router * kPorts + static_cast<std::uint32_t>(input),
                                  next * kPorts + static_cast<std::uint32_t>(Opposite(output))});
        }
      }
    }
  }
  return IsDeadlockFree(static_cast<std::uint32_t>(links_.routers() * kPorts), dependencies);
}

RouteCost RouteTable::Cost(CoreCoordinates from, CoreCoordinates to) const {
  RouteCost cost;
  ForEachLink(from, to, [&](CoreCoordinates at, Port output) {
    ++cost.hops;
    cost.chip_crossings += DimensionOrderCost(links_.mesh(), at, Behind(at, output)).chip_crossings;
  });
  return cost;
}

absl::StatusOr<RouteTable> RouteTable::Create(const MeshShape& mesh, std::span<const DeadLink> dead,
                                              std::span<const CoreCoordinates> destinations) {
  const std::int64_t places = std::int64_t{mesh.width()} * mesh.height();
  if (places > kMeshRoutersMax) {
    return absl::ResourceExhaustedError(
        Concat("dead links: ", places, " places for cores, allowed: at most ", kMeshRoutersMax));
  }
  for (const DeadLink& link : dead) {
    SPIKEMESH_RETURN_IF_ERROR(CheckDeadLink(mesh, link));
  }
  RouteTable table(LivingLinks(mesh, dead));
  const std::size_t routers = table.links_.routers();
  table.OrderRouters();
  table.row_of_.assign(routers, kNoRow);
  std::uint32_t rows = 0;
  for (const CoreCoordinates at : destinations) {
    std::uint32_t& row = table.row_of_[table.links_.IndexOf(at)];
    row = row == kNoRow ? rows++ : row;
  }
  const std::int64_t bytes = std::int64_t{rows} * static_cast<std::int64_t>(routers);
  if (bytes > kRouteTableBytesMax) {
    return absl::ResourceExhaustedError(Concat("dead links: ways to ", rows, " cores over ",
                                               routers, " routers take ", bytes,
                                               " bytes, allowed at most ", kRouteTableBytesMax));
  }
  table.next_.resize(static_cast<std::size_t>(bytes));
  for (std::uint32_t router = 0; router < routers; ++router) {
    if (table.row_of_[router] != kNoRow) {
      table.FillRow(router,
                    std::span(table.next_).subspan(table.row_of_[router] * routers, routers));
    }
  }
  if (!table.HasNoDeadlock()) {
    return absl::FailedPreconditionError(
        "dead links: packets of these ways could wait for each other for ever");
  }
  return table;
}

}  // namespace spikemesh
