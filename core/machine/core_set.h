// SPDX-License-Identifier: Apache-2.0
// A set of cores as a bitmap, on cache lines of its own, so that workers can keep theirs side by
// side. Adding is one memory operation; listing reads 64 cores a word.
#ifndef SPIKEMESH_CORE_MACHINE_CORE_SET_H_
#define SPIKEMESH_CORE_MACHINE_CORE_SET_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/large_vector.h"

namespace spikemesh {

class CoreSet {
 public:
  // An empty set of cores below `core_count`.
  explicit CoreSet(std::size_t core_count) : words_((core_count + 63) / 64, 0) {}

  void Add(std::uint32_t core) { words_[core / 64] |= BitOf(core); }
  // Adds or removes.
  void Put(std::uint32_t core, bool member) {
    std::uint64_t& word = words_[core / 64];
    word = (word & ~BitOf(core)) | (member ? BitOf(core) : 0);
  }
  bool Contains(std::uint32_t core) const { return (words_[core / 64] & BitOf(core)) != 0; }
  // Bit i % 64 of word i / 64 is core i.
  std::uint64_t* words() { return words_.data(); }
  void Clear() { words_.assign(words_.size(), 0); }

  bool Any() const {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words_) {
      any |= word;
    }
    return any != 0;
  }

  // Calls visit(core) for each member in ascending order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        visit(static_cast<std::uint32_t>(i * 64) +
              static_cast<std::uint32_t>(std::countr_zero(rest)));
      }
    }
  }

  std::int64_t Count() const {
    std::int64_t count = 0;
    for (const std::uint64_t word : words_) {
      count += std::popcount(word);
    }
    return count;
  }

  // The size of the union of `a` and `b`, both of one size.
  static std::int64_t CountUnion(const CoreSet& a, const CoreSet& b) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < a.words_.size(); ++i) {
      count += std::popcount(a.words_[i] | b.words_[i]);
    }
    return count;
  }

  // Writes the members of the union of `a` and `b`, both of one size, in ascending order to
  // `cores`, which has room for all; returns how many.
  static std::size_t ListUnion(const CoreSet& a, const CoreSet& b, std::span<std::uint32_t> cores) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < a.words_.size(); ++i) {
      for (std::uint64_t rest = a.words_[i] | b.words_[i]; rest != 0; rest &= rest - 1) {
        cores[count++] =
            static_cast<std::uint32_t>(i * 64) + static_cast<std::uint32_t>(std::countr_zero(rest));
      }
    }
    return count;
  }

 private:
  static std::uint64_t BitOf(std::uint32_t core) { return std::uint64_t{1} << (core % 64); }

  LargeVector<std::uint64_t> words_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_CORE_SET_H_
