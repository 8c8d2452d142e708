// SPDX-License-Identifier: Apache-2.0
#include "router/dead_links.h"

#include <algorithm>
#include <numeric>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::uint32_t kNoPart = UINT32_MAX;

// Gives all routers that living links join to `first` its part; how many they are.
std::size_t FillPart(const LivingLinks& links, std::uint32_t first, std::uint32_t part,
                     std::vector<std::uint32_t>& part_of) {
  std::vector<std::uint32_t> found = {first};
  part_of[first] = part;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Port side : kSides) {
      if (!links.Has(found[i], side)) {
        continue;
      }
      const std::uint32_t next = links.Neighbour(found[i], side);
      if (part_of[next] == kNoPart) {
        part_of[next] = part;
        found.push_back(next);
      }
    }
  }
  return found.size();
}

}  // namespace

absl::Status CheckDeadLink(const MeshShape& mesh, const DeadLink& link) {
  if (static_cast<unsigned>(link.side) >= kPorts || link.side == Port::kLocal) {
    return absl::OutOfRangeError(Concat("dead link of core ", link.at, ": side ",
                                        int{static_cast<std::uint8_t>(link.side)},
                                        ", allowed east, west, south, north"));
  }
  if (!mesh.Contains(link.at) || !mesh.Contains(Behind(link.at, link.side))) {
    return absl::OutOfRangeError(Concat("dead link ", NameOf(link.side), " of core ", link.at,
                                        ": not between two cores of the mesh of ", mesh.width(),
                                        " x ", mesh.height()));
  }
  return absl::OkStatus();
}

LivingLinks::LivingLinks(const MeshShape& mesh, std::span<const DeadLink> dead) : mesh_(mesh) {
  sides_.resize(static_cast<std::size_t>(mesh.width()) * mesh.height());
  for (std::uint32_t router = 0; router < sides_.size(); ++router) {
    for (const Port side : kSides) {
      if (mesh.Contains(Behind(PlaceOf(router), side))) {
        sides_[router] = static_cast<std::uint8_t>(sides_[router] | 1u << static_cast<int>(side));
      }
    }
  }
  const auto kill = [this](CoreCoordinates at, Port side) {
    std::uint8_t& sides = sides_[IndexOf(at)];
    sides = static_cast<std::uint8_t>(sides & ~(1u << static_cast<int>(side)));
  };
  for (const DeadLink& link : dead) {
    SPIKEMESH_CHECK(CheckDeadLink(mesh, link).ok());
    kill(link.at, link.side);
    kill(Behind(link.at, link.side), Opposite(link.side));
  }
}

std::vector<std::uint32_t> LivingLinks::Parts() const {
  std::vector<std::uint32_t> part_of(routers(), kNoPart);
  std::vector<std::size_t> sizes;
  for (std::uint32_t router = 0; router < routers(); ++router) {
    if (part_of[router] == kNoPart) {
      sizes.push_back(FillPart(*this, router, static_cast<std::uint32_t>(sizes.size()), part_of));
    }
  }
  std::vector<std::uint32_t> by_size(sizes.size());
  std::iota(by_size.begin(), by_size.end(), 0u);
  std::ranges::stable_sort(by_size, std::ranges::greater(),
                           [&sizes](std::uint32_t part) { return sizes[part]; });
  std::vector<std::uint32_t> rank_of(sizes.size());
  for (std::uint32_t rank = 0; rank < by_size.size(); ++rank) {
    rank_of[by_size[rank]] = rank;
  }
  for (std::uint32_t& part : part_of) {
    part = rank_of[part];
  }
  return part_of;
}

}  // namespace spikemesh
