// SPDX-License-Identifier: Apache-2.0
// Asks the kernel for pages of 2 MB: fewer trips into it when memory is first touched, and fewer
// misses of the translation cache when it is read at random places.
#ifndef SPIKEMESH_CORE_BASE_HUGE_PAGES_H_
#define SPIKEMESH_CORE_BASE_HUGE_PAGES_H_

#include <sys/mman.h>

#include <cstddef>

namespace spikemesh {

inline constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

// `memory` begins on a page boundary. Does nothing for less than a huge page.
inline void AskForHugePages(void* memory, std::size_t bytes) {
  if (bytes >= kHugePageBytes) {
    // Advice only: where it is refused, ordinary pages serve.
    static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
  }
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_HUGE_PAGES_H_
