// SPDX-License-Identifier: Apache-2.0
// The half of ValidateChip that concerns the host: input lines, encoder, presentation, pins and
// provenance. Private to core/chip.
#ifndef SPIKEMESH_CORE_CHIP_VALIDATE_HOST_H_
#define SPIKEMESH_CORE_CHIP_VALIDATE_HOST_H_

#include "core/chip/chip_model.h"
#include "core/chip/violations.h"

namespace spikemesh {

// Appends every violation of the host's side of `chip`. Cost: linear in lines, pins and layers.
void ValidateHostSide(const ChipModel& chip, Violations& violations);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_VALIDATE_HOST_H_
