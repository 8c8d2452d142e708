// SPDX-License-Identifier: Apache-2.0
#include "core/session/session.h"

#include <algorithm>
#include <cstdint>

namespace spikemesh {
namespace {

// A session that nobody watches tick by tick goes in this many leaps.
constexpr std::int64_t kLeaps = 200;

}  // namespace

absl::Status RunSession(Machine& machine, SpikeSource& source,
                        std::span<TickObserver* const> observers, Tick last) {
  const bool every_tick = std::ranges::any_of(
      observers, [](const TickObserver* observer) { return observer->every_tick(); });
  const std::int64_t ticks = last.value() - machine.now().value();
  const std::int64_t leap = every_tick ? 1 : std::max<std::int64_t>(1, ticks / kLeaps);
  while (machine.now() < last) {
    const Tick until = std::min(last, machine.now() + leap);
    SPIKEMESH_RETURN_IF_ERROR(source.SendUntil(until, machine));
    machine.RunUntil(until);
    for (TickObserver* const observer : observers) {
      SPIKEMESH_RETURN_IF_ERROR(observer->Look(machine));
    }
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
