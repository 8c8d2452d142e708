// SPDX-License-Identifier: Apache-2.0
// Which figures of a distribution of latencies are told, and by which names.
#ifndef SPIKEMESH_CORE_PROFILE_LATENCY_SUMMARY_H_
#define SPIKEMESH_CORE_PROFILE_LATENCY_SUMMARY_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/profile/latency_histogram.h"

namespace spikemesh {

struct NamedPercentile {
  const char* key;      // in JSON
  const char* heading;  // of a table
  double share;
};
inline constexpr std::array<NamedPercentile, 4> kLatencyPercentiles = {
    {{"p50", "p50", 0.5}, {"p95", "p95", 0.95}, {"p99", "p99", 0.99}, {"p999", "p99.9", 0.999}}};

// Of some packets, in cycles.
struct LatencySummary {
  std::int64_t packets = 0;
  double mean = 0.0;
  std::array<std::int64_t, kLatencyPercentiles.size()> percentiles = {};
  std::int64_t max = 0;
};

LatencySummary SummarizeLatency(const LatencyHistogram& latency);

// Mean, percentiles and maximum as cells of a row, and their headings.
void AddLatencyHeadings(std::vector<std::string>& row);
void AddLatencyCells(const LatencySummary& latency, std::vector<std::string>& row);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_LATENCY_SUMMARY_H_
