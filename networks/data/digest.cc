// SPDX-License-Identifier: Apache-2.0
#include "networks/data/digest.h"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "core/base/status.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

const EVP_MD* AlgorithmOf(DigestKind kind) {
  switch (kind) {
    case DigestKind::kSha256:
      return EVP_sha256();
    case DigestKind::kMd5:
      return EVP_md5();
    case DigestKind::kGitBlob:
      return EVP_sha1();
  }
  return nullptr;
}

}  // namespace

std::string_view DigestKindName(DigestKind kind) {
  switch (kind) {
    case DigestKind::kSha256:
      return "SHA-256";
    case DigestKind::kMd5:
      return "MD5";
    case DigestKind::kGitBlob:
      return "git blob id";
  }
  return "unknown";
}

std::string DigestHex(DigestKind kind, std::string_view bytes) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  SPIKEMESH_CHECK(context != nullptr);
  SPIKEMESH_CHECK(EVP_DigestInit_ex(context.get(), AlgorithmOf(kind), nullptr) == 1);
  if (kind == DigestKind::kGitBlob) {
    const std::string header = Concat("blob ", bytes.size());
    // The zero byte after the size is part of the header.
    SPIKEMESH_CHECK(EVP_DigestUpdate(context.get(), header.c_str(), header.size() + 1) == 1);
  }
  SPIKEMESH_CHECK(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  SPIKEMESH_CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex.push_back(kHexDigits[digest[i] >> 4]);
    hex.push_back(kHexDigits[digest[i] & 0xF]);
  }
  return hex;
}

}  // namespace spikemesh
