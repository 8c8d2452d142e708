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
#include "core/chip/chip_spec.h"
#include "core/stats/traffic_file.h"
#include "router/mesh.h"

namespace spikemesh {

// The smallest near-square array of at most `chips_max` chips, at least that of `spec`, that has
// `cores` usable cores. Errors: ResourceExhausted (both counts).
absl::StatusOr<MeshShape> GrowMesh(const ChipSpec& spec, std::int64_t cores,
                                   std::int32_t chips_max);

// Where no core may be placed, ascending: dead cores; with dead links also what they cut off from
// the largest part of the mesh, and rows whose entry for the host they cut off.
std::vector<CoreCoordinates> UnusablePlaces(const ChipSpec& spec);

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

// The mesh has room. Errors: OutOfRange (a target farther than 255 cores in x or y: by how much;
// traffic of a core or neuron that the network does not have), RouteTable::Create (dead links).
absl::StatusOr<Placement> PlaceCores(const LogicalNetwork& network, const ChipSpec& spec,
                                     const PlacementOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_PLACE_H_
