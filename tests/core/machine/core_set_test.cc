// SPDX-License-Identifier: Apache-2.0
#include "core/machine/core_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace spikemesh {
namespace {

// Around the 64 cores of a word, and several words.
constexpr std::uint32_t kSizes[] = {1, 63, 64, 65, 200};

std::vector<std::uint32_t> Union(std::uint32_t size, const CoreSet& a, const CoreSet& b) {
  std::vector<std::uint32_t> cores(size);
  cores.resize(CoreSet::ListUnion(a, b, cores));
  return cores;
}

std::vector<std::uint32_t> Members(std::uint32_t size, const CoreSet& set) {
  return Union(size, set, CoreSet(size));
}

TEST(CoreSetTest, StartsEmpty) {
  for (const std::uint32_t size : kSizes) {
    const CoreSet set(size);
    EXPECT_EQ(set.Count(), 0);
    EXPECT_THAT(Members(size, set), testing::IsEmpty());
    for (std::uint32_t core = 0; core < size; ++core) {
      EXPECT_FALSE(set.Contains(core));
    }
  }
}

TEST(CoreSetTest, OfNoCoresIsEmpty) {
  const CoreSet none(0);
  EXPECT_EQ(none.Count(), 0);
  EXPECT_EQ(CoreSet::CountUnion(none, none), 0);
  EXPECT_EQ(CoreSet::ListUnion(none, none, {}), 0u);
}

TEST(CoreSetTest, ContainsTheOneCoreAddedAndNoOther) {
  for (const std::uint32_t size : kSizes) {
    for (std::uint32_t added = 0; added < size; ++added) {
      CoreSet set(size);
      set.Add(added);
      set.Add(added);
      EXPECT_EQ(set.Count(), 1);
      for (std::uint32_t core = 0; core < size; ++core) {
        EXPECT_EQ(set.Contains(core), core == added) << core << " of " << size;
      }
      EXPECT_THAT(Members(size, set), testing::ElementsAre(added));
    }
  }
}

TEST(CoreSetTest, AllCoresAreListedInAscendingOrder) {
  for (const std::uint32_t size : kSizes) {
    CoreSet set(size);
    std::vector<std::uint32_t> all;
    for (std::uint32_t core = size; core-- > 0;) {
      set.Add(core);
    }
    for (std::uint32_t core = 0; core < size; ++core) {
      all.push_back(core);
    }
    EXPECT_EQ(set.Count(), size);
    EXPECT_EQ(Members(size, set), all);
  }
}

TEST(CoreSetTest, PutAddsAndRemovesAndLeavesTheOthers) {
  for (const std::uint32_t size : kSizes) {
    const std::uint32_t last = size - 1;
    CoreSet set(size);
    for (std::uint32_t core = 0; core < size; ++core) {
      set.Put(core, true);
    }
    set.Put(last, true);
    EXPECT_EQ(set.Count(), size);
    set.Put(last, false);
    set.Put(last, false);
    EXPECT_EQ(set.Count(), size - 1);
    EXPECT_FALSE(set.Contains(last));
    for (std::uint32_t core = 0; core < last; ++core) {
      EXPECT_TRUE(set.Contains(core));
    }
  }
}

TEST(CoreSetTest, UnionListsMembersOfEitherOnce) {
  for (const std::uint32_t size : kSizes) {
    CoreSet thirds(size);
    CoreSet fifths(size);
    std::vector<std::uint32_t> either;
    for (std::uint32_t core = 0; core < size; ++core) {
      if (core % 3 == 0) {
        thirds.Add(core);
      }
      if (core % 5 == 0) {
        fifths.Add(core);
      }
      if (core % 3 == 0 || core % 5 == 0) {
        either.push_back(core);
      }
    }
    EXPECT_EQ(Union(size, thirds, fifths), either);
    EXPECT_EQ(Union(size, fifths, thirds), either);
    EXPECT_EQ(CoreSet::CountUnion(thirds, fifths), static_cast<std::int64_t>(either.size()));
    EXPECT_EQ(CoreSet::CountUnion(thirds, thirds), thirds.Count());
  }
}

TEST(CoreSetTest, ClearEmptiesAndKeepsTheSize) {
  for (const std::uint32_t size : kSizes) {
    CoreSet set(size);
    set.Add(0);
    set.Add(size - 1);
    set.Clear();
    EXPECT_EQ(set.Count(), 0);
    set.Add(size - 1);
    EXPECT_THAT(Members(size, set), testing::ElementsAre(size - 1));
  }
}

TEST(CoreSetTest, CopiesAreIndependent) {
  CoreSet set(65);
  set.Add(64);
  CoreSet copy = set;
  copy.Put(64, false);
  EXPECT_TRUE(set.Contains(64));
  EXPECT_FALSE(copy.Contains(64));
}

}  // namespace
}  // namespace spikemesh
