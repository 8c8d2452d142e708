// SPDX-License-Identifier: Apache-2.0
// Checksums by which a downloaded file proves that it is the published one, as lower-case
// hexadecimal text. MD5 and SHA-1 are here because publishers give them: they find damage and
// mix-ups; against a forger the HTTPS certificate stands.
#ifndef SPIKEMESH_NETWORKS_DATA_DIGEST_H_
#define SPIKEMESH_NETWORKS_DATA_DIGEST_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace spikemesh {

// kGitBlob: what `git hash-object` prints, the SHA-1 of "blob SIZE", a zero byte and the content.
enum class DigestKind : std::uint8_t { kSha256, kMd5, kGitBlob };

std::string_view DigestKindName(DigestKind kind);

std::string DigestHex(DigestKind kind, std::string_view bytes);

struct Digest {
  DigestKind kind = DigestKind::kSha256;
  std::string hex;
  bool operator==(const Digest&) const = default;

  bool Matches(std::string_view bytes) const { return DigestHex(kind, bytes) == hex; }
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_DIGEST_H_
