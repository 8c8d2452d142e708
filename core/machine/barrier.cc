// SPDX-License-Identifier: Apache-2.0
#include "core/machine/barrier.h"

#include <thread>

namespace spikemesh {
namespace {

// Some 50 microseconds on processors of today: several times what the workers of a tick differ.
constexpr int kWatches = 4000;

// Lets a processor that runs two threads give the time to the other one.
void Pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

int WatchesFor(int members) {
  const unsigned processors = std::thread::hardware_concurrency();
  return processors >= static_cast<unsigned>(members) ? kWatches : 0;
}

}  // namespace

Barrier::Barrier(int members) : members_(members), watches_(WatchesFor(members)) {}

void Barrier::ArriveAndWait() {
  // Read before arriving: the last member to arrive may raise it at once.
  const std::uint32_t generation = generation_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == members_ - 1) {
    arrived_.store(0, std::memory_order_relaxed);
    // In one order with the count of sleepers that notify_all reads: a weaker store might follow
    // that reading, and a member that falls asleep in between would not be woken.
    generation_.store(generation + 1, std::memory_order_seq_cst);
    generation_.notify_all();
    return;
  }
  for (int watch = 0; watch < watches_; ++watch) {
    if (generation_.load(std::memory_order_acquire) != generation) {
      return;
    }
    Pause();
  }
  generation_.wait(generation, std::memory_order_acquire);
}

}  // namespace spikemesh
