// SPDX-License-Identifier: Apache-2.0
// What `spikemesh profile MODEL.chip` tells, as JSON (`spikemesh.profile/1`) and as text; and what
// `spikemesh run` tells of its router.
#ifndef SPIKEMESH_CORE_PROFILE_SPIKE_TRAFFIC_REPORT_H_
#define SPIKEMESH_CORE_PROFILE_SPIKE_TRAFFIC_REPORT_H_

#include <string>

#include "core/base/json.h"
#include "core/profile/spike_traffic.h"
#include "core/stats/run_report.h"

namespace spikemesh {

// The `late` object: {count, of_host, dropped, packets[]}; `packets` holds those of late_spikes().
Json LateJson(const SpikeTraffic& traffic);
// The `slack_cycles` object: {min, p1, p5, p50}.
Json SlackJson(const SpikeTraffic& traffic);

// `run` names the model, the data set, the energy and the simulator.
Json SpikeTrafficJson(const SpikeTraffic& traffic, const RunReport& run);
std::string FormatSpikeTraffic(const SpikeTraffic& traffic, const RunReport& run);

// Two lines for the text of `spikemesh run`.
std::string FormatLate(const SpikeTraffic& traffic);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_SPIKE_TRAFFIC_REPORT_H_
