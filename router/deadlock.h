// SPDX-License-Identifier: Apache-2.0
// Proof that routes cannot deadlock: no chain of channels, each waiting for the next, is closed.
//
// A channel is one direction of a link, with the FIFO behind it. It depends on another where some
// packet that is in it may ask for that one next. With ejection that never blocks, an acyclic
// graph of dependencies is free of deadlock (Dally, Seitz, IEEE Trans. Computers C-36, 1987).
#ifndef SPIKEMESH_ROUTER_DEADLOCK_H_
#define SPIKEMESH_ROUTER_DEADLOCK_H_

#include <cstdint>
#include <span>

namespace spikemesh {

struct ChannelDependency {
  std::uint32_t channel = 0;
  std::uint32_t next = 0;
};

// Whether the dependencies among channels 0..channels - 1 close no circle. O(channels +
// dependencies), by Boost.Graph's topological sort.
bool IsDeadlockFree(std::uint32_t channels, std::span<const ChannelDependency> dependencies);

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_DEADLOCK_H_
