// SPDX-License-Identifier: Apache-2.0
// A barrier for a team that meets several times a millisecond. Who comes first watches for a while
// before it sleeps: to wake a thread takes the kernel longer than the parts of a tick differ. Where
// there are fewer processors than members it sleeps at once, since the others need its processor.
#ifndef SPIKEMESH_CORE_MACHINE_BARRIER_H_
#define SPIKEMESH_CORE_MACHINE_BARRIER_H_

#include <atomic>
#include <cstdint>

namespace spikemesh {

class Barrier {
 public:
  explicit Barrier(int members);

  // Waits until all members have called it as often as the caller. What one member wrote before,
  // all see after. Does not allocate.
  void ArriveAndWait();

 private:
  const int members_;
  const int watches_;  // looks at the generation before sleeping
  // On cache lines of their own: those who watch one are not disturbed by writes to the other.
  alignas(128) std::atomic<int> arrived_ = 0;
  alignas(128) std::atomic<std::uint32_t> generation_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_BARRIER_H_
