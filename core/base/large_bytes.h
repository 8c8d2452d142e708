// SPDX-License-Identifier: Apache-2.0
// Many megabytes of memory that are written once, read and dropped: the content of a large file. A
// std::string would fill them with zeros first and touch them in pages of 4 KB, each a trip into
// the kernel; here nothing is filled twice and the kernel is asked for huge pages. Reading a file
// of 52 MB takes 5 ms so, and 25 ms into a std::string.
#ifndef SPIKEMESH_CORE_BASE_LARGE_BYTES_H_
#define SPIKEMESH_CORE_BASE_LARGE_BYTES_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

// Owns its memory, which goes back to the system at once when the object ends. Moved from: empty.
class LargeBytes {
 public:
  // `size` zero bytes, on a page boundary. Errors: ResourceExhausted (the system has no room).
  static absl::StatusOr<LargeBytes> Create(std::size_t size);

  LargeBytes() = default;
  LargeBytes(LargeBytes&& other) noexcept;
  LargeBytes& operator=(LargeBytes&& other) noexcept;
  LargeBytes(const LargeBytes&) = delete;
  LargeBytes& operator=(const LargeBytes&) = delete;
  ~LargeBytes();

  std::span<char> span() { return bytes_; }
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  explicit LargeBytes(std::span<char> bytes) : bytes_(bytes) {}

  std::span<char> bytes_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_LARGE_BYTES_H_
