// SPDX-License-Identifier: Apache-2.0
// The `.chip` file: Cap'n Proto message (chip.capnp documents the layout) behind a 48-byte envelope
// of magic, version, length and a SHA-256-like checksum, so that any flipped bit is DataLoss.
#ifndef SPIKEMESH_CORE_CHIP_CHIP_FILE_H_
#define SPIKEMESH_CORE_CHIP_CHIP_FILE_H_

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

// Reads and validates. Errors: those of ReadFile, DataLoss (truncated, flipped bits, not a .chip),
// Unimplemented (a later version), and those of ValidateChip.
absl::StatusOr<ChipModel> ReadChipFile(const std::string& path);

// Validates, then writes atomically. Same model, same bytes.
absl::Status WriteChipFile(const ChipModel& chip, const std::string& path);

// The same on bytes in memory.
absl::StatusOr<ChipModel> ParseChip(std::string_view bytes);
absl::StatusOr<std::string> SerializeChip(const ChipModel& chip);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_FILE_H_
