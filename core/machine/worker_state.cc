// SPDX-License-Identifier: Apache-2.0
#include "core/machine/worker_state.h"

namespace spikemesh {

CoreOwners::CoreOwners(std::size_t core_count, int workers) : workers_(workers) {
  const std::size_t groups = (core_count + kCoresPerGroup - 1) / kCoresPerGroup;
  for (std::size_t group = 0; group < groups; ++group) {
    owner_of_group_.push_back(static_cast<std::uint8_t>(group % static_cast<std::size_t>(workers)));
  }
}

WorkerState::WorkerState(std::size_t core_count, const CoreOwners& owners, int worker_index)
    : worker(worker_index),
      restless(core_count),
      due(kDelaySlots, CoreSet(core_count)),
      visited(core_count),
      outboxes(static_cast<std::size_t>(owners.workers())) {}

}  // namespace spikemesh
