// SPDX-License-Identifier: Apache-2.0
// One tick of one core, compiled once per instruction set; core_update.h says what it computes.
#if defined(SPIKEMESH_NEURONS_CORE_UPDATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPIKEMESH_NEURONS_CORE_UPDATE_INL_H_
#undef SPIKEMESH_NEURONS_CORE_UPDATE_INL_H_
#else
#define SPIKEMESH_NEURONS_CORE_UPDATE_INL_H_
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "hwy/highway.h"
#include "neurons/core_update.h"
#include "neurons/integrate_inl.h"
#include "neurons/list_members_inl.h"
#include "neurons/neuron_step_inl.h"
#include "neurons/random_words_inl.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Of one type, so many rows are worth counting before weighing.
inline constexpr std::size_t kRowsWorthCounting = 6;

// The weights that one stochastic event has for each neuron: sgn(s) or 0 where the weight is
// stochastic, s elsewhere.
inline void DrawWeights(const CoreTick& tick, std::uint8_t axon, int type, RowSums& drawn) {
  const LanesOf<std::int32_t> d;
  const hn::Rebind<std::int16_t, LanesOf<std::int32_t>> d16;
  using V = hn::Vec<LanesOf<std::int32_t>>;
  alignas(64) NeuronWords words;
  FillNeuronWords(tick.random, RandomPurpose::kSynapse, axon, words);
  const WeightTable& table = tick.neurons.weights;
  for (std::size_t at = 0; at < kNeuronsPerCore; at += hn::Lanes(d)) {
    const V weight = LoadAs(d, table.weights[type], at);
    const auto stochastic =
        hn::TestBit(LoadAs(d, table.stochastic_weights, at), hn::Set(d, 1 << type));
    const V rho = hn::And(LoadWords<0>(d, words, at), hn::Set(d, 0xFF));
    const V value = hn::IfThenElse(stochastic, StochasticValue(d, weight, rho), weight);
    hn::StoreU(hn::DemoteTo(d16, value), d16, drawn.data() + at);
  }
}

// What takes vectors of sums (AddRows) and stores them.
inline auto StoreTo(RowSums& sums) {
  return [&sums](std::size_t at, auto sum)
             HWY_ATTR { hn::StoreU(sum, LanesOf<std::int16_t>(), sums.data() + at); };
}

// Sums the rows of active axons and counts their synaptic operations. Run leaves some rows in a
// list, which are added in the pass in which the caller takes the sums (ForEachSum). Where 16 bits
// might overflow, `flush` is called to take all so far, and the summer begins anew.
template <class Flush>
class RowSummer {
 public:
  RowSummer(const CoreTick& tick, Flush flush) : tick_(tick), flush_(flush), room_(RowsPerSum()) {}

  void Run() {
    const ActiveAxons& active = tick_.active;
    if (!active.by_type && tick_.neurons.traits.stochastic_types == 0) {
      ListFew();
    } else if (active.by_type) {
      for (int type = 0; type < kAxonTypes; ++type) {
        const std::size_t begin = active.begin[type];
        AddType(type, active.list.all().subspan(begin, active.begin[type + 1] - begin));
      }
    } else {
      for (const std::uint8_t& axon : active.list.all()) {
        AddType(tick_.axon_types.TypeOf(axon), {&axon, 1});
      }
    }
  }

  std::int32_t synaptic_ops() const {
    return static_cast<std::int32_t>(hn::GetLane(hn::SumOfLanes(DBits(), set_bits_)));
  }

  // Hands the sums to finish(first neuron, vector).
  template <class Finish>
  void ForEachSum(Finish finish) const {
    if (tick_.neurons.traits.uniform_weights) {
      AddRows<true>(rows(), begun_, sums_, finish);
    } else {
      AddRows<false>(rows(), begun_, sums_, finish);
    }
  }

 private:
  std::size_t RowsPerSum() const {
    return static_cast<std::size_t>(tick_.neurons.traits.rows_per_sum);
  }
  std::span<const WeightedRow> rows() const { return {rows_.data(), row_count_}; }
  const std::int16_t* WeightsOf(int type) const {
    return tick_.neurons.weights.weights[type].data();
  }

  void ListFew() {
    static_assert(kFewRows < kAxonsPerCore / 2);  // never too many for 16 bits
    for (const std::uint8_t axon : tick_.active.list.all()) {
      ListRow(axon, WeightsOf(tick_.axon_types.TypeOf(axon)));
    }
  }

  void ListRow(std::uint8_t axon, const std::int16_t* weights) {
    const BitWords* row = &tick_.crossbar[axon].words;
    rows_[row_count_++] = {row, weights};
    set_bits_ = hn::Add(set_bits_, CountBits(*row));
  }

  // Adds the rows of axons of one type.
  void AddType(int type, std::span<const std::uint8_t> axons) {
    const bool stochastic = ((tick_.neurons.traits.stochastic_types >> type) & 1) != 0;
    while (!axons.empty()) {
      if (room_ == 0) {
        BeginAnew();
      }
      const std::size_t rows = std::min(axons.size(), stochastic ? 1 : room_);
      if (stochastic) {
        AddDrawn(type, axons.front());
      } else if (rows < kRowsWorthCounting) {
        for (const std::uint8_t axon : axons.first(rows)) {
          ListRow(axon, WeightsOf(type));
        }
      } else {
        AddCounted(type, axons.first(rows));
      }
      axons = axons.subspan(rows);
      room_ -= rows;
    }
  }

  void AddCounted(int type, std::span<const std::uint8_t> axons) {
    RowCounts& counts = counts_[type];
    CountRows(tick_.crossbar, axons, counts);
    const std::int16_t* weights = WeightsOf(type);
    for (std::size_t p = 0; p < counts.used; ++p) {
      set_bits_ = hn::Add(set_bits_, hn::ShiftLeftSame(CountBits(counts.planes[p]), int(p)));
    }
    if (tick_.neurons.traits.uniform_weights) {
      for (std::size_t p = 0; p < counts.used; ++p) {
        // Modulo 2^16, as the sum is; it fits in the end.
        plane_weights_[type][p] = static_cast<std::int16_t>(*weights * (1 << p));
        rows_[row_count_++] = {&counts.planes[p], &plane_weights_[type][p]};
      }
    } else {
      AddCounts(counts, weights, begun_, sums_);
      begun_ = true;
    }
  }

  void AddDrawn(int type, std::uint8_t axon) {
    alignas(64) RowSums drawn;
    DrawWeights(tick_, axon, type, drawn);
    const WeightedRow row = {&tick_.crossbar[axon].words, drawn.data()};
    AddRows<false>({&row, 1}, begun_, sums_, StoreTo(sums_));
    begun_ = true;
    set_bits_ = hn::Add(set_bits_, CountBits(*row.row));
  }

  void BeginAnew() {
    flush_(*this);
    begun_ = false;
    row_count_ = 0;
    room_ = RowsPerSum();
  }

  const CoreTick& tick_;
  Flush flush_;
  std::size_t room_;                    // rows that can still be added without overflow
  VBits set_bits_ = hn::Zero(DBits());  // of the rows, in several lanes
  bool begun_ = false;                  // whether there is anything in sums_
  alignas(64) RowSums sums_;
  std::size_t row_count_ = 0;
  std::array<WeightedRow, kAxonsPerCore> rows_;  // of axons, and planes of counts
  std::array<RowCounts, kAxonTypes> counts_;
  std::array<std::array<std::int16_t, kCountPlanes>, kAxonTypes> plane_weights_;
};

// potentials += the sums; not saturated yet.
template <class Summer>
inline void AddSums(const Summer& summer, Potentials& potentials) {
  alignas(64) RowSums sums;
  summer.ForEachSum(StoreTo(sums));
  const LanesOf<std::int32_t> d;
  for (std::size_t at = 0; at < kNeuronsPerCore; at += hn::Lanes(d)) {
    const auto total = hn::Add(LoadAs(d, potentials, at), LoadAs(d, sums, at));
    hn::StoreU(total, d, potentials.data() + at);
  }
}

inline void SaturateAll(Potentials& potentials) {
  const LanesOf<std::int32_t> d;
  for (std::size_t at = 0; at < kNeuronsPerCore; at += hn::Lanes(d)) {
    hn::StoreU(Saturate(d, LoadAs(d, potentials, at)), d, potentials.data() + at);
  }
}

// integrated = potentials + sums, clamped to 16 bits; returns whether all are within
// kNarrowPotentialMax.
template <class Summer>
inline bool AddSumsNarrow(const Summer& summer, const NarrowPotentials& potentials,
                          NarrowPotentials& integrated) {
  const LanesOf<std::int16_t> d;
  const hn::RebindToUnsigned<LanesOf<std::int16_t>> d_unsigned;
  // Biased, so that one unsigned maximum finds both ends.
  const auto bias = hn::Set(d, kNarrowPotentialMax);
  const auto limit = hn::Set(d_unsigned, 2 * kNarrowPotentialMax);
  auto top = limit;
  summer.ForEachSum([&](std::size_t at, auto sum) HWY_ATTR {
    const auto total = hn::SaturatedAdd(LoadAs(d, potentials, at), sum);
    top = hn::Max(top, hn::BitCast(d_unsigned, hn::Add(total, bias)));
    hn::StoreU(total, d, integrated.data() + at);
  });
  return hn::AllTrue(d_unsigned, hn::Eq(top, limit));
}

template <typename T>
StepInput<T> StepInputOf(const NeuronBlock& block, const NeuronWords& words) {
  if constexpr (sizeof(T) == sizeof(std::int16_t)) {
    return {*block.narrow_thresholds, *block.narrow_modes, block.traits, words};
  } else {
    return {*block.wide_thresholds, *block.wide_modes, block.traits, words};
  }
}

// The words of all neurons, where the block draws any.
inline void DrawNeuronWords(const CoreTick& tick, NeuronWords& words) {
  if (tick.neurons.traits.draws_thresholds || tick.neurons.traits.draws_leaks) {
    FillNeuronWords(tick.random, RandomPurpose::kNeuron, 0, words);
  }
}

// The wide step is for the few: one variant with and one without thresholds drawn.
template <typename T>
inline bool StepWide(const StepInput<T>& in, Potentials& potentials, Bits256& spikes) {
  const LanesOf<std::int32_t> d;
  using Drawn = StepVariant<true, true, kModesOfNeuron>;
  using Plain = StepVariant<false, true, kModesOfNeuron>;
  return in.traits.draws_thresholds ? StepCore<Drawn>(d, in, potentials, potentials, spikes)
                                    : StepCore<Plain>(d, in, potentials, potentials, spikes);
}

inline void UpdateWide(const CoreTick& tick, Potentials& potentials, CoreTickResult& result) {
  if (tick.active.list.count > 0) {
    RowSummer summer(tick, [&](const auto& sums) { AddSums(sums, potentials); });
    summer.Run();
    AddSums(summer, potentials);
    SaturateAll(potentials);
    result.synaptic_ops = summer.synaptic_ops();
  }
  alignas(64) NeuronWords words;
  DrawNeuronWords(tick, words);
  const NeuronBlock& block = tick.neurons;
  result.at_rest =
      block.traits.narrow
          ? StepWide(StepInputOf<std::int16_t>(block, words), potentials, result.spikes)
          : StepWide(StepInputOf<std::int32_t>(block, words), potentials, result.spikes);
}

// Modes that are worth a variant: of pacemakers and integrators, and of memoryless neurons.
inline constexpr int kModesOfIntegrator = kModeResetLinear | kModeNegativeSaturation;
inline constexpr int kModesOfMemoryless = kModeResetNormal | kModeNegativeSaturation;

template <bool kDrawsThresholds>
inline bool StepNarrow(const StepInput<std::int16_t>& in, const NarrowPotentials& integrated,
                       NarrowPotentials& potentials, Bits256& spikes) {
  const LanesOf<std::int16_t> d;
  const auto step = [&](auto variant) HWY_ATTR {
    return StepCore<decltype(variant)>(d, in, integrated, potentials, spikes);
  };
  if (in.traits.has_leak_reversal || in.traits.draws_leaks) {
    return step(StepVariant<kDrawsThresholds, true, kModesOfNeuron>());
  }
  if (in.traits.uniform_modes && in.traits.modes == kModesOfIntegrator) {
    return step(StepVariant<kDrawsThresholds, false, kModesOfIntegrator>());
  }
  if (in.traits.uniform_modes && in.traits.modes == kModesOfMemoryless) {
    return step(StepVariant<kDrawsThresholds, false, kModesOfMemoryless>());
  }
  return step(StepVariant<kDrawsThresholds, false, kModesOfNeuron>());
}

// See CoreUpdateKernel::update_narrow.
inline bool UpdateNarrow(const CoreTick& tick, NarrowPotentials& potentials,
                         CoreTickResult& result) {
  const BlockTraits& traits = tick.neurons.traits;
  if (tick.active.list.count > static_cast<std::size_t>(traits.rows_per_sum)) {
    return false;
  }
  RowSummer summer(tick, [](const auto&) {});
  summer.Run();
  alignas(64) NarrowPotentials integrated;
  if (!AddSumsNarrow(summer, potentials, integrated)) {
    return false;
  }
  result.synaptic_ops = summer.synaptic_ops();
  alignas(64) NeuronWords words;
  DrawNeuronWords(tick, words);
  const StepInput<std::int16_t> in = StepInputOf<std::int16_t>(tick.neurons, words);
  result.at_rest = traits.draws_thresholds
                       ? StepNarrow<true>(in, integrated, potentials, result.spikes)
                       : StepNarrow<false>(in, integrated, potentials, result.spikes);
  return true;
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_NEURONS_CORE_UPDATE_INL_H_
