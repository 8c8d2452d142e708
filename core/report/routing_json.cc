// SPDX-License-Identifier: Apache-2.0
#include "core/report/routing_json.h"

#include "core/base/json.h"

namespace spikemesh {

Json LateJson(const RoutingSummary& routing) {
  Json packets = Json::array();
  const auto place = [](CoreCoordinates at) { return Json{{"x", at.x}, {"y", at.y}}; };
  for (const LateSpike& spike : routing.late_spikes) {
    Json path = Json::array();
    for (const CoreCoordinates at : spike.path) {
      path.push_back(place(at));
    }
    packets.push_back({{"from", place(spike.from)},
                       {"to", place(spike.to)},
                       {"host", spike.is_host},
                       {"sent_tick", spike.sent_tick},
                       {"due_tick", spike.due_tick},
                       {"arrived_tick", spike.arrived_tick},
                       {"latency_cycles", spike.latency_cycles},
                       {"zero_load_cycles", spike.zero_load_cycles},
                       {"source_wait_cycles", spike.source_wait_cycles},
                       {"mesh_wait_cycles", spike.mesh_wait_cycles},
                       {"path", path}});
  }
  return {{"count", routing.late},
          {"of_host", routing.late_of_host},
          {"dropped", routing.dropped},
          {"packets", packets}};
}

Json SlackJson(const SlackSummary& slack) {
  return {{"min", slack.min}, {"p1", slack.p1}, {"p5", slack.p5}, {"p50", slack.p50}};
}

}  // namespace spikemesh
