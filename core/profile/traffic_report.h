// SPDX-License-Identifier: Apache-2.0
// What `spikemesh profile` tells of a pattern, as a value and as text.
#ifndef SPIKEMESH_CORE_PROFILE_TRAFFIC_REPORT_H_
#define SPIKEMESH_CORE_PROFILE_TRAFFIC_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/profile/synthetic_traffic.h"

namespace spikemesh {

// The load of one link in the measured cycles.
struct TrafficLink {
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::size_t port = 0;
  double load = 0.0;  // packets a cycle, 0..1
  double peak = 0.0;  // the same in the busiest window
};

struct TrafficReport {
  SyntheticTraffic traffic;
  TrafficMeasurement measured;
  std::optional<double> saturation_rate;  // packets a core and cycle
  double cpu_seconds = 0.0;               // of the measurement, saturation search excluded
  std::string version;

  // Links between routers, row-major, then by port; those that no packet took are left out.
  std::vector<TrafficLink> LoadedLinks() const;
  double hops_per_cpu_second() const;
  std::string mesh_text() const;  // "8x8"
};

std::string FormatTrafficReport(const TrafficReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_TRAFFIC_REPORT_H_
