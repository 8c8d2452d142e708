// SPDX-License-Identifier: Apache-2.0
#include "core/profile/latency_report.h"

#include <array>
#include <cstdint>

#include "core/stats/text_table.h"

namespace spikemesh {
namespace {

struct NamedShare {
  const char* key;
  const char* heading;
  double share;
};
constexpr std::array<NamedShare, 4> kPercentiles = {
    {{"p50", "p50", 0.5}, {"p95", "p95", 0.95}, {"p99", "p99", 0.99}, {"p999", "p99.9", 0.999}}};

}  // namespace

void AddLatency(const LatencyHistogram& latency, Json& json) {
  json["mean"] = latency.mean();
  for (const NamedShare& percentile : kPercentiles) {
    json[percentile.key] = latency.Percentile(percentile.share);
  }
  json["max"] = latency.max();
}

void AddLatencyHeadings(std::vector<std::string>& row) {
  row.emplace_back("mean");
  for (const NamedShare& percentile : kPercentiles) {
    row.emplace_back(percentile.heading);
  }
  row.emplace_back("max");
}

void AddLatencyCells(const LatencyHistogram& latency, std::vector<std::string>& row) {
  row.push_back(FormatNumber(latency.mean()));
  for (const NamedShare& percentile : kPercentiles) {
    row.push_back(FormatCount(latency.Percentile(percentile.share)));
  }
  row.push_back(FormatCount(latency.max()));
}

}  // namespace spikemesh
