// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_routes.h"

#include <vector>

namespace spikemesh {

absl::StatusOr<std::optional<RouteTable>> MakeRoutes(const ChipModel& chip) {
  if (chip.spec.dead_links.empty()) {
    return std::nullopt;
  }
  std::vector<CoreCoordinates> places;
  places.reserve(chip.cores.size());
  for (const CoreModel& core : chip.cores) {
    places.push_back(core.at);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(RouteTable table,
                             RouteTable::Create(chip.spec.mesh, chip.spec.dead_links, places));
  return std::optional(std::move(table));
}

}  // namespace spikemesh
