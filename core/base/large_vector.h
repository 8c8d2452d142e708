// SPDX-License-Identifier: Apache-2.0
// A std::vector for arrays of many megabytes that are read at random places: crossbar rows,
// targets. It lies on 2 MB boundaries and asks the kernel for huge pages, since with 4 KB pages
// nearly every such read also misses the translation cache (a third of the time of a tick on a 64 x
// 64 chip).
#ifndef SPIKEMESH_CORE_BASE_LARGE_VECTOR_H_
#define SPIKEMESH_CORE_BASE_LARGE_VECTOR_H_

#include <cstddef>
#include <new>
#include <vector>

#include "core/base/huge_pages.h"

namespace spikemesh {

// Small arrays get ordinary memory, aligned to a cache line.
template <typename T>
struct HugePageAllocator {
  using value_type = T;
  HugePageAllocator() = default;
  template <typename U>
  explicit(false) HugePageAllocator(const HugePageAllocator<U>&) {}

  static std::align_val_t AlignmentOf(std::size_t bytes) {
    return std::align_val_t(bytes >= kHugePageBytes ? kHugePageBytes : std::size_t{64});
  }
  T* allocate(std::size_t count) {
    static_assert(alignof(T) <= 64);
    const std::size_t bytes = count * sizeof(T);
    void* memory = ::operator new(bytes, AlignmentOf(bytes));
    AskForHugePages(memory, bytes);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    ::operator delete(memory, AlignmentOf(count * sizeof(T)));
  }
  bool operator==(const HugePageAllocator&) const { return true; }
};

template <typename T>
using LargeVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_LARGE_VECTOR_H_
