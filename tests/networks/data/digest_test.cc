// SPDX-License-Identifier: Apache-2.0
#include "networks/data/digest.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

// FIPS 180-2 appendix B.1; RFC 1321 appendix A.5.
TEST(DigestTest, PublishedVectorsOfAbc) {
  EXPECT_EQ(DigestHex(DigestKind::kSha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(DigestHex(DigestKind::kMd5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
}

// What git prints for the empty file, in every repository that has one.
TEST(DigestTest, GitBlobOfTheEmptyFile) {
  EXPECT_EQ(DigestHex(DigestKind::kGitBlob, ""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

TEST(DigestTest, MatchesItsOwnBytesOnly) {
  const Digest digest = {DigestKind::kMd5, DigestHex(DigestKind::kMd5, "abc")};
  EXPECT_TRUE(digest.Matches("abc"));
  EXPECT_FALSE(digest.Matches("abd"));
  EXPECT_EQ(DigestKindName(DigestKind::kMd5), "MD5");
}

}  // namespace
}  // namespace spikemesh
