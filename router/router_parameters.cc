// SPDX-License-Identifier: Apache-2.0
#include "router/router_parameters.h"

#include <array>

#include "core/base/strings.h"

namespace spikemesh {

std::span<const RouterField> RouterFields() {
  static constexpr std::array<RouterField, 8> kFields = {{
      {"fifo_depth", &RouterParameters::fifo_depth, 1, kFifoDepthMax},
      {"inject_cycles", &RouterParameters::inject_cycles, 1, kRouterDelayCyclesMax},
      {"hop_cycles", &RouterParameters::hop_cycles, 1, kRouterDelayCyclesMax},
      {"eject_cycles", &RouterParameters::eject_cycles, 1, kRouterDelayCyclesMax},
      {"credit_cycles", &RouterParameters::credit_cycles, 1, kRouterDelayCyclesMax},
      {"edge_cycles_per_packet", &RouterParameters::edge_cycles_per_packet, 0,
       kRouterDelayCyclesMax},
      {"edge_hop_cycles", &RouterParameters::edge_hop_cycles, 1, kRouterDelayCyclesMax},
      {"cycles_per_tick", &RouterParameters::cycles_per_tick, 1, kCyclesPerTickMax},
  }};
  return kFields;
}

absl::Status CheckRouterParameters(const RouterParameters& parameters) {
  for (const RouterField& field : RouterFields()) {
    const std::int32_t value = parameters.*field.value;
    if (value < field.min || value > field.max) {
      return absl::OutOfRangeError(Concat("router: ", field.name, ": found ", value,
                                          ", allowed: ", field.min, "..", field.max));
    }
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
