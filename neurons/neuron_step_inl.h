// SPDX-License-Identifier: Apache-2.0
// Leak, threshold and reset of 256 neurons, compiled once per instruction set; the twin of Leak and
// CompareAndReset (reference_update.h). Every mode is a mask, so that neurons of different modes
// stand side by side.
// One definition serves lanes of two widths. In 32 bits every potential fits. In 16 bits the caller
// makes sure that no value of this tick leaves the lanes (kNarrowPotentialMax), and 20-bit
// saturation cannot happen.
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
#include "neurons/lanes_inl.h"
#include "neurons/neuron_block.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
inline hn::Vec<D> SignOf(D d, hn::Vec<D> value) {
  const hn::Vec<D> one = hn::Set(d, 1);
  return hn::Max(hn::Min(value, one), hn::Neg(one));
}

// sgn(value) where |value| >= rho, else 0.
template <class D>
inline hn::Vec<D> StochasticValue(D d, hn::Vec<D> value, hn::Vec<D> rho) {
  return hn::IfThenZeroElse(hn::Lt(hn::Abs(value), rho), SignOf(d, value));
}

// To 20 bits, where the lanes hold more.
template <class D>
inline hn::Vec<D> Saturate(D d, hn::Vec<D> potential) {
  if constexpr (sizeof(hn::TFromD<D>) == sizeof(std::int32_t)) {
    return hn::Min(hn::Max(potential, hn::Set(d, kPotentialMin)), hn::Set(d, kPotentialMax));
  } else {
    return potential;
  }
}

// Modes that are not known before a neuron's are loaded.
inline constexpr int kModesOfNeuron = -1;

// What a core step leaves out, by BlockTraits. `kDrawsThresholds` and `kLeakModes` (reversal,
// stochastic) may be true where no neuron needs them. `kModes`: the modes of every neuron, or
// kModesOfNeuron.
template <bool kDrawsThresholdsV, bool kLeakModesV, int kModesV>
struct StepVariant {
  static constexpr bool kDrawsThresholds = kDrawsThresholdsV;
  static constexpr bool kLeakModes = kLeakModesV;
  static constexpr int kModes = kModesV;
};

// `yes` for the neurons that have a mode, else `no`.
template <class Variant, std::uint8_t kMode, class D>
inline hn::Vec<D> IfMode(D d, hn::Vec<D> modes, hn::Vec<D> yes, hn::Vec<D> no) {
  if constexpr (Variant::kModes == kModesOfNeuron) {
    return hn::IfThenElse(hn::TestBit(modes, hn::Set(d, kMode)), yes, no);
  } else {
    return (Variant::kModes & kMode) != 0 ? yes : no;
  }
}

// The tables of a block and the words drawn for it. `words` is read only by variants that draw.
template <typename T>
struct StepInput {
  const ThresholdTable<T>& thresholds;
  const ModeTable<T>& modes;
  const BlockTraits& traits;
  const PerNeuron<std::uint32_t>& words;
};

template <class D>
struct StepLanes {
  hn::Vec<D> potential;
  hn::Mask<D> spike;
};

template <class Variant, class D, typename T>
inline hn::Vec<D> LeakLanes(D d, const StepInput<T>& in, std::size_t at, hn::Vec<D> modes,
                            hn::Vec<D> potential) {
  using V = hn::Vec<D>;
  V leak = LoadAs(d, in.thresholds.leak, at);
  if constexpr (!Variant::kLeakModes) {
    return Saturate(d, hn::Add(potential, leak));
  } else {
    if (in.traits.draws_leaks) {
      const V rho = hn::And(LoadWords<17>(d, in.words, at), hn::Set(d, 0xFF));
      const V drawn = StochasticValue(d, leak, rho);
      leak = IfMode<Variant, kModeStochasticLeak>(d, modes, drawn, leak);
    }
    const V straight = hn::Add(potential, leak);
    const V directed = hn::Add(potential, hn::Mul(SignOf(d, potential), leak));
    const auto crossed = hn::Lt(hn::Xor(potential, directed), hn::Zero(d));
    const V stopped = hn::IfThenZeroElse(crossed, directed);
    return Saturate(d, IfMode<Variant, kModeLeakReversal>(d, modes, stopped, straight));
  }
}

// One tick after the integrate step: `potential` is V with the events in it.
template <class Variant, class D, typename T>
inline StepLanes<D> StepNeurons(D d, const StepInput<T>& in, std::size_t at, hn::Vec<D> potential) {
  using V = hn::Vec<D>;
  using M = hn::Mask<D>;
  const V modes = Variant::kModes == kModesOfNeuron ? LoadAs(d, in.modes.modes, at) : hn::Zero(d);
  potential = LeakLanes<Variant>(d, in, at, modes, potential);

  V threshold = LoadAs(d, in.thresholds.threshold, at);
  const V beta = LoadAs(d, in.modes.negative_threshold, at);
  V floor_depth = beta;
  if constexpr (Variant::kDrawsThresholds) {
    const V eta = hn::And(LoadWords<0>(d, in.words, at), LoadAs(d, in.modes.threshold_mask, at));
    threshold = hn::Add(threshold, eta);
    floor_depth = IfMode<Variant, kModeNegativeSaturation>(d, modes, beta, hn::Add(beta, eta));
  }
  const V reset = LoadAs(d, in.modes.reset_potential, at);
  const M silent = hn::Lt(potential, threshold);
  const M below = hn::Lt(potential, hn::Neg(floor_depth));
  V up = IfMode<Variant, kModeResetNormal>(d, modes, reset, potential);
  up = IfMode<Variant, kModeResetLinear>(d, modes, hn::Sub(potential, threshold), up);
  V down = IfMode<Variant, kModeResetNormal>(d, modes, hn::Neg(reset), potential);
  down = IfMode<Variant, kModeResetLinear>(d, modes, hn::Add(potential, floor_depth), down);
  down = IfMode<Variant, kModeNegativeSaturation>(d, modes, hn::Neg(beta), down);
  const V quiet = hn::IfThenElse(below, down, potential);
  return {hn::IfThenElse(silent, quiet, up), hn::Not(silent)};
}

template <class D>
inline std::uint64_t BitsOf(D d, hn::Mask<D> mask) {
  std::uint64_t bits = 0;
  hn::StoreMaskBits(d, mask, reinterpret_cast<std::uint8_t*>(&bits));
  return bits;
}

// In 16 bits the lowest value stands for all below it: only an open floor has it (NeuronBlock).
template <class D, typename T>
inline hn::Vec<D> LoadRestMin(D d, const ThresholdTable<T>& thresholds, std::size_t at) {
  const hn::Vec<D> rest_min = LoadAs(d, thresholds.rest_min, at);
  if constexpr (sizeof(T) < sizeof(hn::TFromD<D>)) {
    return hn::IfThenElse(hn::Eq(rest_min, hn::Set(d, -kNarrowMax - 1)), hn::Set(d, kPotentialMin),
                          rest_min);
  } else {
    return rest_min;
  }
}

// Steps all neurons: `integrated` is V with the events in it, `potentials` V after the tick (they
// may be one). Returns whether all neurons are in their rest intervals.
template <class Variant, class D, typename T>
inline bool StepCore(D d, const StepInput<T>& in, const PerNeuron<hn::TFromD<D>>& integrated,
                     PerNeuron<hn::TFromD<D>>& potentials, Bits256& spikes) {
  const bool can_rest = in.traits.can_rest;
  // Not zero in the lanes of which a neuron was outside its interval.
  hn::Vec<D> outside = hn::Zero(d);
  for (std::size_t word = 0; word < spikes.words.size(); ++word) {
    std::uint64_t fired = 0;
    for (std::size_t bit = 0; bit < 64; bit += hn::Lanes(d)) {
      const std::size_t at = word * 64 + bit;
      const StepLanes<D> step = StepNeurons<Variant>(d, in, at, LoadAs(d, integrated, at));
      hn::StoreU(step.potential, d, potentials.data() + at);
      fired |= BitsOf(d, step.spike) << bit;
      if (can_rest) {
        const hn::Vec<D> rest_min = LoadRestMin(d, in.thresholds, at);
        const hn::Vec<D> rest_max = LoadAs(d, in.thresholds.rest_max, at);
        outside = hn::Or(outside, hn::VecFromMask(d, hn::Lt(step.potential, rest_min)));
        outside = hn::Or(outside, hn::VecFromMask(d, hn::Lt(rest_max, step.potential)));
      }
    }
    spikes.words[word] = fired;
  }
  return can_rest && hn::AllTrue(d, hn::Eq(outside, hn::Zero(d)));
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_NEURONS_NEURON_STEP_INL_H_
