// SPDX-License-Identifier: Apache-2.0
// Vectors of neurons: lanes as wide as a type, and loads into them from arrays of narrower values.
// Compiled once per instruction set.
#if defined(SPIKEMESH_NEURONS_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPIKEMESH_NEURONS_LANES_INL_H_
#undef SPIKEMESH_NEURONS_LANES_INL_H_
#else
#define SPIKEMESH_NEURONS_LANES_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "neurons/neuron_block.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Capped so that the mask of a vector fits 32 bits.
template <typename T>
using LanesOf = hn::CappedTag<T, 64 / sizeof(T)>;

// Loads parameters of the lanes' width or narrower.
template <class D, typename T>
inline hn::Vec<D> LoadAs(D d, const PerNeuron<T>& values, std::size_t at) {
  if constexpr (sizeof(T) == sizeof(hn::TFromD<D>)) {
    return hn::LoadU(d, values.data() + at);
  } else {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<T, D>(), values.data() + at));
  }
}

// The low bits of random words, as many as a lane has, after a shift.
template <int kShift, class D>
inline hn::Vec<D> LoadWords(D d, const PerNeuron<std::uint32_t>& words, std::size_t at) {
  if constexpr (sizeof(hn::TFromD<D>) == sizeof(std::uint32_t)) {
    const hn::RebindToUnsigned<D> d_unsigned;
    return hn::BitCast(d, hn::ShiftRight<kShift>(hn::LoadU(d_unsigned, words.data() + at)));
  } else {
#if HWY_TARGET == HWY_SCALAR
    return hn::Set(d, static_cast<hn::TFromD<D>>(words[at] >> kShift));
#else
    const hn::Half<D> d_half;
    const hn::Rebind<std::uint32_t, hn::Half<D>> d_word;
    const hn::RebindToUnsigned<hn::Half<D>> d_half_unsigned;
    const auto low = hn::ShiftRight<kShift>(hn::LoadU(d_word, words.data() + at));
    const auto high =
        hn::ShiftRight<kShift>(hn::LoadU(d_word, words.data() + at + hn::Lanes(d_word)));
    return hn::Combine(d, hn::BitCast(d_half, hn::TruncateTo(d_half_unsigned, high)),
                       hn::BitCast(d_half, hn::TruncateTo(d_half_unsigned, low)));
#endif
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_NEURONS_LANES_INL_H_
