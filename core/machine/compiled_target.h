// SPDX-License-Identifier: Apache-2.0
// Where a spike goes and what its way costs, in eight bytes that are laid out
// for the loop which sends spikes: the place is the index of the 64-bit word of axons to write, and
// the lowest bits of the route are the shift within it.
#ifndef SPIKEMESH_CORE_MACHINE_COMPILED_TARGET_H_
#define SPIKEMESH_CORE_MACHINE_COMPILED_TARGET_H_

#include <cstdint>

#include "core/base/limits.h"

namespace spikemesh {

class CompiledTarget {
 public:
  // A way to an axon.
  struct Way {
    std::uint32_t core = 0;
    std::uint32_t axon = 0;
    std::uint32_t delay = 0;  // ticks; 0: a packet of the host
    std::uint32_t hops = 0;
    std::uint32_t chip_crossings = 0;
  };

  // No target.
  CompiledTarget() = default;
  static CompiledTarget Axon(const Way& way) {
    return {way.core * kWordsPerCore + way.axon / 64, way.axon % 64 | way.delay << kDelayShift |
                                                          way.hops << kHopsShift |
                                                          way.chip_crossings << kCrossingsShift};
  }
  static CompiledTarget Pin(std::uint32_t pin) { return {pin, kNoAxon | kPin}; }

  // The same way with another delay, 0..15.
  CompiledTarget WithDelay(std::uint32_t delay) const {
    return {place_, (route_ & ~(std::uint32_t{15} << kDelayShift)) | delay << kDelayShift};
  }

  bool is_axon() const { return (route_ & kNoAxon) == 0; }
  bool is_pin() const { return (route_ & kPin) != 0; }
  std::uint32_t pin() const { return place_; }

  // The rest is of axons; hops and crossings are 0 elsewhere.
  std::uint32_t core() const { return place_ / kWordsPerCore; }
  std::uint32_t delay() const { return route_ >> kDelayShift & 15; }
  std::uint32_t hops() const { return route_ >> kHopsShift; }
  std::uint32_t chip_crossings() const { return route_ >> kCrossingsShift & kCostMask; }
  // Of the axon in the words of all cores, four a core.
  std::uint32_t word() const { return place_; }
  std::uint32_t bit() const { return route_ & 63; }

 private:
  static constexpr std::uint32_t kWordsPerCore = kAxonsPerCore / 64;
  // The fields of a route, from the lowest: 6 bits of axon % 64, flags, delay, crossings, hops.
  static constexpr std::uint32_t kNoAxon = std::uint32_t{1} << 6;
  static constexpr std::uint32_t kPin = std::uint32_t{1} << 7;
  static constexpr int kDelayShift = 8;
  static constexpr int kCrossingsShift = 12;
  static constexpr int kHopsShift = 23;
  static constexpr std::uint32_t kCostMask = 0x1FF;
  // A packet crosses no more chip edges than it makes hops.
  static_assert(kWayHopsMax <= kCostMask);
  static_assert(kDelayTicksMax <= 15);

  CompiledTarget(std::uint32_t place, std::uint32_t route) : place_(place), route_(route) {}

  std::uint32_t place_ = 0;
  std::uint32_t route_ = kNoAxon;
};
static_assert(sizeof(CompiledTarget) == 8);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_COMPILED_TARGET_H_
