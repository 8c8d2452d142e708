// SPDX-License-Identifier: Apache-2.0
// Bytes of chip files, changed on purpose.
#ifndef SPIKEMESH_TESTS_CORE_CHIP_CHIP_FILE_BYTES_H_
#define SPIKEMESH_TESTS_CORE_CHIP_CHIP_FILE_BYTES_H_

#include <cstddef>
#include <cstring>
#include <string>

#include "core/base/sha256.h"

namespace spikemesh {

// Bytes before the payload: magic and version, length, digest.
inline constexpr std::size_t kEnvelope = 48;

// Gives `file` a valid digest again after its payload, version or length was changed.
inline std::string Resealed(std::string file) {
  const Sha256Digest digest = Sha256(file.substr(0, 16) + file.substr(kEnvelope));
  std::memcpy(file.data() + 16, digest.data(), digest.size());
  return file;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CORE_CHIP_CHIP_FILE_BYTES_H_
