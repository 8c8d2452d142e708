// SPDX-License-Identifier: Apache-2.0
#include "core/session/traffic_observers.h"

#include <vector>

#include "core/base/remedy.h"
#include "core/base/strings.h"

namespace spikemesh {

absl::Status TrafficObserver::Look(const Machine& machine) {
  traffic_.Look(*machine.transport(), machine.arrivals());
  // One that is overdue is explained once it has arrived.
  return traffic_.late_spikes().empty() ? absl::OkStatus() : CheckLate();
}

absl::Status TrafficObserver::CheckLate() const {
  if (late_ == LateSpikes::kDeliver || traffic_.late() == 0) {
    return absl::OkStatus();
  }
  const std::vector<LateSpike>& late = traffic_.late_spikes();
  return WithRemedy(
      absl::DeadlineExceededError(
          Concat("found ", traffic_.late(), " late spikes, ",
                 late.empty() ? "none of which arrived" : "the first: " + Explain(late.front()),
                 "; allowed: none")),
      {RemedyKind::kLongerTicks});
}

absl::Status TimelineObserver::Look(const Machine& machine) {
  timeline_.Look(*machine.transport(), machine.arrivals());
  return absl::OkStatus();
}

absl::Status TraceObserver::Look(const Machine& machine) {
  trace_.Look(*machine.transport(), machine.arrivals());
  return absl::OkStatus();
}

}  // namespace spikemesh
