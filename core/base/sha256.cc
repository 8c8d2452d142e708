// SPDX-License-Identifier: Apache-2.0
#include "core/base/sha256.h"

#include <openssl/evp.h>

#include "core/base/status.h"

namespace spikemesh {

Sha256Digest Sha256(std::string_view bytes) {
  Sha256Digest digest = {};
  SPIKEMESH_CHECK(
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

std::string Sha256Hex(std::string_view bytes) {
  std::string text;
  for (const std::uint8_t byte : Sha256(bytes)) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace spikemesh
