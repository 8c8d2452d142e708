// SPDX-License-Identifier: Apache-2.0
// The ways that the packets of a chip take.
#ifndef SPIKEMESH_CORE_CHIP_CHIP_ROUTES_H_
#define SPIKEMESH_CORE_CHIP_CHIP_ROUTES_H_

#include <optional>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
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

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_ROUTES_H_
