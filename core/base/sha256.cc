// SPDX-License-Identifier: Apache-2.0
#include "core/base/sha256.h"

#include <openssl/evp.h>

#include <memory>

#include "core/base/status.h"

namespace spikemesh {

Sha256Digest Sha256(std::span<const std::string_view> pieces) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  SPIKEMESH_CHECK(context != nullptr &&
                  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
  for (const std::string_view piece : pieces) {
    SPIKEMESH_CHECK(EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1);
  }
  Sha256Digest digest = {};
  SPIKEMESH_CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
  return digest;
}

Sha256Digest Sha256(std::string_view bytes) { return Sha256(std::span(&bytes, 1)); }

std::string Sha256Hex(std::string_view bytes) {
  std::string text;
  for (const std::uint8_t byte : Sha256(bytes)) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace spikemesh
