// SPDX-License-Identifier: Apache-2.0
// What a tick changes: the state of all cores, which the workers share out among them, and what
// each worker keeps for itself.
#ifndef SPIKEMESH_CORE_MACHINE_WORKER_STATE_H_
#define SPIKEMESH_CORE_MACHINE_WORKER_STATE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/machine/compiled_chip.h"
#include "core/machine/compiled_target.h"
#include "core/machine/core_set.h"
#include "core/machine/delay_buffers.h"
#include "core/machine/potential_store.h"
#include "core/stats/counters.h"

namespace spikemesh {

// What changes from tick to tick, for all cores.
struct MachineState {
  explicit MachineState(const CompiledChip& chip)
      : buffers(chip.core_count()), potentials(chip.initial_potentials) {}

  DelayBuffers buffers;
  PotentialStore potentials;
};

inline constexpr int kWorkersMax = 64;

// Which worker owns which core: groups of four cores, dealt in turn, so that busy regions of a chip
// are shared out.
class CoreOwners {
 public:
  // 1..kWorkersMax workers.
  CoreOwners(std::size_t core_count, int workers);
  int Of(std::uint32_t core) const { return owner_of_group_[core / kCoresPerGroup]; }
  int workers() const { return workers_; }

 private:
  static constexpr std::uint32_t kCoresPerGroup = 4;
  std::vector<std::uint8_t> owner_of_group_;
  int workers_;
};

// Packets under way from phase A to phase B.
struct Outbox {
  // Where the next `more` packets go.
  CompiledTarget* RoomFor(std::size_t more) {
    if (packets.size() < count + more) {
      packets.resize(2 * (count + more));
    }
    return packets.data() + count;
  }
  // `end`: behind the last packet written.
  void FilledTo(const CompiledTarget* end) {
    count = static_cast<std::size_t>(end - packets.data());
  }

  std::vector<CompiledTarget> packets;  // room for more
  std::size_t count = 0;
  std::span<const CompiledTarget> all() const { return {packets.data(), count}; }
};

// What a worker keeps, on cache lines of its own (two, for processors that fetch them in pairs).
struct alignas(128) WorkerState {
  WorkerState(std::size_t core_count, const CoreOwners& owners, int worker);

  int worker;
  CoreSet restless;                 // owned cores that are not at rest
  std::int64_t restless_count = 0;  // its size
  std::vector<CoreSet> due;         // [slot]: owned cores with an active axon there

  // Of the last tick: the cores visited, and spikes as core * 256 + neuron, both ascending; pins in
  // the order of spikes.
  std::vector<std::uint32_t> visited;  // room for all cores
  std::size_t visited_count = 0;
  std::vector<std::uint32_t> spikes;  // room for more
  std::size_t spike_count = 0;
  std::vector<std::uint32_t> pins;
  std::vector<Outbox> outboxes;  // [worker who owns the target]; unused where there is one worker

  // Since the start; neuron_updates and merged_spikes are counted elsewhere.
  Counters counters;
  std::int64_t arrivals = 0;  // packets put into slots since the start
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_WORKER_STATE_H_
