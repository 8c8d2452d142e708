// SPDX-License-Identifier: Apache-2.0
// The 48 bytes in front of a .chip file's payload (layout: chip.capnp). The digest covers them too,
// so that any flipped bit of the file, in the version as well, is found. Opening an envelope and
// checking it are apart, because the digest takes as long as decoding and needs nothing of it: the
// two can run side by side. Private to core/chip.
#ifndef SPIKEMESH_CORE_CHIP_CHIP_ENVELOPE_H_
#define SPIKEMESH_CORE_CHIP_CHIP_ENVELOPE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

inline constexpr std::size_t kChipEnvelopeBytes = 48;
inline constexpr std::uint32_t kChipFormatVersion = 1;

// The envelope of a payload that consists of `pieces`, in order.
std::string MakeChipEnvelope(std::span<const std::string_view> pieces);

// The payload inside `bytes`, a whole file that may be damaged. Errors: DataLoss (no magic, too
// short or too long).
absl::StatusOr<std::string_view> OpenChipEnvelope(std::string_view bytes);

// Whether `bytes`, which OpenChipEnvelope has opened, are as they were written. Errors: DataLoss
// (the digest differs), Unimplemented (intact, but of another version).
absl::Status CheckChipEnvelope(std::string_view bytes);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_ENVELOPE_H_
