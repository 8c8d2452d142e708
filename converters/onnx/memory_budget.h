// SPDX-License-Identifier: Apache-2.0
// How much an import may allocate beyond the file itself, counted before each large allocation: a
// small file can name one tensor a thousand times, or spread one scalar over millions of channels.
#ifndef SPIKEMESH_CONVERTERS_ONNX_MEMORY_BUDGET_H_
#define SPIKEMESH_CONVERTERS_ONNX_MEMORY_BUDGET_H_

#include <cstdint>

#include "converters/onnx/import_onnx.h"
#include "core/base/status.h"
#include "core/base/strings.h"

namespace spikemesh {

// What any import may take, and what each byte of file adds to that: an int8 weight becomes eight
// bytes when it is decoded, forty while a DequantizeLinear is folded, and four in the network.
inline constexpr std::uint64_t kImportBytesFree = std::uint64_t{64} << 20;
inline constexpr std::uint64_t kImportBytesPerFileByte = 64;

class MemoryBudget {
 public:
  // `file_bytes`: size of the model, at most kOnnxFileBytesMax.
  explicit MemoryBudget(std::uint64_t file_bytes)
      : bytes_left_(kImportBytesFree + file_bytes * kImportBytesPerFileByte) {}

  // So many bytes of external data are about to be read. ResourceExhausted where all that was read
  // exceeds kOnnxFileBytesMax.
  absl::Status AddExternal(std::uint64_t bytes) {
    if (bytes > kOnnxFileBytesMax - external_bytes_) {
      return absl::ResourceExhaustedError(
          Concat(bytes, " bytes of external data after ", external_bytes_,
                 " others; allowed: ", kOnnxFileBytesMax, " in all"));
    }
    external_bytes_ += bytes;
    bytes_left_ += bytes * kImportBytesPerFileByte;
    return absl::OkStatus();
  }

  // ResourceExhausted where fewer than `count` elements of `element_bytes` bytes are left.
  absl::Status Take(std::uint64_t count, std::uint64_t element_bytes) {
    if (count > bytes_left_ / element_bytes) {
      return absl::ResourceExhaustedError(Concat(count, " elements of ", element_bytes,
                                                 " bytes; allowed: ", bytes_left_,
                                                 " more bytes for a file of this size"));
    }
    bytes_left_ -= count * element_bytes;
    return absl::OkStatus();
  }

 private:
  std::uint64_t bytes_left_;
  std::uint64_t external_bytes_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_MEMORY_BUDGET_H_
