// SPDX-License-Identifier: Apache-2.0
// A chip as text and JSON: the whole (sizes, layers, map of cores) or one core (crossbar, neurons,
// targets).
#ifndef SPIKEMESH_APPS_INSPECT_CHIP_H_
#define SPIKEMESH_APPS_INSPECT_CHIP_H_

#include <string>

#include "apps/inspection.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

Inspection InspectChip(const ChipModel& chip, const std::string& sha256);

// Errors: NotFound (no used core there; says which area has some).
absl::StatusOr<Inspection> InspectCore(const ChipModel& chip, CoreCoordinates at);

// The crossbar as Braille characters of 4 axons x 2 neurons each, one dot a set bit: 64 lines of
// 128 characters for a full core.
std::string FormatCrossbar(const CoreModel& core);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_INSPECT_CHIP_H_
