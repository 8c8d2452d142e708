// SPDX-License-Identifier: Apache-2.0
// What routers did, as JSON.
#ifndef SPIKEMESH_CORE_REPORT_ROUTING_JSON_H_
#define SPIKEMESH_CORE_REPORT_ROUTING_JSON_H_

#include "core/base/json_fwd.h"
#include "core/report/routing_summary.h"

namespace spikemesh {

// The `late` object: {count, of_host, dropped, packets[]}; `packets` holds the first ones.
Json LateJson(const RoutingSummary& routing);

// The `slack_cycles` object: {min, p1, p5, p50}.
Json SlackJson(const SlackSummary& slack);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_ROUTING_JSON_H_
