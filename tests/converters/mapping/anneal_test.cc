// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/anneal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "core/base/random.h"

namespace spikemesh {
namespace {

constexpr MeshShape kEightByEight = {.cores_x = 8, .cores_y = 8};

std::vector<CoreCoordinates> RowMajor(std::int32_t cores, std::int32_t width) {
  std::vector<CoreCoordinates> places;
  for (std::int32_t core = 0; core < cores; ++core) {
    places.push_back({core % width, core / width});
  }
  return places;
}

// Every core in a cell of its own, on the mesh.
void ExpectPlaces(const std::vector<CoreCoordinates>& places, std::size_t cores,
                  const MeshShape& mesh) {
  EXPECT_EQ(places.size(), cores);
  EXPECT_EQ(std::set(places.begin(), places.end()).size(), cores);
  for (const CoreCoordinates at : places) {
    EXPECT_TRUE(mesh.Contains(at)) << at;
  }
}

TEST(CostOfPlacementTest, CountsHopsLinksAndCrossings) {
  const MeshShape mesh = {.cores_x = 2, .cores_y = 2, .chips_x = 2};
  const std::vector<CoreCoordinates> places = {{0, 0}, {3, 1}, {1, 0}};
  const std::vector<CoreEdge> edges = {{0, 1, 5}, {2, 1, 2}, {1, 0, 3}, {0, 0, 7}};
  const PlacementCost cost = CostOfPlacement(edges, places, mesh);
  EXPECT_EQ(cost.hops, 5 * 4 + 2 * 3 + 3 * 4);
  EXPECT_EQ(cost.chip_crossings, 5 + 2 + 3);
  EXPECT_DOUBLE_EQ(cost.hops_mean, 38.0 / 17.0);
  EXPECT_EQ(cost.link_max, 5 + 2);  // east from (1, 0), and south into (3, 1)
}

// The differences at the ends of ways against walking every way.
TEST(CostOfPlacementTest, BusiestLinkIsThatOfWalkingEveryWay) {
  RandomSequence random(3, 1);
  const std::vector<CoreCoordinates> places = RowMajor(64, 8);
  std::vector<CoreEdge> edges;
  std::vector<std::int64_t> links(64 * 4);
  for (int i = 0; i < 300; ++i) {
    const CoreEdge edge = {random.NextBelow(64), random.NextBelow(64), 1 + random.NextBelow(9)};
    edges.push_back(edge);
    CoreCoordinates at = places[edge.from];
    const CoreCoordinates to = places[edge.to];
    const auto step = [&](std::int32_t& from, std::int32_t target, int forward) {
      while (from != target) {
        const int side = target > from ? forward : forward + 1;
        links[static_cast<std::size_t>((at.y * 8 + at.x) * 4 + side)] += edge.packets;
        from += target > from ? 1 : -1;
      }
    };
    step(at.x, to.x, 0);
    step(at.y, to.y, 2);
  }
  EXPECT_EQ(CostOfPlacement(edges, places, kEightByEight).link_max,
            *std::max_element(links.begin(), links.end()));
}

TEST(AnnealTest, ARingLiesSideBySide) {
  std::vector<CoreEdge> edges;
  for (std::uint32_t core = 0; core < 64; ++core) {
    edges.push_back({core * 29 % 64, (core + 1) * 29 % 64, 10});  // in no order
  }
  const auto places = AnnealPlaces(64, edges, kEightByEight, 1);
  ExpectPlaces(places, 64, kEightByEight);
  const double before = CostOfPlacement(edges, RowMajor(64, 8), kEightByEight).hops_mean;
  EXPECT_GT(before, 4.0);
  EXPECT_LT(CostOfPlacement(edges, places, kEightByEight).hops_mean, 1.3);
}

TEST(AnnealTest, SameSeedSamePlaces) {
  std::vector<CoreEdge> edges;
  RandomSequence random(5, 1);
  for (int i = 0; i < 100; ++i) {
    edges.push_back({random.NextBelow(30), random.NextBelow(30), 1 + random.NextBelow(5)});
  }
  const auto places = AnnealPlaces(30, edges, kEightByEight, 7);
  ExpectPlaces(places, 30, kEightByEight);
  EXPECT_EQ(AnnealPlaces(30, edges, kEightByEight, 7), places);
  EXPECT_NE(AnnealPlaces(30, edges, kEightByEight, 8), places);
}

// Cores of two groups, dealt in turn: each group ends on one chip.
TEST(AnnealTest, ChipEdgesAreDear) {
  const MeshShape chips = {.cores_x = 4, .cores_y = 4, .chips_x = 2};
  std::vector<CoreEdge> edges;
  for (std::uint32_t a = 0; a < 32; ++a) {
    for (std::uint32_t b = a % 2; b < 32; b += 2) {
      edges.push_back({a, b, 1});
    }
  }
  const auto places = AnnealPlaces(32, edges, chips, 1);
  ExpectPlaces(places, 32, chips);
  EXPECT_EQ(CostOfPlacement(edges, places, chips).chip_crossings, 0);
}

TEST(AnnealTest, WorksOnWhatHasNothingToMove) {
  ExpectPlaces(AnnealPlaces(1, {}, kEightByEight, 1), 1, kEightByEight);
  ExpectPlaces(AnnealPlaces(5, {}, {.cores_x = 5, .cores_y = 1}, 1), 5,
               {.cores_x = 5, .cores_y = 1});
  ExpectPlaces(AnnealPlaces(7, std::vector<CoreEdge>{{0, 6, 0}}, {.cores_x = 3, .cores_y = 3}, 1),
               7, {.cores_x = 3, .cores_y = 3});
  EXPECT_TRUE(AnnealPlaces(0, {}, kEightByEight, 1).empty());
}

// By way of coarser levels: 9,216 cores in rows, whose best is one hop a packet. At random places
// they make 64.
TEST(AnnealTest, LargeMeshesGoThroughLevels) {
  constexpr std::int32_t kSide = 96;
  const MeshShape mesh = {.cores_x = kSide, .cores_y = kSide};
  std::vector<CoreEdge> edges;
  const auto id = [](std::int32_t y, std::int32_t x) {  // columns first, backwards
    return static_cast<std::uint32_t>((kSide - 1 - x) * kSide + y);
  };
  for (std::int32_t y = 0; y < kSide; ++y) {
    for (std::int32_t x = 0; x + 1 < kSide; ++x) {
      edges.push_back({id(y, x), id(y, x + 1), 1});
    }
  }
  const auto places = AnnealPlaces(kSide * kSide, edges, mesh, 1);
  ExpectPlaces(places, kSide * kSide, mesh);
  const double before = CostOfPlacement(edges, RowMajor(kSide * kSide, kSide), mesh).hops_mean;
  EXPECT_DOUBLE_EQ(before, 1.0);
  EXPECT_LT(CostOfPlacement(edges, places, mesh).hops_mean, 5.0);
}

}  // namespace
}  // namespace spikemesh
