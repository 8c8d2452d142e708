// SPDX-License-Identifier: Apache-2.0
// What `spikemesh profile --pattern` tells, as JSON (`spikemesh.profile/1`) and as text.
#ifndef SPIKEMESH_CORE_PROFILE_TRAFFIC_REPORT_H_
#define SPIKEMESH_CORE_PROFILE_TRAFFIC_REPORT_H_

#include <optional>
#include <string>

#include "core/base/json.h"
#include "core/profile/synthetic_traffic.h"

namespace spikemesh {

inline constexpr const char* kProfileSchema = "spikemesh.profile/1";

struct TrafficReport {
  SyntheticTraffic traffic;
  TrafficMeasurement measured;
  std::optional<double> saturation_rate;  // packets a core and cycle
  double cpu_seconds = 0.0;               // of the measurement, saturation search excluded
  std::string version;
};

Json TrafficReportJson(const TrafficReport& report);
std::string FormatTrafficReport(const TrafficReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_TRAFFIC_REPORT_H_
