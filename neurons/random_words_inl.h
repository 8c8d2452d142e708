// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10 for 256 neurons at once, compiled once per instruction set. Each 64-bit lane holds
// one block; the 32 x 32 -> 64 bit products of a round are single instructions there, and the upper
// halves of the other words may hold rubbish, because multiplication and the result read only the
// lower. Block b gives the words of neurons b, 64 + b, 128 + b and 192 + b (core/base/random.h).
#if defined(SPIKEMESH_NEURONS_RANDOM_WORDS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPIKEMESH_NEURONS_RANDOM_WORDS_INL_H_
#undef SPIKEMESH_NEURONS_RANDOM_WORDS_INL_H_
#else
#define SPIKEMESH_NEURONS_RANDOM_WORDS_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "hwy/highway.h"
#include "neurons/neuron_block.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using NeuronWords = PerNeuron<std::uint32_t>;

inline constexpr std::size_t kBlocksPerCore = kNeuronsPerCore / 4;

#if HWY_TARGET == HWY_SCALAR

inline void FillNeuronWords(const CoreTickRandomKey& key, RandomPurpose purpose, std::uint32_t axon,
                            NeuronWords& words) {
  for (std::size_t block = 0; block < kBlocksPerCore; ++block) {
    const PhiloxCounter drawn =
        Philox4x32(key.counter(purpose, axon, static_cast<std::uint32_t>(block)), key.key());
    for (std::size_t word = 0; word < 4; ++word) {
      words[word * kBlocksPerCore + block] = drawn[word];
    }
  }
}

#else

// Fills words[j] with the word of neuron j for the purpose (and axon). Four vectors of blocks go
// through the rounds side by side, because the rounds of one are a chain of multiplications.
inline void FillNeuronWords(const CoreTickRandomKey& key, RandomPurpose purpose, std::uint32_t axon,
                            NeuronWords& words) {
  const hn::CappedTag<std::uint64_t, 8> d64;
  const hn::Repartition<std::uint32_t, decltype(d64)> d32;
  const hn::Rebind<std::uint32_t, decltype(d64)> d32_narrow;
  using V64 = hn::Vec<decltype(d64)>;
  constexpr std::size_t kChains = 4;
  const std::size_t lanes = hn::Lanes(d64);
  const auto product = [&](V64 multiplier, V64 factor) HWY_ATTR {
    return hn::MulEven(hn::BitCast(d32, multiplier), hn::BitCast(d32, factor));
  };
  const V64 multiplier0 = hn::Set(d64, kPhiloxMultiplier0);
  const V64 multiplier1 = hn::Set(d64, kPhiloxMultiplier1);
  const PhiloxCounter first = key.counter(purpose, axon, 0);
  for (std::size_t block = 0; block < kBlocksPerCore; block += kChains * lanes) {
    V64 c0[kChains], c1[kChains], c2[kChains], c3[kChains];
    for (std::size_t i = 0; i < kChains; ++i) {
      c0[i] = hn::Set(d64, first[0]);
      c1[i] = hn::Set(d64, first[1]);
      c2[i] = hn::Iota(d64, first[2] + block + i * lanes);
      c3[i] = hn::Set(d64, first[3]);
    }
    PhiloxKey k = key.key();
    for (int round = 0; round < kPhiloxRounds; ++round) {
      const V64 key0 = hn::Set(d64, k[0]);
      const V64 key1 = hn::Set(d64, k[1]);
      for (std::size_t i = 0; i < kChains; ++i) {
        const V64 product0 = product(multiplier0, c0[i]);
        const V64 product1 = product(multiplier1, c2[i]);
        c0[i] = hn::Xor3(hn::ShiftRight<32>(product1), c1[i], key0);
        c1[i] = product1;
        c2[i] = hn::Xor3(hn::ShiftRight<32>(product0), c3[i], key1);
        c3[i] = product0;
      }
      k[0] += kPhiloxWeyl0;
      k[1] += kPhiloxWeyl1;
    }
    const auto store = [&](V64 word, std::size_t at) HWY_ATTR {
      hn::StoreU(hn::TruncateTo(d32_narrow, word), d32_narrow, words.data() + at);
    };
    for (std::size_t i = 0; i < kChains; ++i) {
      const std::size_t at = block + i * lanes;
      store(c0[i], at);
      store(c1[i], kBlocksPerCore + at);
      store(c2[i], 2 * kBlocksPerCore + at);
      store(c3[i], 3 * kBlocksPerCore + at);
    }
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_NEURONS_RANDOM_WORDS_INL_H_
