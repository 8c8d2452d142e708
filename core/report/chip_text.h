// SPDX-License-Identifier: Apache-2.0
// A chip as text: the whole (sizes, layers, map of cores), or one core (crossbar, neurons,
// targets).
#ifndef SPIKEMESH_CORE_REPORT_CHIP_TEXT_H_
#define SPIKEMESH_CORE_REPORT_CHIP_TEXT_H_

#include <string>

#include "core/base/ids.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

std::string FormatChip(const ChipModel& chip);

std::string FormatCore(const ChipModel& chip, CoreId core);

// The crossbar as Braille characters of 4 axons x 2 neurons each, one dot a set bit: 64 lines of
// 128 characters for a full core.
std::string FormatCrossbar(const CoreModel& core);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_CHIP_TEXT_H_
