// SPDX-License-Identifier: Apache-2.0
// The `.chip` file: a 48-byte envelope (magic, version, payload length, SHA-256 of all the rest)
// and one Cap'n Proto message (chip.capnp is the specification of both). A flipped bit or a missing
// byte anywhere is DataLoss. Crossbars and neurons are copied whole and large files are checked
// while they are decoded, so a 64 x 64 chip of a million neurons (52 MB) is read in about 0.04 s;
// reading holds the file and the model at once, no more.
#ifndef SPIKEMESH_CORE_CHIP_CHIP_FILE_H_
#define SPIKEMESH_CORE_CHIP_CHIP_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

// 65,536 full cores, the largest array that a host could hold, take 0.9 GB.
inline constexpr std::uint64_t kChipFileBytesMax = std::uint64_t{2} << 30;

// Reads and validates. Errors: those of ReadFile, DataLoss (truncated, flipped bits, not a .chip),
// Unimplemented (a later version), and those of ValidateChip.
absl::StatusOr<ChipModel> ReadChipFile(const std::string& path);

// Validates, then writes atomically. Same model, same bytes. Errors: those of ValidateChip and
// WriteFileAtomically; ResourceExhausted (beyond kChipFileBytesMax, or one section beyond 512 MB).
absl::Status WriteChipFile(const ChipModel& chip, const std::string& path);

// The same on bytes in memory. Whatever the bytes, no more memory is asked for than a small
// multiple of their count. Parsing a MB and more starts one thread, and joins it.
absl::StatusOr<ChipModel> ParseChip(std::string_view bytes);
absl::StatusOr<std::string> SerializeChip(const ChipModel& chip);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_FILE_H_
