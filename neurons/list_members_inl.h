// SPDX-License-Identifier: Apache-2.0
// From sets to lists, compiled once per instruction set. No branch depends on where members lie:
// they are random, and a mispredicted branch costs as much as listing ten of them.
#if defined(SPIKEMESH_NEURONS_LIST_MEMBERS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPIKEMESH_NEURONS_LIST_MEMBERS_INL_H_
#undef SPIKEMESH_NEURONS_LIST_MEMBERS_INL_H_
#else
#define SPIKEMESH_NEURONS_LIST_MEMBERS_INL_H_
#endif

#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/base/bits256.h"
#include "hwy/highway.h"
#include "neurons/core_update.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_AVX3_DL

// Writes the members of word `word` of a set, 64 word + i for each bit i, and kListSlack bytes at
// most beyond them; returns how many. One instruction moves the members of 64 together.
inline std::size_t ListWord(std::uint64_t bits, std::size_t word, std::uint8_t* to) {
  const hn::FixedTag<std::uint8_t, 64> d;
  const auto members = hn::Iota(d, static_cast<std::uint8_t>(word * 64));
  const auto mask = hn::LoadMaskBits(d, reinterpret_cast<const std::uint8_t*>(&bits));
  hn::StoreU(hn::Compress(members, mask), d, to);
  return static_cast<std::size_t>(std::popcount(bits));
}

#else

// The same, four members at a time whether or not there are so many.
inline std::size_t ListWord(std::uint64_t bits, std::size_t word, std::uint8_t* to) {
  constexpr std::uint64_t kTopBit = std::uint64_t{1} << 63;
  const auto count = static_cast<std::size_t>(std::popcount(bits));
  for (std::size_t written = 0; written < count || written == 0; written += 4) {
    for (std::size_t i = 0; i < 4; ++i) {
      to[written + i] = static_cast<std::uint8_t>(word * 64 + std::countr_zero(bits | kTopBit));
      bits &= bits - 1;
    }
  }
  return count;
}

#endif  // HWY_TARGET == HWY_AVX3_DL

inline void ListMembers(const Bits256& set, MemberList& list) {
  std::size_t count = 0;
  for (std::size_t word = 0; word < set.words.size(); ++word) {
    count += ListWord(set.words[word], word, list.members.data() + count);
  }
  list.count = count;
}

#if HWY_TARGET == HWY_AVX3_DL

// Writes base + i for each member i of word `word`, and kIndexSlack indices at most beyond them.
inline std::size_t IndexWord(std::uint64_t bits, std::size_t word, std::uint32_t base,
                             std::uint32_t* to) {
  const hn::FixedTag<std::uint32_t, 16> d;
  const hn::FixedTag<std::uint8_t, 16> d_members;
  alignas(64) std::uint8_t members[64];
  const std::size_t count = ListWord(bits, word, members);
  for (std::size_t i = 0; i < count || i == 0; i += 16) {
    const auto index = hn::PromoteTo(d, hn::LoadU(d_members, members + i));
    hn::StoreU(hn::Add(index, hn::Set(d, base)), d, to + i);
  }
  return count;
}

#else

// The same, four members at a time.
inline std::size_t IndexWord(std::uint64_t bits, std::size_t word, std::uint32_t base,
                             std::uint32_t* to) {
  constexpr std::uint64_t kTopBit = std::uint64_t{1} << 63;
  const std::uint32_t first = base + static_cast<std::uint32_t>(word * 64);
  const auto count = static_cast<std::size_t>(std::popcount(bits));
  for (std::size_t written = 0; written < count || written == 0; written += 4) {
    for (std::size_t i = 0; i < 4; ++i) {
      to[written + i] = first + static_cast<std::uint32_t>(std::countr_zero(bits | kTopBit));
      bits &= bits - 1;
    }
  }
  return count;
}

#endif  // HWY_TARGET == HWY_AVX3_DL

inline std::size_t ListIndices(const Bits256& set, std::uint32_t base, std::uint32_t* to) {
  std::size_t count = 0;
  for (std::size_t word = 0; word < set.words.size(); ++word) {
    count += IndexWord(set.words[word], word, base, to + count);
  }
  return count;
}

// So many rows are added one by one, whatever their types.
inline constexpr std::size_t kFewRows = 12;

inline void ListActive(const Bits256& set, const AxonTypePlanes& types, ActiveAxons& active) {
  active.by_type = static_cast<std::size_t>(set.Count()) > kFewRows;
  if (!active.by_type) {
    ListMembers(set, active.list);
    return;
  }
  std::uint8_t* const to = active.list.members.data();
  std::size_t count = 0;
  for (int type = 0; type < kAxonTypes; ++type) {
    active.begin[type] = static_cast<std::uint16_t>(count);
    const std::uint64_t flip_low = (type & 1) != 0 ? 0 : ~std::uint64_t{0};
    const std::uint64_t flip_high = (type & 2) != 0 ? 0 : ~std::uint64_t{0};
    for (std::size_t word = 0; word < set.words.size(); ++word) {
      const std::uint64_t members = set.words[word] & (types.low.words[word] ^ flip_low) &
                                    (types.high.words[word] ^ flip_high);
      count += ListWord(members, word, to + count);
    }
  }
  active.begin[kAxonTypes] = static_cast<std::uint16_t>(count);
  active.list.count = count;
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#endif  // SPIKEMESH_NEURONS_LIST_MEMBERS_INL_H_
