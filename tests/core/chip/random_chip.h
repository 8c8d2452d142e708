// SPDX-License-Identifier: Apache-2.0
// A random legal chip, every field of the model in use: for round trips. A pure function of `seed`.
#ifndef SPIKEMESH_TESTS_CORE_CHIP_RANDOM_CHIP_H_
#define SPIKEMESH_TESTS_CORE_CHIP_RANDOM_CHIP_H_

#include <cstdint>

#include "core/chip/chip_model.h"

namespace spikemesh {

ChipModel RandomChip(std::uint64_t seed);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CORE_CHIP_RANDOM_CHIP_H_
