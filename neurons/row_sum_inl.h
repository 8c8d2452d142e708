// SPDX-License-Identifier: Apache-2.0
// The integrate step: sums[j] = sum of the weights of active rows whose bit j is set, in 16 bits,
// by masked additions. The caller bounds the number of rows so that no sum overflows
// (NeuronBlock::rows_per_sum). Compiled once per instruction set.
#if defined(SPIKEMESH_NEURONS_ROW_SUM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPIKEMESH_NEURONS_ROW_SUM_INL_H_
#undef SPIKEMESH_NEURONS_ROW_SUM_INL_H_
#else
#define SPIKEMESH_NEURONS_ROW_SUM_INL_H_
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/bits256.h"
#include "core/base/limits.h"
#include "hwy/highway.h"
#include "neurons/neuron_block.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using RowSums = PerNeuron<std::int16_t>;

// An active row and the weights its axon type has for each neuron.
struct WeightedRow {
  const Bits256* row;
  const std::int16_t* weights;  // [256]
};

#if HWY_TARGET == HWY_SCALAR

inline void SumRows(std::span<const WeightedRow> rows, bool add, RowSums& sums) {
  if (!add) {
    sums.fill(0);
  }
  for (const WeightedRow& term : rows) {
    term.row->ForEach([&](int neuron) {
      sums[neuron] = static_cast<std::int16_t>(sums[neuron] + term.weights[neuron]);
    });
  }
}

#else

// sums = the rows, or sums += the rows where `add`. The sums of a pass stay in registers while all
// rows go by: with 512-bit vectors all 256 sums, else a quarter (256 bit) or an eighth (128 bit) of
// them.
inline void SumRows(std::span<const WeightedRow> rows, bool add, RowSums& sums) {
  const hn::ScalableTag<std::int16_t> d;
  constexpr std::size_t kVectors = HWY_TARGET <= HWY_AVX3 ? 8 : 4;
  const std::size_t lanes = hn::Lanes(d);
  const auto add_row = [&](auto sum, const WeightedRow& term, std::size_t at) HWY_ATTR {
    const auto* bits = reinterpret_cast<const std::uint8_t*>(term.row) + at / 8;
    const auto weights = hn::LoadU(d, term.weights + at);
    return hn::IfThenElse(hn::LoadMaskBits(d, bits), hn::Add(sum, weights), sum);
  };
  for (std::size_t at = 0; at < kNeuronsPerCore; at += kVectors * lanes) {
    std::int16_t* to = sums.data() + at;
    hn::Vec<decltype(d)> sum[kVectors];
    for (std::size_t i = 0; i < kVectors; ++i) {
      sum[i] = add ? hn::LoadU(d, to + i * lanes) : hn::Zero(d);
    }
    for (const WeightedRow& term : rows) {
      for (std::size_t i = 0; i < kVectors; ++i) {
        sum[i] = add_row(sum[i], term, at + i * lanes);
      }
    }
    for (std::size_t i = 0; i < kVectors; ++i) {
      hn::StoreU(sum[i], d, to + i * lanes);
    }
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

// Set bits of all rows: the synaptic operations.
inline std::int32_t CountBits(std::span<const WeightedRow> rows) {
  const hn::CappedTag<std::uint64_t, 4> d;
  auto count = hn::Zero(d);
  for (const WeightedRow& term : rows) {
    for (std::size_t word = 0; word < 4; word += hn::Lanes(d)) {
      count = hn::Add(count, hn::PopulationCount(hn::LoadU(d, term.row->words.data() + word)));
    }
  }
  return static_cast<std::int32_t>(hn::GetLane(hn::SumOfLanes(d, count)));
}

// potentials += sums; they are not saturated yet.
inline void FlushSums(const RowSums& sums, PerNeuron<std::int32_t>& potentials) {
  const hn::ScalableTag<std::int32_t> d;
  const hn::Rebind<std::int16_t, decltype(d)> d16;
  for (std::size_t at = 0; at < kNeuronsPerCore; at += hn::Lanes(d)) {
    const auto sum = hn::PromoteTo(d, hn::LoadU(d16, sums.data() + at));
    hn::StoreU(hn::Add(hn::LoadU(d, potentials.data() + at), sum), d, potentials.data() + at);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_NEURONS_ROW_SUM_INL_H_
