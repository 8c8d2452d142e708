// SPDX-License-Identifier: Apache-2.0
// A set of 256 small integers: the axons active in a slot, the neurons that spiked, one crossbar
// row. Bit i is bit i % 64 of word i / 64, so that the bytes are in index order on little-endian
// machines and a vector kernel can load masks from them.
#ifndef SPIKEMESH_CORE_BASE_BITS256_H_
#define SPIKEMESH_CORE_BASE_BITS256_H_

#include <array>
#include <bit>
#include <cstdint>

namespace spikemesh {

struct alignas(32) Bits256 {
  std::array<std::uint64_t, 4> words = {};

  constexpr bool Test(int bit) const { return (words[bit / 64] >> (bit % 64)) & 1; }
  constexpr void Set(int bit) { words[bit / 64] |= std::uint64_t{1} << (bit % 64); }
  constexpr void Reset(int bit) { words[bit / 64] &= ~(std::uint64_t{1} << (bit % 64)); }
  constexpr void Clear() { words = {}; }
  constexpr bool Any() const { return (words[0] | words[1] | words[2] | words[3]) != 0; }
  constexpr int Count() const {
    return std::popcount(words[0]) + std::popcount(words[1]) + std::popcount(words[2]) +
           std::popcount(words[3]);
  }
  // Calls visit(index) for each member in ascending order.
  template <typename Visit>
  constexpr void ForEach(Visit visit) const {
    for (int word = 0; word < 4; ++word) {
      for (std::uint64_t rest = words[word]; rest != 0; rest &= rest - 1) {
        visit(word * 64 + std::countr_zero(rest));
      }
    }
  }
  constexpr bool operator==(const Bits256&) const = default;
};

static_assert(sizeof(Bits256) == 32);
static_assert(std::endian::native == std::endian::little, "crossbar rows are loaded as bytes");

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_BITS256_H_
