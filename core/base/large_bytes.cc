// SPDX-License-Identifier: Apache-2.0
#include "core/base/large_bytes.h"

#include <sys/mman.h>

#include <utility>

#include "core/base/huge_pages.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// What is asked of the system for `size` bytes: whole huge pages, where there is one at least, so
// that no tail of small pages is left.
std::size_t MappedSize(std::size_t size) {
  return size < kHugePageBytes ? size
                               : (size + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
}

}  // namespace

absl::StatusOr<LargeBytes> LargeBytes::Create(std::size_t size) {
  if (size == 0) {
    return LargeBytes();
  }
  const std::size_t mapped = MappedSize(size);
  void* const memory = mapped < size ? MAP_FAILED
                                     : ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return absl::ResourceExhaustedError(Concat("no memory for ", size, " bytes"));
  }
  AskForHugePages(memory, mapped);
  return LargeBytes({static_cast<char*>(memory), size});
}

LargeBytes::LargeBytes(LargeBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

LargeBytes& LargeBytes::operator=(LargeBytes&& other) noexcept {
  LargeBytes taken(std::move(other));
  std::swap(bytes_, taken.bytes_);
  return *this;
}

LargeBytes::~LargeBytes() {
  if (!bytes_.empty()) {
    ::munmap(bytes_.data(), MappedSize(bytes_.size()));
  }
}

}  // namespace spikemesh
