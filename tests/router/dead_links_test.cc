// SPDX-License-Identifier: Apache-2.0
#include "router/dead_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikemesh {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr MeshShape kThreeByTwo = {.cores_x = 3, .cores_y = 2};

TEST(DeadLinkTest, IsTheSameFromEitherEnd) {
  EXPECT_EQ(Normalized({{1, 0}, Port::kWest}), (DeadLink{{0, 0}, Port::kEast}));
  EXPECT_EQ(Normalized({{0, 0}, Port::kEast}), (DeadLink{{0, 0}, Port::kEast}));
  EXPECT_EQ(Normalized({{2, 1}, Port::kNorth}), (DeadLink{{2, 0}, Port::kSouth}));
}

TEST(DeadLinkTest, LiesBetweenTwoCoresOfTheMesh) {
  EXPECT_TRUE(CheckDeadLink(kThreeByTwo, {{1, 1}, Port::kEast}).ok());
  for (const DeadLink& link : {DeadLink{{2, 1}, Port::kEast}, DeadLink{{0, 0}, Port::kNorth},
                               DeadLink{{3, 0}, Port::kWest}, DeadLink{{0, 0}, Port::kLocal},
                               DeadLink{{0, 0}, static_cast<Port>(9)}}) {
    EXPECT_EQ(CheckDeadLink(kThreeByTwo, link).code(), absl::StatusCode::kOutOfRange);
  }
  EXPECT_THAT(
      CheckDeadLink(kThreeByTwo, {{2, 1}, Port::kEast}).message(),
      HasSubstr("dead link east of core (2,1): not between two cores of the mesh of 3 x 2"));
}

TEST(LivingLinksTest, HasAllLinksOfTheMeshButTheDead) {
  const std::vector<DeadLink> dead = {{{1, 0}, Port::kWest}};
  const LivingLinks links(kThreeByTwo, dead);
  EXPECT_FALSE(links.Has(0, Port::kEast));
  EXPECT_FALSE(links.Has(1, Port::kWest));
  EXPECT_TRUE(links.Has(1, Port::kEast));
  EXPECT_TRUE(links.Has(0, Port::kSouth));
  EXPECT_FALSE(links.Has(0, Port::kNorth));
  EXPECT_EQ(links.Neighbour(0, Port::kSouth), 3u);
}

TEST(LivingLinksTest, PartsCountFromTheLargest) {
  EXPECT_THAT(LivingLinks(kThreeByTwo, {}).Parts(), Each(0u));
  // (0, 0) is cut off.
  const std::vector<DeadLink> corner = {{{0, 0}, Port::kEast}, {{0, 0}, Port::kSouth}};
  EXPECT_THAT(LivingLinks(kThreeByTwo, corner).Parts(), ElementsAre(1, 0, 0, 0, 0, 0));
}

}  // namespace
}  // namespace spikemesh
