// SPDX-License-Identifier: Apache-2.0
// What cycle-accurate routers did to the packets of a run: how late, how much slack. Made by
// core/profile, which counts it.
#ifndef SPIKEMESH_CORE_REPORT_ROUTING_SUMMARY_H_
#define SPIKEMESH_CORE_REPORT_ROUTING_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "router/mesh.h"
#include "router/router_parameters.h"

namespace spikemesh {

// A spike that came after its tick, and what kept it.
struct LateSpike {
  CoreCoordinates from;
  CoreCoordinates to;
  bool is_host = false;
  std::int64_t sent_tick = 0;
  std::int64_t due_tick = 0;
  std::int64_t arrived_tick = 0;
  std::int64_t latency_cycles = 0;         // from entering the source queue: the sum of these
  std::int64_t zero_load_cycles = 0;       // what its way takes without waiting
  std::int64_t source_wait_cycles = 0;     // in the queue of its core
  std::int64_t mesh_wait_cycles = 0;       // for outputs, credits and chip edges
  std::vector<CoreCoordinates> path = {};  // routers, both ends included
};

// "core (0,0) to (5,3), sent in tick 3, due in tick 3, arrived in tick 4: 61 cycles, of which ..."
std::string Explain(const LateSpike& spike);

// Cycles that were left of its tick when a packet arrived in time: percentiles of all such packets.
struct SlackSummary {
  std::int64_t min = 0;
  std::int64_t p1 = 0;
  std::int64_t p5 = 0;
  std::int64_t p50 = 0;
};

struct RoutingSummary {
  RouterParameters router;
  std::int64_t core_packets = 0;       // between cores, arrived
  double core_latency_mean = 0.0;      // of these, in cycles
  std::int64_t host_packets = 0;       // of the host, arrived
  std::int64_t late = 0;               // arrived late, or not though their tick has passed
  std::int64_t late_of_host = 0;       // of these, the host's that arrived
  std::int64_t dropped = 0;            // by a reset, on their way
  std::vector<LateSpike> late_spikes;  // the first ones that arrived
  SlackSummary slack_cycles;           // the host's included
};

// Two lines for the text of a run, and the first late spikes.
std::string FormatRouting(const RoutingSummary& routing);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_ROUTING_SUMMARY_H_
