// SPDX-License-Identifier: Apache-2.0
// Leak, threshold and reset of 256 neurons in 32-bit lanes, compiled once per instruction set; the
// twin of Leak and CompareAndReset (reference_update.h). Every mode is a mask, so that neurons of
// different modes stand side by side; the template parameters leave out what no neuron of the block
// needs.
#if defined(SPIKEMESH_NEURONS_NEURON_STEP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPIKEMESH_NEURONS_NEURON_STEP_INL_H_
#undef SPIKEMESH_NEURONS_NEURON_STEP_INL_H_
#else
#define SPIKEMESH_NEURONS_NEURON_STEP_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "core/base/bits256.h"
#include "core/base/limits.h"
#include "hwy/highway.h"
#include "neurons/neuron_block.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Capped so that the mask of a vector fits 16 bits.
using D32 = hn::CappedTag<std::int32_t, 16>;
using V32 = hn::Vec<D32>;
using M32 = hn::Mask<D32>;

// Loads lanes of any narrower type as 32-bit lanes.
template <typename T>
inline V32 LoadPromoted(const PerNeuron<T>& values, std::size_t at) {
  const hn::Rebind<T, D32> d_narrow;
  return hn::PromoteTo(D32(), hn::LoadU(d_narrow, values.data() + at));
}

inline V32 LoadLanes(const PerNeuron<std::int32_t>& values, std::size_t at) {
  return hn::LoadU(D32(), values.data() + at);
}

inline M32 HasMode(V32 modes, std::uint8_t mode) {
  return hn::TestBit(modes, hn::Set(D32(), mode));
}

inline V32 Saturate(V32 potential) {
  const D32 d;
  return hn::Min(hn::Max(potential, hn::Set(d, kPotentialMin)), hn::Set(d, kPotentialMax));
}

// sgn(value) where |value| >= rho, else 0.
inline V32 StochasticValue(V32 value, V32 rho) {
  const D32 d;
  const V32 one = hn::Set(d, 1);
  const V32 sign = hn::Max(hn::Min(value, one), hn::Neg(one));
  return hn::IfThenZeroElse(hn::Lt(hn::Abs(value), rho), sign);
}

template <bool kDraws, bool kReversal>
inline V32 LeakLanes(const NeuronBlock& block, std::size_t at, V32 modes, V32 word, V32 potential) {
  const D32 d;
  V32 leak = LoadPromoted(block.leak, at);
  if constexpr (kDraws) {
    const V32 rho = hn::And(hn::ShiftRight<17>(word), hn::Set(d, 0xFF));
    leak = hn::IfThenElse(HasMode(modes, kModeStochasticLeak), StochasticValue(leak, rho), leak);
  }
  if constexpr (!kReversal) {
    return Saturate(hn::Add(potential, leak));
  }
  const M32 reversal = HasMode(modes, kModeLeakReversal);
  const V32 one = hn::Set(d, 1);
  const V32 sign = hn::Max(hn::Min(potential, one), hn::Neg(one));
  const V32 leaked = hn::Add(potential, hn::IfThenElse(reversal, hn::Mul(sign, leak), leak));
  const M32 crossed_zero = hn::And(reversal, hn::Lt(hn::Xor(potential, leaked), hn::Zero(d)));
  return Saturate(hn::IfThenZeroElse(crossed_zero, leaked));
}

// What the step needs, all [256]. `words` is read only where the block draws.
struct NeuronStepInput {
  const NeuronBlock& block;
  const PerNeuron<std::int16_t>& sums;
  const PerNeuron<std::uint32_t>& words;
};

struct StepLanes {
  V32 potential;
  M32 spike;
};

template <bool kDraws, bool kReversal>
inline StepLanes StepNeurons(const NeuronStepInput& in, std::size_t at, V32 potential) {
  const D32 d;
  const V32 modes = LoadPromoted(in.block.modes, at);
  V32 word = hn::Zero(d);
  if constexpr (kDraws) {
    const hn::RebindToUnsigned<D32> d_unsigned;
    word = hn::BitCast(d, hn::LoadU(d_unsigned, in.words.data() + at));
  }
  potential = Saturate(hn::Add(potential, LoadPromoted(in.sums, at)));
  potential = LeakLanes<kDraws, kReversal>(in.block, at, modes, word, potential);

  V32 threshold = LoadLanes(in.block.threshold, at);
  const V32 beta = LoadLanes(in.block.negative_threshold, at);
  V32 floor_depth = beta;
  const M32 saturates = HasMode(modes, kModeNegativeSaturation);
  if constexpr (kDraws) {
    const V32 eta = hn::And(word, LoadLanes(in.block.threshold_mask, at));
    threshold = hn::Add(threshold, eta);
    floor_depth = hn::Add(beta, hn::IfThenZeroElse(saturates, eta));
  }
  const M32 normal = HasMode(modes, kModeResetNormal);
  const M32 linear = HasMode(modes, kModeResetLinear);
  const V32 reset = LoadLanes(in.block.reset_potential, at);
  const M32 spike = hn::Not(hn::Lt(potential, threshold));
  const M32 below = hn::Lt(potential, hn::Neg(floor_depth));
  V32 up = hn::IfThenElse(normal, reset, potential);
  up = hn::IfThenElse(linear, hn::Sub(potential, threshold), up);
  V32 down = hn::IfThenElse(normal, hn::Neg(reset), potential);
  down = hn::IfThenElse(linear, hn::Add(potential, floor_depth), down);
  down = hn::IfThenElse(saturates, hn::Neg(beta), down);
  return {hn::IfThenElse(spike, up, hn::IfThenElse(below, down, potential)), spike};
}

inline std::uint64_t BitsOf(M32 mask) {
  std::uint16_t bits = 0;
  hn::StoreMaskBits(D32(), mask, reinterpret_cast<std::uint8_t*>(&bits));
  return bits;
}

// Steps all neurons; returns whether all are in their rest intervals (block.can_rest).
template <bool kDraws, bool kReversal>
inline bool StepCore(const NeuronStepInput& in, PerNeuron<std::int32_t>& potentials,
                     Bits256& spikes) {
  const D32 d;
  const bool can_rest = in.block.can_rest;
  // Negative in the lanes of which a neuron was outside its interval.
  V32 outside = hn::Zero(d);
  for (std::size_t word = 0; word < spikes.words.size(); ++word) {
    std::uint64_t fired = 0;
    for (std::size_t bit = 0; bit < 64; bit += hn::Lanes(d)) {
      const std::size_t at = word * 64 + bit;
      const StepLanes step = StepNeurons<kDraws, kReversal>(in, at, LoadLanes(potentials, at));
      hn::StoreU(step.potential, d, potentials.data() + at);
      fired |= BitsOf(step.spike) << bit;
      if (can_rest) {
        outside = hn::Or(outside, hn::Sub(step.potential, LoadLanes(in.block.rest_min, at)));
        outside = hn::Or(outside, hn::Sub(LoadLanes(in.block.rest_max, at), step.potential));
      }
    }
    spikes.words[word] = fired;
  }
  return can_rest && hn::AllFalse(d, hn::Lt(outside, hn::Zero(d)));
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_NEURONS_NEURON_STEP_INL_H_
