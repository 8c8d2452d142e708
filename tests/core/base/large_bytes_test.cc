// SPDX-License-Identifier: Apache-2.0
#include "core/base/large_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace spikemesh {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

static_assert(!std::is_copy_constructible_v<LargeBytes> && !std::is_copy_assignable_v<LargeBytes>);

TEST(LargeBytesTest, IsAsLongAsAskedForBeginsAsZerosAndTakesEveryByte) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{4096}, kHugePage - 1, kHugePage,
                                 kHugePage + 1, 3 * kHugePage + 4097}) {
    absl::StatusOr<LargeBytes> bytes = LargeBytes::Create(size);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    ASSERT_EQ(bytes->span().size(), size);
    EXPECT_EQ(std::ranges::count(bytes->view(), '\0'), size);
    std::ranges::fill(bytes->span(), 'x');
    EXPECT_EQ(std::ranges::count(bytes->view(), 'x'), size);
  }
}

TEST(LargeBytesTest, BeginsOnAPageBoundarySoThatRecordsInItAreAligned) {
  const absl::StatusOr<LargeBytes> bytes = LargeBytes::Create(5);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes->view().data()) % 4096, 0u);
}

TEST(LargeBytesTest, NoBytesAreLegal) {
  EXPECT_TRUE(LargeBytes::Create(0)->view().empty());
  EXPECT_TRUE(LargeBytes().view().empty());
}

TEST(LargeBytesTest, WhatIsMovedFromIsEmptyAndTheContentStaysInPlace) {
  LargeBytes first = LargeBytes::Create(3).value();
  first.span()[2] = 'c';
  const char* const place = first.view().data();
  LargeBytes second(std::move(first));
  EXPECT_EQ(second.view().data(), place);
  EXPECT_TRUE(first.view().empty());  // NOLINT(bugprone-use-after-move): the claim

  LargeBytes third = LargeBytes::Create(7).value();
  third = std::move(second);
  EXPECT_EQ(third.view(), std::string_view("\0\0c", 3));
  EXPECT_TRUE(second.view().empty());  // NOLINT(bugprone-use-after-move): the claim
}

TEST(LargeBytesTest, MoreThanTheAddressSpaceIsResourceExhausted) {
  for (const std::size_t size :
       {std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max() / 4}) {
    const absl::Status status = LargeBytes::Create(size).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_NE(status.message().find("no memory for " + std::to_string(size) + " bytes"),
              status.message().npos);
  }
}

}  // namespace
}  // namespace spikemesh
