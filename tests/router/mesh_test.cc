// SPDX-License-Identifier: Apache-2.0
#include "router/mesh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/random.h"

namespace spikemesh {
namespace {

// The route walked step by step, X first, then Y: what DimensionOrderCost states in one formula.
RouteCost WalkedCost(const MeshShape& mesh, CoreCoordinates from, CoreCoordinates to) {
  RouteCost cost;
  const auto step = [&](std::int32_t& at, std::int32_t target, std::int32_t chip_side) {
    const std::int32_t before = at;
    at += target > at ? 1 : -1;
    ++cost.hops;
    cost.chip_crossings += before / chip_side != at / chip_side ? 1 : 0;
  };
  while (from.x != to.x) {
    step(from.x, to.x, mesh.cores_x);
  }
  while (from.y != to.y) {
    step(from.y, to.y, mesh.cores_y);
  }
  return cost;
}

TEST(MeshTest, PacketToItsOwnCoreCostsNothing) {
  EXPECT_EQ(DimensionOrderCost({}, {5, 6}, {5, 6}), (RouteCost{0, 0}));
}

TEST(MeshTest, HopsAreTheManhattanDistanceInBothDirections) {
  EXPECT_EQ(DimensionOrderCost({}, {0, 0}, {63, 63}), (RouteCost{126, 0}));
  EXPECT_EQ(DimensionOrderCost({}, {63, 63}, {0, 0}), (RouteCost{126, 0}));
  EXPECT_EQ(DimensionOrderCost({}, {10, 3}, {7, 8}), (RouteCost{8, 0}));
}

TEST(MeshTest, ChipEdgeIsPassedBetweenCores63And64) {
  const MeshShape mesh = {.chips_x = 3, .chips_y = 2};
  EXPECT_EQ(DimensionOrderCost(mesh, {62, 0}, {63, 0}), (RouteCost{1, 0}));
  EXPECT_EQ(DimensionOrderCost(mesh, {63, 0}, {64, 0}), (RouteCost{1, 1}));
  EXPECT_EQ(DimensionOrderCost(mesh, {64, 0}, {63, 0}), (RouteCost{1, 1}));
  EXPECT_EQ(DimensionOrderCost(mesh, {0, 0}, {128, 64}), (RouteCost{192, 3}));
}

TEST(MeshTest, CostEqualsTheRouteWalkedCoreByCore) {
  const MeshShape mesh = {.cores_x = 5, .cores_y = 3, .chips_x = 4, .chips_y = 7};
  RandomSequence random(1, 0);
  const auto below = [&](std::int32_t bound) {
    return static_cast<std::int32_t>(random.NextBelow(static_cast<std::uint32_t>(bound)));
  };
  for (int i = 0; i < 2000; ++i) {
    const CoreCoordinates from = {below(mesh.width()), below(mesh.height())};
    const CoreCoordinates to = {below(mesh.width()), below(mesh.height())};
    EXPECT_EQ(DimensionOrderCost(mesh, from, to), WalkedCost(mesh, from, to));
  }
}

TEST(MeshDeathTest, EndsOutsideTheMeshAreOurBug) {
  EXPECT_DEATH(DimensionOrderCost({}, {0, 0}, {64, 0}), "check failed");
  EXPECT_DEATH(DimensionOrderCost({}, {0, -1}, {0, 0}), "check failed");
}

TEST(MeshTest, ArrayOfChipsContainsItsCornersAndNothingBeyond) {
  const MeshShape mesh = {.cores_x = 4, .cores_y = 2, .chips_x = 3, .chips_y = 5};
  EXPECT_EQ(mesh.width(), 12);
  EXPECT_EQ(mesh.height(), 10);
  EXPECT_TRUE(mesh.Contains({0, 0}));
  EXPECT_TRUE(mesh.Contains({11, 9}));
  EXPECT_FALSE(mesh.Contains({12, 9}));
  EXPECT_FALSE(mesh.Contains({11, 10}));
  EXPECT_FALSE(mesh.Contains({-1, 0}));
  EXPECT_FALSE(mesh.Contains({0, -1}));
}

TEST(MeshTest, ReachEndsAt255InEachDirection) {
  const CoreCoordinates from = {1000, 1000};
  EXPECT_TRUE(WithinReach(from, {1255, 1255}));
  EXPECT_TRUE(WithinReach(from, {745, 745}));
  EXPECT_FALSE(WithinReach(from, {1256, 1000}));
  EXPECT_FALSE(WithinReach(from, {744, 1000}));
  EXPECT_FALSE(WithinReach(from, {1000, 1256}));
  EXPECT_FALSE(WithinReach(from, {1000, 744}));
}

TEST(MeshTest, ReachOfExtremeCoordinatesDoesNotOverflow) {
  EXPECT_FALSE(WithinReach({INT32_MIN, 0}, {INT32_MAX, 0}));
  EXPECT_FALSE(WithinReach({0, INT32_MAX}, {0, INT32_MIN}));
}

TEST(MeshTest, PlacesSortByRowThenColumn) {
  std::vector<CoreCoordinates> places = {{1, 1}, {0, 1}, {5, 0}, {0, 0}};
  std::ranges::sort(places);
  const std::vector<CoreCoordinates> expected = {{0, 0}, {5, 0}, {0, 1}, {1, 1}};
  EXPECT_EQ(places, expected);
}

}  // namespace
}  // namespace spikemesh
