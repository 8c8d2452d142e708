// SPDX-License-Identifier: Apache-2.0
#include "core/report/routing_summary.h"

#include <algorithm>

#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

constexpr std::size_t kLateInText = 5;

}  // namespace

std::string Explain(const LateSpike& spike) {
  return Concat(spike.is_host ? "host to " : Concat("core ", spike.from, " to "), spike.to,
                ", sent in tick ", spike.sent_tick, ", due in tick ", spike.due_tick,
                ", arrived in tick ", spike.arrived_tick, ": ", spike.latency_cycles,
                " cycles, of which ", spike.zero_load_cycles, " its way takes, ",
                spike.source_wait_cycles, " in the queue of its source, ", spike.mesh_wait_cycles,
                " waiting in the mesh");
}

std::string FormatRouting(const RoutingSummary& routing) {
  std::string text =
      Concat("\nrouter    ", FormatCount(routing.core_packets), " spikes between cores, ",
             FormatNumber(routing.core_latency_mean), " cycles each, ",
             FormatCount(routing.host_packets), " of the host; ", FormatCount(routing.late),
             " late\n          slack at least ", FormatCount(routing.slack_cycles.min), " of ",
             FormatCount(routing.router.cycles_per_tick), " cycles a tick\n");
  for (std::size_t i = 0; i < std::min(routing.late_spikes.size(), kLateInText); ++i) {
    text += Concat("  late: ", Explain(routing.late_spikes[i]), "\n");
  }
  return text;
}

}  // namespace spikemesh
