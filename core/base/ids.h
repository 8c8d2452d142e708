// SPDX-License-Identifier: Apache-2.0
// Strong integer types, so that an axon index is never passed where a neuron index is meant.
// Each wraps one integer, compares, hashes and prints as it, and converts only when asked:
// `CoreId(3).value()`. Strong types cost nothing at run time.
#ifndef SPIKEMESH_CORE_BASE_IDS_H_
#define SPIKEMESH_CORE_BASE_IDS_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <ostream>
#include <utility>

namespace spikemesh {

template <typename Tag, typename Rep>
class StrongInt {
 public:
  using rep = Rep;
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const StrongInt&) const = default;
  constexpr StrongInt& operator++() {
    ++value_;
    return *this;
  }
  friend std::ostream& operator<<(std::ostream& out, StrongInt id) { return out << +id.value_; }
  template <typename H>
  friend H AbslHashValue(H hash, StrongInt id) {
    return H::combine(std::move(hash), id.value_);
  }

 private:
  Rep value_ = 0;
};

// Position of a core in ChipModel::cores (not its place in the mesh, which is a CoreCoordinates).
using CoreId = StrongInt<struct CoreIdTag, std::uint32_t>;
// 0..255, a row of a crossbar.
using AxonIndex = StrongInt<struct AxonIndexTag, std::uint16_t>;
// 0..255, a column of a crossbar.
using NeuronIndex = StrongInt<struct NeuronIndexTag, std::uint16_t>;
// 0..3, selects one of a neuron's four weights.
using AxonType = StrongInt<struct AxonTypeTag, std::uint8_t>;
// Output pin of the chip, as the host sees it.
using PinIndex = StrongInt<struct PinIndexTag, std::uint32_t>;
// Input line of the host.
using LineIndex = StrongInt<struct LineIndexTag, std::uint32_t>;
// 1..15 ticks between a spike and its arrival.
using DelayTicks = StrongInt<struct DelayTicksTag, std::uint8_t>;

// A point of simulated time; the first tick is 1, V(0) is the state before it.
class Tick : public StrongInt<struct TickTag, std::int64_t> {
 public:
  using StrongInt::StrongInt;
  constexpr Tick operator+(DelayTicks delay) const { return Tick(value() + delay.value()); }
  constexpr Tick operator+(std::int64_t ticks) const { return Tick(value() + ticks); }
  constexpr std::int64_t operator-(Tick other) const { return value() - other.value(); }
};

}  // namespace spikemesh

template <typename Tag, typename Rep>
struct std::hash<spikemesh::StrongInt<Tag, Rep>> {
  std::size_t operator()(spikemesh::StrongInt<Tag, Rep> id) const {
    return std::hash<Rep>()(id.value());
  }
};

#endif  // SPIKEMESH_CORE_BASE_IDS_H_
