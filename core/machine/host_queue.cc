// SPDX-License-Identifier: Apache-2.0
#include "core/machine/host_queue.h"

#include <algorithm>

#include "core/base/status.h"
#include "core/machine/delay_buffers.h"

namespace spikemesh {

void HostQueue::Add(HostSpike spike, Tick arrival, Tick now) {
  SPIKEMESH_CHECK(arrival > now);
  if (arrival - now < kDelaySlots) {
    near_[SlotOf(arrival)].push_back(spike);
    return;
  }
  far_.push_back({arrival, spike});
  std::push_heap(far_.begin(), far_.end(), Later);
}

std::span<const HostSpike> HostQueue::Take(Tick tick) {
  taken_.clear();
  taken_.swap(near_[SlotOf(tick)]);
  while (!far_.empty() && far_.front().arrival == tick) {
    taken_.push_back(far_.front().spike);
    std::pop_heap(far_.begin(), far_.end(), Later);
    far_.pop_back();
  }
  SPIKEMESH_CHECK(far_.empty() || far_.front().arrival > tick);
  return taken_;
}

std::optional<Tick> HostQueue::NextArrival(Tick now) const {
  for (int ticks = 1; ticks < kDelaySlots; ++ticks) {
    if (!near_[SlotOf(now + ticks)].empty()) {
      const Tick near = now + ticks;
      return far_.empty() ? near : std::min(near, far_.front().arrival);
    }
  }
  return far_.empty() ? std::nullopt : std::optional<Tick>(far_.front().arrival);
}

void HostQueue::Clear() {
  for (std::vector<HostSpike>& arrivals : near_) {
    arrivals.clear();
  }
  far_.clear();
}

}  // namespace spikemesh
