// SPDX-License-Identifier: Apache-2.0
// What the host computes of a network, on no core: a first layer that reads real numbers.
#ifndef SPIKEMESH_CORE_REPORT_HOST_WORK_H_
#define SPIKEMESH_CORE_REPORT_HOST_WORK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/chip/presentation.h"

namespace spikemesh {

struct HostWork {
  std::string layer;
  std::int64_t macs_per_image = 0;  // HostLayer::macs
  bool operator==(const HostWork&) const = default;
};

inline std::optional<HostWork> HostWorkOf(const InputModel& input) {
  if (!input.host_layer) {
    return std::nullopt;
  }
  return HostWork{.layer = input.host_layer->name, .macs_per_image = input.host_layer->macs()};
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_HOST_WORK_H_
