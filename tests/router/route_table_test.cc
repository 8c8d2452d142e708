// SPDX-License-Identifier: Apache-2.0
#include "router/route_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "router/cycle_mesh.h"
#include "router/deadlock.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr MeshShape kThreeByThree = {.cores_x = 3, .cores_y = 3};

std::vector<CoreCoordinates> AllPlaces(const MeshShape& mesh) {
  std::vector<CoreCoordinates> places;
  for (std::int32_t y = 0; y < mesh.height(); ++y) {
    for (std::int32_t x = 0; x < mesh.width(); ++x) {
      places.push_back({x, y});
    }
  }
  return places;
}

RouteTable TableOf(const MeshShape& mesh, const std::vector<DeadLink>& dead) {
  absl::StatusOr<RouteTable> table = RouteTable::Create(mesh, dead, AllPlaces(mesh));
  SPIKEMESH_CHECK(table.ok());
  return *std::move(table);
}

std::vector<DeadLink> RandomLinks(const MeshShape& mesh, int count, std::uint64_t seed) {
  RandomSequence random(seed, 0);
  std::set<DeadLink> links;
  while (static_cast<int>(links.size()) < count) {
    const DeadLink link = {
        {static_cast<std::int32_t>(random.NextBelow(static_cast<std::uint32_t>(mesh.width()))),
         static_cast<std::int32_t>(random.NextBelow(static_cast<std::uint32_t>(mesh.height())))},
        random.NextBelow(2) == 0 ? Port::kEast : Port::kSouth};
    if (CheckDeadLink(mesh, link).ok()) {
      links.insert(link);
    }
  }
  return {links.begin(), links.end()};
}

// The fewest living links between two places, found without any rule about up and down; -1: none.
int FewestLinks(const LivingLinks& links, CoreCoordinates from, CoreCoordinates to) {
  std::vector<int> distance(links.routers(), -1);
  std::vector<std::uint32_t> found = {links.IndexOf(from)};
  distance[found[0]] = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Port side : kSides) {
      if (!links.Has(found[i], side)) {
        continue;
      }
      const std::uint32_t next = links.Neighbour(found[i], side);
      if (distance[next] < 0) {
        distance[next] = distance[found[i]] + 1;
        found.push_back(next);
      }
    }
  }
  return distance[links.IndexOf(to)];
}

TEST(RouteTableTest, GoesAroundADeadLink) {
  const RouteTable table = TableOf(kThreeByThree, {{{0, 0}, Port::kEast}});
  std::vector<std::pair<CoreCoordinates, Port>> way;
  table.ForEachLink({0, 0}, {1, 0},
                    [&](CoreCoordinates at, Port output) { way.emplace_back(at, output); });
  // Down to row 1, where the root is, and up again: three links, not one.
  EXPECT_THAT(way, ElementsAre(std::pair(CoreCoordinates{0, 0}, Port::kSouth),
                               std::pair(CoreCoordinates{0, 1}, Port::kEast),
                               std::pair(CoreCoordinates{1, 1}, Port::kNorth)));
  EXPECT_EQ(table.Cost({0, 0}, {1, 0}), (RouteCost{.hops = 3, .chip_crossings = 0}));
  EXPECT_EQ(table.Cost({2, 2}, {2, 2}), (RouteCost{}));
}

TEST(RouteTableTest, CountsTheChipEdgesOfItsWay) {
  const MeshShape two_chips = {.cores_x = 2, .cores_y = 2, .chips_x = 2};
  const RouteTable table = TableOf(two_chips, {{{1, 0}, Port::kEast}});
  EXPECT_EQ(table.Cost({1, 0}, {2, 0}), (RouteCost{.hops = 3, .chip_crossings = 1}));
}

// Every way ends at its destination over living links, never goes up after it went down, and is
// as short as links allow for most; none is where no link leads.
TEST(RouteTableTest, WaysOverRandomDefectsHoldTheirRules) {
  const MeshShape mesh = {.cores_x = 7, .cores_y = 6};
  std::int64_t ways = 0;
  std::int64_t shortest = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<DeadLink> dead = RandomLinks(mesh, static_cast<int>(1 + 2 * seed), seed);
    const LivingLinks links(mesh, dead);
    const RouteTable table = TableOf(mesh, dead);
    for (const CoreCoordinates from : AllPlaces(mesh)) {
      for (const CoreCoordinates to : AllPlaces(mesh)) {
        const int fewest = FewestLinks(links, from, to);
        ASSERT_EQ(table.Reaches(from, to), fewest >= 0) << from << to;
        if (fewest < 0) {
          continue;
        }
        CoreCoordinates end = from;
        table.ForEachLink(from, to, [&](CoreCoordinates at, Port output) {
          ASSERT_EQ(at, end);
          ASSERT_TRUE(links.Has(links.IndexOf(at), output));
          end = Behind(at, output);
        });
        EXPECT_EQ(end, to);
        EXPECT_GE(table.Cost(from, to).hops, fewest);
        ++ways;
        shortest += table.Cost(from, to).hops == fewest ? 1 : 0;
      }
    }
  }
  EXPECT_GT(shortest * 10, ways * 7);
}

TEST(RouteTableTest, OfACutOffCoreSaysThatNothingReachesIt) {
  const RouteTable table = TableOf(kThreeByThree, {{{0, 0}, Port::kEast}, {{0, 0}, Port::kSouth}});
  EXPECT_FALSE(table.Reaches({1, 1}, {0, 0}));
  EXPECT_FALSE(table.Reaches({0, 0}, {1, 1}));
  EXPECT_TRUE(table.Reaches({0, 0}, {0, 0}));
}

TEST(RouteTableTest, RefusesLinksOutsideTheMeshAndTablesTooLarge) {
  const std::vector<DeadLink> outside = {{{2, 2}, Port::kEast}};
  EXPECT_EQ(RouteTable::Create(kThreeByThree, outside, {}).status().code(),
            absl::StatusCode::kOutOfRange);
  const MeshShape large = {.cores_x = 256, .cores_y = 256};
  const std::vector<DeadLink> dead = {{{0, 0}, Port::kEast}};
  const absl::Status status = RouteTable::Create(large, dead, AllPlaces(large)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(status.message(), HasSubstr("65536 routers take 4294967296 bytes"));
}

TEST(DeadlockTest, ACircleOfChannelsIsFound) {
  const std::vector<ChannelDependency> chain = {{0, 1}, {1, 2}, {0, 2}, {3, 1}};
  EXPECT_TRUE(IsDeadlockFree(4, chain));
  std::vector<ChannelDependency> circle = chain;
  circle.push_back({2, 3});
  EXPECT_FALSE(IsDeadlockFree(4, circle));
  EXPECT_TRUE(IsDeadlockFree(4, {}));
}

// Shortest ways around a dead link by no rule may deadlock; X then Y on a whole mesh may not.
TEST(DeadlockTest, XThenYIsFreeOfItAndTurningEverywhereIsNot) {
  const MeshShape mesh = {.cores_x = 4, .cores_y = 4};
  const LivingLinks links(mesh, {});
  const auto channel = [](std::uint32_t router, Port input) {
    return router * kPorts + static_cast<std::uint32_t>(input);
  };
  const auto is_x = [](Port side) { return side == Port::kEast || side == Port::kWest; };
  std::vector<ChannelDependency> x_then_y;
  std::vector<ChannelDependency> everywhere;
  for (std::uint32_t router = 0; router < links.routers(); ++router) {
    for (const Port input : kSides) {
      for (const Port output : kSides) {
        if (!links.Has(router, input) || !links.Has(router, output) || input == output) {
          continue;
        }
        const ChannelDependency dependency = {
            channel(router, input), channel(links.Neighbour(router, output), Opposite(output))};
        everywhere.push_back(dependency);
        if (is_x(input) || !is_x(output)) {
          x_then_y.push_back(dependency);
        }
      }
    }
  }
  const auto channels = static_cast<std::uint32_t>(links.routers() * kPorts);
  EXPECT_TRUE(IsDeadlockFree(channels, x_then_y));
  EXPECT_FALSE(IsDeadlockFree(channels, everywhere));
}

// All cores send to all others at once, through FIFOs of one packet: what could deadlock would.
TEST(RouteTableTest, AFullMeshWithDeadLinksDrains) {
  const MeshShape mesh = {.cores_x = 5, .cores_y = 5};
  const std::vector<CoreCoordinates> places = AllPlaces(mesh);
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const RouteTable table = TableOf(mesh, RandomLinks(mesh, 6, seed));
    const RouterParameters shallow = {.fifo_depth = 1};
    CycleMesh routers(mesh, shallow, &table);
    std::vector<std::vector<CoreCoordinates>> left(places.size());
    std::int64_t links = 0;
    std::size_t packets = 0;
    for (std::size_t from = 0; from < places.size(); ++from) {
      for (const CoreCoordinates to : places) {
        if (table.Reaches(places[from], to)) {
          left[from].push_back(to);
          links += table.Cost(places[from], to).hops;
          ++packets;
        }
      }
    }
    std::size_t arrived = 0;
    for (int cycle = 0; cycle < 20000 && arrived < packets; ++cycle) {
      for (std::size_t from = 0; from < places.size(); ++from) {
        if (!left[from].empty() && routers.Inject(places[from], left[from].back(), 0)) {
          left[from].pop_back();
        }
      }
      arrived += routers.Step().size();
    }
    EXPECT_EQ(arrived, packets);
    EXPECT_EQ(routers.grants(), links + static_cast<std::int64_t>(packets));
  }
}

}  // namespace
}  // namespace spikemesh
