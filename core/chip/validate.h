// SPDX-License-Identifier: Apache-2.0
// The one place that says whether a ChipModel is a legal chip. Everything that simulates or stores a
// model may rely on a validated one. All violations are gathered, so that a user mends them in one
// round.
#ifndef SPIKEMESH_CORE_CHIP_VALIDATE_H_
#define SPIKEMESH_CORE_CHIP_VALIDATE_H_

#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

inline constexpr int kViolationsListedMax = 20;

// OK, or OutOfRange / InvalidArgument whose message lists the first kViolationsListedMax violations,
// one a line (`core (3,1) neuron 17: delay 16, allowed 1..15`), and the count of the rest.
// Checked: mesh and volts; cores inside the mesh, sorted, no two at one place; counts of axons and
// neurons; axon types; neuron kinds (index and every parameter); initial potentials; crossbar bits
// beyond neurons_used; targets (core exists, axon < axons_used, delay 1..15, reach +-255, pin <
// pin_count); input lines; encoder, presentation, pin classes and provenance sizes.
absl::Status ValidateChip(const ChipModel& chip);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_VALIDATE_H_
