// SPDX-License-Identifier: Apache-2.0
// Pass 5: a place in the mesh for every logical core. Changes no edge. Methods: layer order, row by
// row, in a near-square block (linear in cores and neurons); or annealed so that spikes make few
// hops (anneal.h), which begins where layer order ends and is kept where it is better.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_PLACE_H_
#define SPIKEMESH_CONVERTERS_MAPPING_PLACE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "converters/mapping/anneal.h"
#include "converters/mapping/map_network.h"
#include "converters/mapping/partition.h"
#include "core/base/status.h"
#include "core/stats/traffic_file.h"
#include "router/mesh.h"

namespace spikemesh {

// The smallest near-square array of at most `chips_max` chips, at least `mesh`'s, that has `cores`
// cores. Errors: ResourceExhausted (both counts).
absl::StatusOr<MeshShape> GrowMesh(const MeshShape& mesh, std::int64_t cores,
                                   std::int32_t chips_max);

struct PlacementOptions {
  PlacementMethod method = PlacementMethod::kBest;
  // Spikes of a run, by logical core (rng_stream); where empty, every neuron counts as one.
  std::span<const NeuronSpikes> traffic = {};
  std::uint64_t seed = 1;
};

struct Placement {
  std::vector<CoreCoordinates> places;  // [cores]
  PlacementMethod method = PlacementMethod::kRowMajor;
  PlacementCost row_major;
  PlacementCost cost;  // of `places`
};

// `mesh` has room. Errors: OutOfRange (a target farther than 255 cores in x or y: by how much;
// traffic of a core or neuron that the network does not have).
absl::StatusOr<Placement> PlaceCores(const LogicalNetwork& network, const MeshShape& mesh,
                                     const PlacementOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_PLACE_H_
