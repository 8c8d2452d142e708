// SPDX-License-Identifier: Apache-2.0
// What a user may change about the routers of the mesh (cycle_mesh.h).
#ifndef SPIKEMESH_ROUTER_ROUTER_PARAMETERS_H_
#define SPIKEMESH_ROUTER_ROUTER_PARAMETERS_H_

#include <cstdint>

#include "core/base/status.h"

namespace spikemesh {

inline constexpr std::int32_t kFifoDepthMax = 4096;
inline constexpr std::int32_t kRouterDelayCyclesMax = 256;

// The defaults are BookSim2's mesh with one virtual channel, routing_delay 0 and the other delays 1
// (`booksim-c`); they were checked against its printed latencies.
struct RouterParameters {
  std::int32_t fifo_depth = 8;     // packets an input holds
  std::int32_t inject_cycles = 2;  // from entering the local FIFO to being eligible
  std::int32_t hop_cycles = 3;     // from a grant to being eligible in the next router
  std::int32_t eject_cycles = 3;   // from the grant of the local output to the core
  std::int32_t credit_cycles = 3;  // from leaving a FIFO to the credit's return upstream
  bool operator==(const RouterParameters&) const = default;
};

// Errors: OutOfRange (fifo_depth not in 1..kFifoDepthMax, a delay not in 1..kRouterDelayCyclesMax;
// name, found, allowed).
absl::Status CheckRouterParameters(const RouterParameters& parameters);

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_ROUTER_PARAMETERS_H_
