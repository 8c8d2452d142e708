// SPDX-License-Identifier: Apache-2.0
// SHA-256, from OpenSSL, as 64 lower-case hexadecimal digits or 32 raw bytes.
#ifndef SPIKEMESH_CORE_BASE_SHA256_H_
#define SPIKEMESH_CORE_BASE_SHA256_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace spikemesh {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest Sha256(std::string_view bytes);
// The digest of the pieces joined in order, without joining them.
Sha256Digest Sha256(std::span<const std::string_view> pieces);
std::string Sha256Hex(std::string_view bytes);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_SHA256_H_
