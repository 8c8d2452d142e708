// SPDX-License-Identifier: Apache-2.0
// The part of ValidateChip about dead cores, dead links and routers. Private to core/chip.
#ifndef SPIKEMESH_CORE_CHIP_VALIDATE_DEFECTS_H_
#define SPIKEMESH_CORE_CHIP_VALIDATE_DEFECTS_H_

#include "core/chip/chip_model.h"
#include "core/chip/violations.h"

namespace spikemesh {

// Dead cores and links: in the mesh, in order, no network on them; router parameters. The sides
// of the mesh are usable.
void ValidateDefects(const ChipModel& chip, Violations& out);

// That living links join the ends of every target, and the host to what it reaches, by ways short
// enough. Everything else about the chip is valid.
void ValidateWays(const ChipModel& chip, Violations& out);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_VALIDATE_DEFECTS_H_
