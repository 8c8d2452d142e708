// SPDX-License-Identifier: Apache-2.0
#include "router/mesh.h"

#include "core/base/status.h"

namespace spikemesh {

RouteCost DimensionOrderCost(const MeshShape& mesh, CoreCoordinates from, CoreCoordinates to) {
  SPIKEMESH_CHECK(mesh.Contains(from) && mesh.Contains(to));
  // A packet never turns back within a dimension, so it passes each chip edge between its ends
  // once.
  const std::int32_t chips_dx = to.x / mesh.cores_x - from.x / mesh.cores_x;
  const std::int32_t chips_dy = to.y / mesh.cores_y - from.y / mesh.cores_y;
  return {.hops = std::abs(to.x - from.x) + std::abs(to.y - from.y),
          .chip_crossings = std::abs(chips_dx) + std::abs(chips_dy)};
}

}  // namespace spikemesh
