// SPDX-License-Identifier: Apache-2.0
#include "neurons/core_update.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

// This file is compiled once per instruction set: foreach_target.h includes it again for each.
// SSSE3 adds nothing between scalar and SSE4 on processors that still run.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "neurons/core_update.cc"
#include "hwy/foreach_target.h"
// Per target, so after foreach_target.h.
#include "hwy/highway.h"
#include "neurons/neuron_step_inl.h"
#include "neurons/random_words_inl.h"
#include "neurons/row_sum_inl.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Rows of active axons that are summed together.
struct RowList {
  std::array<WeightedRow, kAxonsPerCore> rows;
  std::size_t count = 0;
  std::span<const WeightedRow> all() const { return {rows.data(), count}; }
};

// The weights that one stochastic event has for each neuron: sgn(s) or 0 where the weight is
// stochastic, s elsewhere.
inline void DrawWeights(const CoreTick& tick, int axon, int type,
                        PerNeuron<std::int16_t>& weights) {
  const D32 d;
  const hn::Rebind<std::int16_t, D32> d16;
  const hn::RebindToUnsigned<D32> d_unsigned;
  alignas(64) NeuronWords words;
  FillNeuronWords(tick.random, RandomPurpose::kSynapse, static_cast<std::uint32_t>(axon), words);
  const NeuronBlock& block = tick.neurons;
  for (std::size_t at = 0; at < kNeuronsPerCore; at += hn::Lanes(d)) {
    const V32 word = hn::BitCast(d, hn::LoadU(d_unsigned, words.data() + at));
    const V32 weight = LoadPromoted(block.weights[type], at);
    const M32 stochastic =
        hn::TestBit(LoadPromoted(block.stochastic_weights, at), hn::Set(d, 1 << type));
    const V32 drawn = StochasticValue(weight, hn::And(word, hn::Set(d, 0xFF)));
    hn::StoreU(hn::DemoteTo(d16, hn::IfThenElse(stochastic, drawn, weight)), d16,
               weights.data() + at);
  }
}

// Sums all active rows: in `sums`, with 16 bits, and where those would overflow the earlier rows
// unsaturated in `potentials`. Counts synaptic operations.
inline void SumActiveRows(const CoreTick& tick, RowSums& sums, Potentials& potentials,
                          CoreTickResult& result) {
  RowList list;
  alignas(64) PerNeuron<std::int16_t> drawn_weights;
  const auto rows_per_sum = static_cast<std::size_t>(tick.neurons.rows_per_sum);
  std::size_t rows_in_sum = 0;
  bool sums_begun = false;
  const auto add_listed = [&]() HWY_ATTR {
    SumRows(list.all(), sums_begun, sums);
    sums_begun = true;
    result.synaptic_ops += CountBits(list.all());
    list.count = 0;
  };
  const auto add_row = [&](int axon, int type) HWY_ATTR {
    if (rows_in_sum == rows_per_sum) {
      add_listed();
      FlushSums(sums, potentials);
      sums_begun = false;
      rows_in_sum = 0;
    }
    ++rows_in_sum;
    const bool stochastic = (tick.neurons.stochastic_types >> type) & 1;
    list.rows[list.count++] = {&tick.crossbar[axon], tick.neurons.weights[type].data()};
    if (stochastic) {
      DrawWeights(tick, axon, type, drawn_weights);
      list.rows[list.count - 1].weights = drawn_weights.data();
      add_listed();
    }
  };
  for (const std::uint8_t axon : tick.active_axons) {
    add_row(axon, tick.axon_types.TypeOf(axon));
  }
  add_listed();
}

// Four members of a word are written whether or not it has so many.
void ListMembersOf(const Bits256& set, MemberList& list) {
  constexpr std::uint64_t kTopBit = std::uint64_t{1} << 63;
  std::size_t count = 0;
  for (int word = 0; word < 4; ++word) {
    std::uint64_t rest = set.words[word];
    const auto members = static_cast<std::size_t>(std::popcount(rest));
    for (std::size_t written = 0; written < members || written == 0; written += 4) {
      for (std::size_t i = 0; i < 4; ++i) {
        list.members[count + written + i] =
            static_cast<std::uint8_t>(word * 64 + std::countr_zero(rest | kTopBit));
        rest &= rest - 1;
      }
    }
    count += members;
  }
  list.count = count;
}

CoreTickResult UpdateCore(const CoreTick& tick, Potentials& potentials) {
  CoreTickResult result;
  alignas(64) RowSums sums;
  SumActiveRows(tick, sums, potentials, result);
  alignas(64) NeuronWords words;
  const NeuronBlock& block = tick.neurons;
  const NeuronStepInput input = {block, sums, words};
  if (block.draws_neuron_words) {
    FillNeuronWords(tick.random, RandomPurpose::kNeuron, 0, words);
    result.at_rest = block.has_leak_reversal
                         ? StepCore<true, true>(input, potentials, result.spikes)
                         : StepCore<true, false>(input, potentials, result.spikes);
  } else {
    result.at_rest = block.has_leak_reversal
                         ? StepCore<false, true>(input, potentials, result.spikes)
                         : StepCore<false, false>(input, potentials, result.spikes);
  }
  return result;
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spikemesh {

std::vector<CoreUpdateKernel> SupportedCoreUpdates() {
  struct Compiled {
    std::int64_t target;
    CoreUpdate update;
    ListMembers list_members;
  };
  // Best first; a kernel that this build left out is null.
  const Compiled compiled[] = {
#if HWY_ARCH_X86
    {HWY_AVX3_DL, HWY_CHOOSE_AVX3_DL(UpdateCore), HWY_CHOOSE_AVX3_DL(ListMembersOf)},
    {HWY_AVX3, HWY_CHOOSE_AVX3(UpdateCore), HWY_CHOOSE_AVX3(ListMembersOf)},
    {HWY_AVX2, HWY_CHOOSE_AVX2(UpdateCore), HWY_CHOOSE_AVX2(ListMembersOf)},
    {HWY_SSE4, HWY_CHOOSE_SSE4(UpdateCore), HWY_CHOOSE_SSE4(ListMembersOf)},
#endif
    {HWY_STATIC_TARGET, &HWY_STATIC_DISPATCH(UpdateCore), &HWY_STATIC_DISPATCH(ListMembersOf)},
  };
  const std::int64_t runnable = hwy::SupportedTargets() | HWY_STATIC_TARGET;
  std::vector<CoreUpdateKernel> kernels;
  for (const Compiled& kernel : compiled) {
    const bool listed = !kernels.empty() && kernels.back().update == kernel.update;
    if (kernel.update != nullptr && (kernel.target & runnable) != 0 && !listed) {
      kernels.push_back({hwy::TargetName(kernel.target), kernel.update, kernel.list_members});
    }
  }
  return kernels;
}

}  // namespace spikemesh
#endif  // HWY_ONCE
