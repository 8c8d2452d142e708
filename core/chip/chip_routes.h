// SPDX-License-Identifier: Apache-2.0
// The ways that the packets of a chip take.
#ifndef SPIKEMESH_CORE_CHIP_CHIP_ROUTES_H_
#define SPIKEMESH_CORE_CHIP_CHIP_ROUTES_H_

#include <optional>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "router/port.h"
#include "router/route_table.h"

namespace spikemesh {

// Ways to every used core where a link of the chip is dead; nothing where none is: then packets go
// X then Y. Cores lie in the mesh. Errors: RouteTable::Create.
absl::StatusOr<std::optional<RouteTable>> MakeRoutes(const ChipModel& chip);

// What the way between two places costs by a table, or without one.
inline RouteCost CostOfWay(const MeshShape& mesh, const RouteTable* table, CoreCoordinates from,
                           CoreCoordinates to) {
  return table == nullptr ? DimensionOrderCost(mesh, from, to) : table->Cost(from, to);
}

// Calls visit(place, output) for every link of the way, in order.
template <typename Visit>
void ForEachLinkOfWay(const RouteTable* table, CoreCoordinates from, CoreCoordinates to,
                      Visit visit) {
  if (table != nullptr) {
    table->ForEachLink(from, to, visit);
    return;
  }
  while (from != to) {
    const Port along_x = to.x > from.x ? Port::kEast : Port::kWest;
    const Port along_y = to.y > from.y ? Port::kSouth : Port::kNorth;
    const Port output = from.x != to.x ? along_x : along_y;
    visit(from, output);
    from = Behind(from, output);
  }
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_ROUTES_H_
