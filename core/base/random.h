// SPDX-License-Identifier: Apache-2.0
// Random numbers as a pure function: Philox4x32-10, a counter-based generator. Nothing is stored
// and nothing advances, so threads, placement and skipped work cannot shift a draw.
//
// Key: the 64-bit seed. Counter: (rng_stream of the core, low tick, purpose and axon and block,
// high tick). A neuron's word: block = neuron % 64, word = neuron / 64, so that a vector kernel
// which computes blocks b..b+n-1 in its lanes gets the words of n neighbouring neurons, four times.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, section
// 3.3; the known-answer vectors of its Random123 library are in random_test.cc.
#ifndef SPIKEMESH_CORE_BASE_RANDOM_H_
#define SPIKEMESH_CORE_BASE_RANDOM_H_

#include <array>
#include <cstdint>

#include "core/base/ids.h"

namespace spikemesh {

inline constexpr std::uint32_t kPhiloxMultiplier0 = 0xD2511F53u;
inline constexpr std::uint32_t kPhiloxMultiplier1 = 0xCD9E8D57u;
inline constexpr std::uint32_t kPhiloxWeyl0 = 0x9E3779B9u;
inline constexpr std::uint32_t kPhiloxWeyl1 = 0xBB67AE85u;
inline constexpr int kPhiloxRounds = 10;

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

// One block of the generator.
PhiloxCounter Philox4x32(PhiloxCounter counter, PhiloxKey key);

// What a draw is for; part of the counter.
enum class RandomPurpose : std::uint32_t { kNeuron = 0, kSynapse = 1 };

// What all draws of one core in one tick share.
struct CoreTickRandomKey {
  std::uint64_t seed = 0;
  std::uint32_t rng_stream = 0;
  Tick tick;

  PhiloxKey key() const {
    return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  }
  // The counter of block 0..63 for a purpose; `axon` is 0 for RandomPurpose::kNeuron.
  PhiloxCounter counter(RandomPurpose purpose, std::uint32_t axon, std::uint32_t block) const {
    const auto at = static_cast<std::uint64_t>(tick.value());
    return {rng_stream, static_cast<std::uint32_t>(at),
            static_cast<std::uint32_t>(purpose) << 16 | axon << 8 | block,
            static_cast<std::uint32_t>(at >> 32)};
  }
};

// The neuron's word of this tick: bits 0..16 are the 17-bit rho of the threshold, bits 17..24 the
// 8-bit rho of the leak.
std::uint32_t NeuronRandomWord(const CoreTickRandomKey& key, NeuronIndex neuron);
inline constexpr std::uint32_t ThresholdRho(std::uint32_t word) { return word & 0x1FFFF; }
inline constexpr std::uint32_t LeakRho(std::uint32_t word) { return (word >> 17) & 0xFF; }

// The 8-bit rho of one synaptic event.
std::uint32_t SynapseRho(const CoreTickRandomKey& key, AxonIndex axon, NeuronIndex neuron);

// A small sequential generator for building things (workloads, built-in images): the words of
// Philox blocks 0, 1, 2, ... under key (seed, stream). Copyable; same bytes on every machine.
class RandomSequence {
 public:
  RandomSequence(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}
  std::uint32_t NextWord();
  // Uniform in 0..bound-1, unbiased; bound > 0.
  std::uint32_t NextBelow(std::uint32_t bound);
  // Uniform in [0, 1), 32 bits.
  double NextUnit() { return NextWord() * 0x1p-32; }

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t block_ = 0;
  int used_ = 4;
  PhiloxCounter words_ = {};
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_RANDOM_H_
