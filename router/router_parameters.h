// SPDX-License-Identifier: Apache-2.0
// What a user may change about the routers of the mesh (cycle_mesh.h).
#ifndef SPIKEMESH_ROUTER_ROUTER_PARAMETERS_H_
#define SPIKEMESH_ROUTER_ROUTER_PARAMETERS_H_

#include <cstdint>
#include <span>

#include "core/base/status.h"

namespace spikemesh {

inline constexpr std::int32_t kFifoDepthMax = 4096;
inline constexpr std::int32_t kRouterDelayCyclesMax = 256;
inline constexpr std::int32_t kCyclesPerTickMax = 100'000'000;

// Cycle counts of TrueNorth's routers are not published: all of kTrueNorthRouter is assumed.
struct RouterParameters {
  std::int32_t fifo_depth = 8;     // packets an input holds
  std::int32_t inject_cycles = 2;  // from entering the local FIFO to being eligible
  std::int32_t hop_cycles = 3;     // from a grant to being eligible in the next router
  std::int32_t eject_cycles = 3;   // from the grant of the local output to the core
  std::int32_t credit_cycles = 3;  // from leaving a FIFO to the credit's return upstream
  // Cycles that a packet takes of the one link on a chip's side; 0: every row or column has a link
  // of its own, like those inside a chip.
  std::int32_t edge_cycles_per_packet = 0;
  std::int32_t edge_hop_cycles = 3;  // from its turn on that link to being eligible behind it
  std::int32_t cycles_per_tick = 100000;
  bool operator==(const RouterParameters&) const = default;
};

// BookSim2's mesh with one virtual channel, routing_delay 0 and the other delays 1; checked against
// the latencies that it prints.
inline constexpr RouterParameters kBooksimCRouter = {};
// A 32-bit packet over a chip edge 8 bits wide, and as many cycles for its way into the other chip.
inline constexpr RouterParameters kTrueNorthRouter = {.edge_cycles_per_packet = 4,
                                                      .edge_hop_cycles = 8};

// Errors: OutOfRange (fifo_depth not in 1..kFifoDepthMax, a delay not in 1..kRouterDelayCyclesMax,
// edge_cycles_per_packet not in 0..kRouterDelayCyclesMax, cycles_per_tick not in
// 1..kCyclesPerTickMax; name, found, allowed).
absl::Status CheckRouterParameters(const RouterParameters& parameters);

// A field of RouterParameters, as it is called in files and messages.
struct RouterField {
  const char* name;
  std::int32_t RouterParameters::*value;
  std::int32_t min;
  std::int32_t max;
};
std::span<const RouterField> RouterFields();

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_ROUTER_PARAMETERS_H_
