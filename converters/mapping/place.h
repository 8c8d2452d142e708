// SPDX-License-Identifier: Apache-2.0
// Pass 5: a place in the mesh for every logical core. Changes no edge. Method: layer order, row by
// row, in a near-square block, so that a layer lies beside the one it feeds.
// Cost: linear in cores and neurons.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_PLACE_H_
#define SPIKEMESH_CONVERTERS_MAPPING_PLACE_H_

#include <cstdint>
#include <vector>

#include "converters/mapping/partition.h"
#include "core/base/status.h"
#include "router/mesh.h"

namespace spikemesh {

// The smallest near-square array of at most `chips_max` chips, at least `mesh`'s, that has `cores`
// cores. Errors: ResourceExhausted (both counts).
absl::StatusOr<MeshShape> GrowMesh(const MeshShape& mesh, std::int64_t cores,
                                   std::int32_t chips_max);

// The place of each core, [cores]. `mesh` has room. Errors: OutOfRange (a target farther than 255
// cores in x or y: by how much).
absl::StatusOr<std::vector<CoreCoordinates>> PlaceCores(const LogicalNetwork& network,
                                                        const MeshShape& mesh);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_PLACE_H_
