// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_envelope.h"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "core/base/sha256.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

// Bytes 0..15; the digest follows.
struct EnvelopeHead {
  std::array<char, 4> magic = {'S', 'M', 'C', '\x1A'};
  std::uint32_t version = kChipFormatVersion;
  std::uint64_t payload_bytes = 0;
};
static_assert(sizeof(EnvelopeHead) == 16);
static_assert(sizeof(EnvelopeHead) + sizeof(Sha256Digest) == kChipEnvelopeBytes);

std::string_view BytesOf(const EnvelopeHead& head) {
  return {reinterpret_cast<const char*>(&head), sizeof(head)};
}

EnvelopeHead HeadOf(std::string_view bytes) {
  EnvelopeHead head;
  SPIKEMESH_CHECK(bytes.size() >= kChipEnvelopeBytes);
  std::memcpy(&head, bytes.data(), sizeof(head));
  return head;
}

Sha256Digest DigestOf(const EnvelopeHead& head, std::span<const std::string_view> pieces) {
  std::vector<std::string_view> covered = {BytesOf(head)};
  covered.insert(covered.end(), pieces.begin(), pieces.end());
  return Sha256(covered);
}

}  // namespace

std::string MakeChipEnvelope(std::span<const std::string_view> pieces) {
  EnvelopeHead head;
  for (const std::string_view piece : pieces) {
    head.payload_bytes += piece.size();
  }
  const Sha256Digest digest = DigestOf(head, pieces);
  std::string envelope(BytesOf(head));
  envelope.append(digest.begin(), digest.end());
  return envelope;
}

absl::StatusOr<std::string_view> OpenChipEnvelope(std::string_view bytes) {
  if (bytes.size() < kChipEnvelopeBytes) {
    return absl::DataLossError(Concat("not a .chip file: ", bytes.size(), " bytes, at least ",
                                      kChipEnvelopeBytes, " are needed"));
  }
  const EnvelopeHead head = HeadOf(bytes);
  if (head.magic != EnvelopeHead().magic) {
    return absl::DataLossError("not a .chip file: it does not begin with SMC");
  }
  const std::string_view payload = bytes.substr(kChipEnvelopeBytes);
  if (head.payload_bytes != payload.size()) {
    return absl::DataLossError(Concat("damaged .chip file: a payload of ", head.payload_bytes,
                                      " bytes is announced, ", payload.size(), " are there"));
  }
  return payload;
}

absl::Status CheckChipEnvelope(std::string_view bytes) {
  const EnvelopeHead head = HeadOf(bytes);
  const std::string_view payload = bytes.substr(kChipEnvelopeBytes);
  const Sha256Digest digest = DigestOf(head, std::span(&payload, 1));
  if (std::memcmp(digest.data(), bytes.data() + sizeof(head), digest.size()) != 0) {
    return absl::DataLossError("damaged .chip file: its SHA-256 does not match its content");
  }
  if (head.version != kChipFormatVersion) {
    return absl::UnimplementedError(Concat(".chip format version ", head.version,
                                           ", this program reads version ", kChipFormatVersion));
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
