// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_model.h"

#include <algorithm>

namespace spikemesh {

std::optional<CoreId> FindCore(const ChipModel& chip, CoreCoordinates at) {
  const auto found = std::ranges::lower_bound(chip.cores, at, {}, &CoreModel::at);
  if (found == chip.cores.end() || found->at != at) {
    return std::nullopt;
  }
  return CoreId(static_cast<std::uint32_t>(found - chip.cores.begin()));
}

}  // namespace spikemesh
