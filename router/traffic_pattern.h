// SPDX-License-Identifier: Apache-2.0
// Synthetic traffic of the network-on-chip literature: where a core's packets go.
// Source: Dally, Towles, "Principles and Practices of Interconnection Networks" (2004), section
// 3.2, as BookSim2 has them.
#ifndef SPIKEMESH_ROUTER_TRAFFIC_PATTERN_H_
#define SPIKEMESH_ROUTER_TRAFFIC_PATTERN_H_

#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "router/mesh.h"

namespace spikemesh {

enum class TrafficPattern : std::uint8_t {
  kUniform,        // any core with equal chance, the sender included
  kTranspose,      // (y, x); square meshes
  kBitComplement,  // (width - 1 - x, height - 1 - y)
  kTornado,        // each coordinate + ceil(side / 2) - 1, modulo the side
  kNeighbor,       // each coordinate + 1, modulo the side
};

// "uniform", "transpose", "bitcomp", "tornado", "neighbor".
std::string_view TrafficPatternName(TrafficPattern pattern);
// Errors: InvalidArgument (another name; the allowed ones are listed).
absl::StatusOr<TrafficPattern> ParseTrafficPattern(std::string_view name);
// Errors: InvalidArgument (transpose on a mesh that is not square).
absl::Status CheckTrafficPattern(TrafficPattern pattern, const MeshShape& mesh);

// The one target of `from`. `pattern` is not kUniform and goes with the mesh.
CoreCoordinates PatternTarget(TrafficPattern pattern, const MeshShape& mesh, CoreCoordinates from);

// Mean over all packets of |dx| + |dy|.
double PatternHopsMean(TrafficPattern pattern, const MeshShape& mesh);

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_TRAFFIC_PATTERN_H_
