// SPDX-License-Identifier: Apache-2.0
// The integrate step: sums[j] = sum of the weights of active rows whose bit j is set, in 16 bits.
// The caller bounds the number of rows so that no sum overflows (BlockTraits::rows_per_sum).
// Compiled once per instruction set. Two ways to the same sums:
// - few rows: masked additions of the weights, row by row;
// - many rows of one axon type: count first, weigh once. A carry-save adder (Harley and Seal; see
//   Warren, "Hacker's Delight", 2nd edition, 5-1) turns n rows into the bit planes of 256 counts,
//   five logic operations a row. Where all neurons have one weight for the type, plane p is then
//   added as one row of 2^p times that weight; else count times weight is added.
#if defined(SPIKEMESH_NEURONS_INTEGRATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPIKEMESH_NEURONS_INTEGRATE_INL_H_
#undef SPIKEMESH_NEURONS_INTEGRATE_INL_H_
#else
#define SPIKEMESH_NEURONS_INTEGRATE_INL_H_
#endif

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/bits256.h"
#include "core/base/limits.h"
#include "hwy/highway.h"
#include "neurons/lanes_inl.h"
#include "neurons/neuron_block.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using RowSums = PerNeuron<std::int16_t>;

// The words of a Bits256, which are not set to 0 where they are made.
using BitWords = std::array<std::uint64_t, 4>;

// An active row and the weights its axon type has for each neuron.
struct WeightedRow {
  const BitWords* row;
  const std::int16_t* weights;  // [256]
};

#if HWY_TARGET == HWY_SCALAR

template <bool kUniform, class Finish>
inline void AddRows(std::span<const WeightedRow> rows, bool begun, const RowSums& sums,
                    Finish finish) {
  RowSums total = {};
  if (begun) {
    total = sums;
  }
  for (const WeightedRow& term : rows) {
    Bits256{*term.row}.ForEach([&](int neuron) {
      total[neuron] =
          static_cast<std::int16_t>(total[neuron] + term.weights[kUniform ? 0 : neuron]);
    });
  }
  for (std::size_t neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    finish(neuron, hn::Set(LanesOf<std::int16_t>(), total[neuron]));
  }
}

#else

// sum + weights in the lanes of `set`, else sum: one masked instruction, or two that need no blend.
template <class V, class M>
inline V AddWhere(M set, V sum, V weights) {
#if HWY_TARGET <= HWY_AVX3
  return hn::IfThenElse(set, hn::Add(sum, weights), sum);
#else
  return hn::Add(sum, hn::IfThenElseZero(set, weights));
#endif
}

// Adds the rows, to `sums` where those are begun, and hands each vector of the result to
// finish(first neuron, vector). `kUniform`: a type's weight is the same for all neurons. The sums
// of a pass stay in registers while all rows go by: with 512-bit vectors all 256 sums, else a
// quarter (256 bit) or an eighth (128 bit) of them.
template <bool kUniform, class Finish>
inline void AddRows(std::span<const WeightedRow> rows, bool begun, const RowSums& sums,
                    Finish finish) {
  const LanesOf<std::int16_t> d;
  using V = hn::Vec<LanesOf<std::int16_t>>;
  constexpr std::size_t kVectors = HWY_TARGET <= HWY_AVX3 ? 8 : 4;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t at = 0; at < kNeuronsPerCore; at += kVectors * lanes) {
    V sum[kVectors];
    for (std::size_t i = 0; i < kVectors; ++i) {
      sum[i] = begun ? hn::LoadU(d, sums.data() + at + i * lanes) : hn::Zero(d);
    }
    for (const WeightedRow& term : rows) {
      // A mask is loaded from as many bytes as it has bits for, on every target that we compile.
      const auto* bits = reinterpret_cast<const std::uint8_t*>(term.row) + at / 8;
      const V weight = hn::Set(d, *term.weights);  // of all neurons, if uniform
      for (std::size_t i = 0; i < kVectors; ++i) {
        const auto set = hn::LoadMaskBits(d, bits + i * lanes / 8);
        const V weights = kUniform ? weight : hn::LoadU(d, term.weights + at + i * lanes);
        sum[i] = AddWhere(set, sum[i], weights);
      }
    }
    for (std::size_t i = 0; i < kVectors; ++i) {
      finish(at + i * lanes, sum[i]);
    }
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

// Bits of a count of up to 256 rows.
inline constexpr std::size_t kCountPlanes = 9;

// For each neuron the number of rows in which its bit is set: bit p of the count of neuron j is bit
// j of plane p.
struct RowCounts {
  std::array<BitWords, kCountPlanes> planes;
  std::size_t used = 0;  // planes from here on are 0
};

// A vector of as much of 256 bits as the instruction set has.
using DBits = hn::CappedTag<std::uint64_t, 4>;
using VBits = hn::Vec<DBits>;

struct FullAdd {
  VBits sum;
  VBits carry;
};

// a + b + c for every bit.
inline FullAdd AddBits(VBits a, VBits b, VBits c) {
  const VBits differ = hn::Xor(a, b);
  return {hn::Xor(differ, c), hn::OrAnd(hn::And(a, b), differ, c)};
}

// Counts one vector of bits over rows. The planes are named by template arguments so that compilers
// keep them in registers.
class PlaneCounter {
 public:
  PlaneCounter() { Clear<0>(); }

  // Adds eight rows: seven full adders, and their carry of eight goes up.
  void AddEight(const VBits (&row)[8]) {
    const FullAdd a = AddBits(planes_[0], row[0], row[1]);
    const FullAdd b = AddBits(a.sum, row[2], row[3]);
    const FullAdd c = AddBits(b.sum, row[4], row[5]);
    const FullAdd d = AddBits(c.sum, row[6], row[7]);
    planes_[0] = d.sum;
    const FullAdd e = AddBits(planes_[1], a.carry, b.carry);
    const FullAdd f = AddBits(e.sum, c.carry, d.carry);
    planes_[1] = f.sum;
    const FullAdd g = AddBits(planes_[2], e.carry, f.carry);
    planes_[2] = g.sum;
    Carry<3>(g.carry);
  }

  // Writes the planes as words from `word` on.
  void Store(std::size_t word, RowCounts& counts) const { StoreFrom<0>(word, counts); }

 private:
  template <std::size_t kPlane>
  void Clear() {
    planes_[kPlane] = hn::Zero(DBits());
    if constexpr (kPlane + 1 < kCountPlanes) {
      Clear<kPlane + 1>();
    }
  }
  template <std::size_t kPlane>
  void Carry(VBits carry) {
    const VBits next = hn::And(planes_[kPlane], carry);
    planes_[kPlane] = hn::Xor(planes_[kPlane], carry);
    if constexpr (kPlane + 1 < kCountPlanes) {
      Carry<kPlane + 1>(next);
    }
  }
  template <std::size_t kPlane>
  void StoreFrom(std::size_t word, RowCounts& counts) const {
    hn::StoreU(planes_[kPlane], DBits(), counts.planes[kPlane].data() + word);
    if constexpr (kPlane + 1 < kCountPlanes) {
      StoreFrom<kPlane + 1>(word, counts);
    }
  }

  VBits planes_[kCountPlanes];
};

// Counts the rows of the axons given.
inline void CountRows(const Bits256* rows, std::span<const std::uint8_t> axons, RowCounts& counts) {
  counts.used = static_cast<std::size_t>(std::bit_width(axons.size()));
  const DBits d;
  for (std::size_t word = 0; word < 4; word += hn::Lanes(d)) {
    PlaneCounter counter;
    VBits eight[8];
    std::size_t i = 0;
    for (; i + 8 <= axons.size(); i += 8) {
      for (std::size_t k = 0; k < 8; ++k) {
        eight[k] = hn::LoadU(d, rows[axons[i + k]].words.data() + word);
      }
      counter.AddEight(eight);
    }
    if (i < axons.size()) {
      for (std::size_t k = 0; k < 8; ++k) {
        const Bits256 none;
        const Bits256& row = i + k < axons.size() ? rows[axons[i + k]] : none;
        eight[k] = hn::LoadU(d, row.words.data() + word);
      }
      counter.AddEight(eight);
    }
    counter.Store(word, counts);
  }
}

// The sums of counts times weights, added to `sums` where those are begun, else written to them.
#if HWY_TARGET == HWY_SCALAR

inline void AddCounts(const RowCounts& counts, const std::int16_t* weights, bool begun,
                      RowSums& sums) {
  for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    int count = 0;
    for (std::size_t p = 0; p < counts.used; ++p) {
      count |= (Bits256{counts.planes[p]}.Test(neuron) ? 1 : 0) << p;
    }
    sums[neuron] = static_cast<std::int16_t>((begun ? sums[neuron] : 0) + count * weights[neuron]);
  }
}

#else

inline void AddCounts(const RowCounts& counts, const std::int16_t* weights, bool begun,
                      RowSums& sums) {
  const LanesOf<std::int16_t> d;
  for (std::size_t at = 0; at < kNeuronsPerCore; at += hn::Lanes(d)) {
    auto count = hn::Zero(d);
    for (std::size_t p = 0; p < counts.used; ++p) {
      const auto* bits = reinterpret_cast<const std::uint8_t*>(&counts.planes[p]) + at / 8;
      const auto set = hn::LoadMaskBits(d, bits);
      count = hn::Or(count, hn::IfThenElseZero(set, hn::Set(d, static_cast<std::int16_t>(1 << p))));
    }
    const auto before = begun ? hn::LoadU(d, sums.data() + at) : hn::Zero(d);
    const auto weighted = hn::Mul(count, hn::LoadU(d, weights + at));
    hn::StoreU(hn::Add(before, weighted), d, sums.data() + at);
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

// The set bits of a row or plane: of each 64-bit word, or of more than one summed in a lane.
inline VBits CountBits(const BitWords& bits) {
  const DBits d;
  VBits count = hn::Zero(d);
  for (std::size_t word = 0; word < 4; word += hn::Lanes(d)) {
    count = hn::Add(count, hn::PopulationCount(hn::LoadU(d, bits.data() + word)));
  }
  return count;
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_NEURONS_INTEGRATE_INL_H_
