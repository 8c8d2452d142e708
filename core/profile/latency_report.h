// SPDX-License-Identifier: Apache-2.0
// How latencies are told: which percentiles, by which names, in JSON and in a table.
#ifndef SPIKEMESH_CORE_PROFILE_LATENCY_REPORT_H_
#define SPIKEMESH_CORE_PROFILE_LATENCY_REPORT_H_

#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/profile/latency_histogram.h"

namespace spikemesh {

// Appends mean, p50, p95, p99, p999 and max, in cycles, to an object.
void AddLatency(const LatencyHistogram& latency, Json& json);

// The same as cells of a row, and their headings.
void AddLatencyHeadings(std::vector<std::string>& row);
void AddLatencyCells(const LatencyHistogram& latency, std::vector<std::string>& row);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_LATENCY_REPORT_H_
