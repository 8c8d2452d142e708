// SPDX-License-Identifier: Apache-2.0
#include "router/router_parameters.h"

#include "core/base/strings.h"

namespace spikemesh {
namespace {

absl::Status CheckWithin(const char* name, std::int32_t value, std::int32_t max) {
  if (value >= 1 && value <= max) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError(Concat("router: ", name, ": found ", value, ", allowed: 1..", max));
}

}  // namespace

absl::Status CheckRouterParameters(const RouterParameters& parameters) {
  SPIKEMESH_RETURN_IF_ERROR(CheckWithin("fifo_depth", parameters.fifo_depth, kFifoDepthMax));
  SPIKEMESH_RETURN_IF_ERROR(
      CheckWithin("inject_cycles", parameters.inject_cycles, kRouterDelayCyclesMax));
  SPIKEMESH_RETURN_IF_ERROR(
      CheckWithin("hop_cycles", parameters.hop_cycles, kRouterDelayCyclesMax));
  SPIKEMESH_RETURN_IF_ERROR(
      CheckWithin("eject_cycles", parameters.eject_cycles, kRouterDelayCyclesMax));
  return CheckWithin("credit_cycles", parameters.credit_cycles, kRouterDelayCyclesMax);
}

}  // namespace spikemesh
