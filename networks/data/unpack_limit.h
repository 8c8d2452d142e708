// SPDX-License-Identifier: Apache-2.0
// How much packed bytes may unpack to. Deflate packs zeros 1,032 to 1, so a small file can hold
// gigabytes of nothing; pictures pack 2 to 30 to 1. Beyond a size that does no harm, what unpacks
// to more than 100 times its bytes is refused before it is unpacked.
#ifndef SPIKEMESH_NETWORKS_DATA_UNPACK_LIMIT_H_
#define SPIKEMESH_NETWORKS_DATA_UNPACK_LIMIT_H_

#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "core/base/strings.h"

namespace spikemesh {

inline constexpr std::uint64_t kUnpackedBytesFree = std::uint64_t{32} << 20;
inline constexpr std::uint64_t kUnpackedRatioMax = 100;

inline std::uint64_t UnpackedBytesMax(std::uint64_t packed_bytes) {
  return kUnpackedBytesFree + kUnpackedRatioMax * packed_bytes;
}

// Errors: ResourceExhausted.
inline absl::Status CheckUnpacked(std::string_view what, std::uint64_t packed_bytes,
                                  std::uint64_t unpacked_bytes) {
  if (unpacked_bytes <= UnpackedBytesMax(packed_bytes)) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(Concat(what, ": ", packed_bytes, " bytes unpack to ",
                                             unpacked_bytes, ", allowed: ", kUnpackedRatioMax,
                                             " to 1 and ", kUnpackedBytesFree,
                                             " more; store them less packed"));
}

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_UNPACK_LIMIT_H_
