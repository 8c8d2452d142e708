// SPDX-License-Identifier: Apache-2.0
#include "core/profile/latency_summary.h"

#include "core/report/text_table.h"

namespace spikemesh {

LatencySummary SummarizeLatency(const LatencyHistogram& latency) {
  LatencySummary summary = {.packets = latency.packets(),
                            .mean = latency.mean(),
                            .percentiles = {},
                            .max = latency.max()};
  for (std::size_t i = 0; i < kLatencyPercentiles.size(); ++i) {
    summary.percentiles[i] = latency.Percentile(kLatencyPercentiles[i].share);
  }
  return summary;
}

void AddLatencyHeadings(std::vector<std::string>& row) {
  row.emplace_back("mean");
  for (const NamedPercentile& percentile : kLatencyPercentiles) {
    row.emplace_back(percentile.heading);
  }
  row.emplace_back("max");
}

void AddLatencyCells(const LatencySummary& latency, std::vector<std::string>& row) {
  row.push_back(FormatNumber(latency.mean));
  for (const std::int64_t percentile : latency.percentiles) {
    row.push_back(FormatCount(percentile));
  }
  row.push_back(FormatCount(latency.max));
}

}  // namespace spikemesh
