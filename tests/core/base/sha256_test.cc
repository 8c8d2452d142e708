// SPDX-License-Identifier: Apache-2.0
#include "core/base/sha256.h"

#include <gtest/gtest.h>

#include <array>

namespace spikemesh {
namespace {

// The examples of FIPS 180-2, appendix B, and the digest of nothing.
TEST(Sha256Test, PublishedExamples) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256Hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, PiecesGiveTheDigestOfTheirJoin) {
  const std::array<std::string_view, 4> pieces = {"ab", "", std::string_view("\0", 1), "c"};
  EXPECT_EQ(Sha256(pieces), Sha256(std::string_view("ab\0c", 4)));
}

TEST(Sha256Test, NoPiecesGiveTheDigestOfNothing) {
  EXPECT_EQ(Sha256(std::span<const std::string_view>()), Sha256(std::string_view()));
}

}  // namespace
}  // namespace spikemesh
