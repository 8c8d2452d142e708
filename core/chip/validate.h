// SPDX-License-Identifier: Apache-2.0
// The one place that says whether a ChipModel is a legal chip. Everything that simulates or stores
// a model may rely on a validated one. All violations are gathered, so that a user mends them in
// one round.
#ifndef SPIKEMESH_CORE_CHIP_VALIDATE_H_
#define SPIKEMESH_CORE_CHIP_VALIDATE_H_

#include <cstddef>
#include <cstdint>

#include "core/base/status.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

inline constexpr int kViolationsListedMax = 20;

// Bounds of what the host keeps per pin, line, class and image, so that a hostile file cannot ask
// for more memory than it fills. Far above any network of this chip; none comes from hardware.
inline constexpr std::uint32_t kPinsMax = 1u << 24;
inline constexpr std::size_t kInputLinesMax = std::size_t{1} << 24;
inline constexpr std::int32_t kClassesMax = 4096;
inline constexpr std::int32_t kImageSideMax = 65535;  // channels, rows and columns
inline constexpr std::int32_t kPresentationTicksMax = 1 << 20;

// OK, or OutOfRange / InvalidArgument whose message lists the first kViolationsListedMax
// violations, one a line (`core (3,1) neuron 17: delay 16, allowed 1..15`), and the count of the
// rest. The code is that of the first: OutOfRange for a value, InvalidArgument for parts that do
// not fit together. Checked: mesh and volts; cores inside the mesh, sorted, no two at one place;
// counts of axons and neurons; axon types; neuron kinds (index and every parameter); initial
// potentials; crossbar bits beyond neurons_used; targets (core exists, axon < axons_used,
// delay 1..15, reach +-255, pin < pin_count; no field of another kind of target set); input lines;
// dead cores and links, and ways around them; router parameters; encoder (none: no other field
// set), presentation (one tick an image unless rate), pin classes and provenance sizes.
absl::Status ValidateChip(const ChipModel& chip);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_VALIDATE_H_
