// SPDX-License-Identifier: Apache-2.0
// The fixed sizes and numeric ranges of the chip, each with its source. What a user may change
// (grid size, volts, tick length) is in ChipSpec; what silicon fixes is here.
// Source: Merolla et al., Science 345 (2014) and its supplement; Akopyan et al., TCAD 34 (2015);
// Cassidy et al., IJCNN 2013 (neuron ranges).
#ifndef SPIKEMESH_CORE_BASE_LIMITS_H_
#define SPIKEMESH_CORE_BASE_LIMITS_H_

#include <cstdint>

namespace spikemesh {

inline constexpr int kAxonsPerCore = 256;
inline constexpr int kNeuronsPerCore = 256;
inline constexpr int kAxonTypes = 4;
inline constexpr int kDelayTicksMin = 1;
inline constexpr int kDelayTicksMax = 15;
// A delay buffer has one slot per value of tick mod 16.
inline constexpr int kDelaySlots = 16;
// The packet's dx and dy are 9-bit signed; the chip uses -255..255.
inline constexpr int kReachCores = 255;
// Links of a packet's way. Around dead links it may be longer than between any two cores in reach.
inline constexpr int kWayHopsMax = 511;

// Signed 9-bit synaptic weights and leak: sign and 8-bit magnitude.
inline constexpr std::int32_t kWeightMax = 255;
inline constexpr std::int32_t kLeakMax = 255;
// Thresholds are 18-bit unsigned.
inline constexpr std::int32_t kThresholdMax = (1 << 18) - 1;
// The threshold mask M = 2^TM - 1 covers at most 17 bits.
inline constexpr int kThresholdMaskBitsMax = 17;
// R is signed 19 bit.
inline constexpr std::int32_t kResetPotentialMax = (1 << 18) - 1;
inline constexpr std::int32_t kResetPotentialMin = -(1 << 18);
// V is signed 20 bit and saturates.
inline constexpr std::int32_t kPotentialMax = (1 << 19) - 1;
inline constexpr std::int32_t kPotentialMin = -(1 << 19);

// One TrueNorth chip is 64 x 64 cores.
inline constexpr int kChipCoresX = 64;
inline constexpr int kChipCoresY = 64;

// 256 axons at full weight fit into a 32-bit sum with V, so one saturation at the end is exact.
static_assert(std::int64_t{kAxonsPerCore} * kWeightMax + kPotentialMax < INT32_MAX);
static_assert(kDelayTicksMax < kDelaySlots);
static_assert(2 * kReachCores <= kWayHopsMax);
static_assert(kThresholdMax + (1 << kThresholdMaskBitsMax) - 1 < kPotentialMax);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_LIMITS_H_
