// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"

namespace spikemesh {
namespace {

std::uint32_t WordOf(const CoreTickRandomKey& key, RandomPurpose purpose, std::uint32_t axon,
                     NeuronIndex neuron) {
  const PhiloxCounter block =
      Philox4x32(key.counter(purpose, axon, neuron.value() % 64u), key.key());
  return block[neuron.value() / 64u];
}

}  // namespace

PhiloxCounter Philox4x32(PhiloxCounter c, PhiloxKey k) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const std::uint64_t product0 = std::uint64_t{kPhiloxMultiplier0} * c[0];
    const std::uint64_t product1 = std::uint64_t{kPhiloxMultiplier1} * c[2];
    c = {static_cast<std::uint32_t>(product1 >> 32) ^ c[1] ^ k[0],
         static_cast<std::uint32_t>(product1),
         static_cast<std::uint32_t>(product0 >> 32) ^ c[3] ^ k[1],
         static_cast<std::uint32_t>(product0)};
    k[0] += kPhiloxWeyl0;
    k[1] += kPhiloxWeyl1;
  }
  return c;
}

std::uint32_t NeuronRandomWord(const CoreTickRandomKey& key, NeuronIndex neuron) {
  return WordOf(key, RandomPurpose::kNeuron, 0, neuron);
}

std::uint32_t SynapseRho(const CoreTickRandomKey& key, AxonIndex axon, NeuronIndex neuron) {
  return WordOf(key, RandomPurpose::kSynapse, axon.value(), neuron) & 0xFF;
}

std::uint32_t RandomSequence::NextWord() {
  if (used_ == 4) {
    words_ =
        Philox4x32({static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32),
                    static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
                   {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
    ++block_;
    used_ = 0;
  }
  return words_[used_++];
}

std::uint32_t RandomSequence::NextBelow(std::uint32_t bound) {
  // Lemire's method: the high half of a product, with the biased low values drawn again.
  const std::uint32_t threshold = (0u - bound) % bound;
  while (true) {
    const std::uint64_t product = std::uint64_t{NextWord()} * bound;
    if (static_cast<std::uint32_t>(product) >= threshold) {
      return static_cast<std::uint32_t>(product >> 32);
    }
  }
}

}  // namespace spikemesh
