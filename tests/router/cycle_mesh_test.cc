// SPDX-License-Identifier: Apache-2.0
#include "router/cycle_mesh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <tuple>
#include <vector>

#include "core/base/random.h"

namespace spikemesh {
namespace {

constexpr MeshShape kFourByFour = {.cores_x = 4, .cores_y = 4};

// (cycle, tag, core), in the order of cycles.
using Arrivals = std::vector<std::tuple<std::int64_t, std::uint32_t, std::uint32_t>>;

// Steps until nothing is inside.
Arrivals Drain(CycleMesh& mesh) {
  Arrivals arrivals;
  while (mesh.packets_inside() > 0) {
    const std::int64_t cycle = mesh.cycle();
    for (const CycleMesh::Arrival& arrival : mesh.Step()) {
      arrivals.emplace_back(cycle, arrival.tag, arrival.core);
    }
  }
  return arrivals;
}

// The reference twin: every router, port and cycle looked at as the header says it.
class MeshByDefinition {
 public:
  MeshByDefinition(const MeshShape& mesh, const RouterParameters& parameters)
      : mesh_(mesh), parameters_(parameters) {
    const auto inputs = static_cast<std::size_t>(mesh.width()) * mesh.height() * kPorts;
    fifos_.resize(inputs);
    credits_.resize(inputs, parameters.fifo_depth);
    pointers_.resize(inputs);
  }

  bool Inject(CoreCoordinates from, CoreCoordinates to, std::uint32_t tag) {
    const std::size_t input = Input(from, Port::kLocal);
    CollectCredits();
    if (credits_[input] == 0 || std::ranges::count(injected_, input) > 0) {
      return false;
    }
    --credits_[input];
    injected_.push_back(input);
    fifos_[input].push_back({to, tag, cycle_ + parameters_.inject_cycles});
    return true;
  }

  Arrivals Step() {
    CollectCredits();
    struct Move {
      std::size_t from;
      CoreCoordinates at;
      Port input;
      Port output;
    };
    std::vector<Move> moves;
    for (std::int32_t y = 0; y < mesh_.height(); ++y) {
      for (std::int32_t x = 0; x < mesh_.width(); ++x) {
        for (int output = 0; output < kPorts; ++output) {
          const std::size_t own = Input({x, y}, static_cast<Port>(output));
          for (int i = 0; i < kPorts; ++i) {
            const int input = (pointers_[own] + i) % kPorts;
            const std::size_t from = Input({x, y}, static_cast<Port>(input));
            if (HeadWants(from, {x, y}, static_cast<Port>(output)) &&
                HasCredit({x, y}, static_cast<Port>(output))) {
              moves.push_back({from, {x, y}, static_cast<Port>(input), static_cast<Port>(output)});
              pointers_[own] = (input + 1) % kPorts;
              break;
            }
          }
        }
      }
    }
    for (const Move& move : moves) {
      Packet packet = fifos_[move.from].front();
      fifos_[move.from].pop_front();
      returning_.emplace_back(cycle_ + parameters_.credit_cycles, move.from);
      if (move.output == Port::kLocal) {
        ejected_.emplace_back(cycle_ + parameters_.eject_cycles, packet.tag,
                              static_cast<std::uint32_t>(move.at.y * mesh_.width() + move.at.x));
        continue;
      }
      const std::size_t next = Behind(move.at, move.output);
      --credits_[next];
      packet.eligible = cycle_ + parameters_.hop_cycles;
      fifos_[next].push_back(packet);
    }
    Arrivals arrived;
    std::erase_if(ejected_, [&](const auto& arrival) {
      const bool now = std::get<0>(arrival) == cycle_;
      if (now) {
        arrived.push_back(arrival);
      }
      return now;
    });
    injected_.clear();
    ++cycle_;
    return arrived;
  }

 private:
  struct Packet {
    CoreCoordinates to;
    std::uint32_t tag;
    std::int64_t eligible;
  };

  std::size_t Input(CoreCoordinates at, Port port) const {
    return static_cast<std::size_t>(at.y * mesh_.width() + at.x) * kPorts +
           static_cast<std::size_t>(port);
  }
  // The input that `output` of the router at `at` leads into; credits are counted there.
  std::size_t Behind(CoreCoordinates at, Port output) const {
    switch (output) {
      case Port::kEast:
        return Input({at.x + 1, at.y}, Port::kWest);
      case Port::kWest:
        return Input({at.x - 1, at.y}, Port::kEast);
      case Port::kSouth:
        return Input({at.x, at.y + 1}, Port::kNorth);
      case Port::kNorth:
        return Input({at.x, at.y - 1}, Port::kSouth);
      case Port::kLocal:
        break;
    }
    return 0;
  }
  bool HeadWants(std::size_t input, CoreCoordinates at, Port output) const {
    if (fifos_[input].empty() || fifos_[input].front().eligible > cycle_) {
      return false;
    }
    const CoreCoordinates to = fifos_[input].front().to;
    Port wanted = Port::kLocal;
    if (to.x != at.x) {
      wanted = to.x > at.x ? Port::kEast : Port::kWest;
    } else if (to.y != at.y) {
      wanted = to.y > at.y ? Port::kSouth : Port::kNorth;
    }
    return wanted == output;
  }
  bool HasCredit(CoreCoordinates at, Port output) const {
    return output == Port::kLocal || credits_[Behind(at, output)] > 0;
  }
  void CollectCredits() {
    std::erase_if(returning_, [&](const auto& credit) {
      const bool due = credit.first <= cycle_;
      credits_[credit.second] += due ? 1 : 0;
      return due;
    });
  }

  MeshShape mesh_;
  RouterParameters parameters_;
  std::vector<std::deque<Packet>> fifos_;                        // [router][input]
  std::vector<std::int32_t> credits_;                            // [router][input]: free places
  std::vector<int> pointers_;                                    // [router][output]
  std::vector<std::pair<std::int64_t, std::size_t>> returning_;  // (cycle, input)
  Arrivals ejected_;
  std::vector<std::size_t> injected_;
  std::int64_t cycle_ = 0;
};

TEST(CycleMeshTest, ZeroLoadLatencyIsThreeCyclesARouterAndTwo) {
  for (std::int32_t from = 0; from < 16; ++from) {
    for (std::int32_t to = 0; to < 16; ++to) {
      CycleMesh mesh(kFourByFour, {});
      const CoreCoordinates a = {from % 4, from / 4};
      const CoreCoordinates b = {to % 4, to / 4};
      ASSERT_TRUE(mesh.Inject(a, b, 7));
      const std::int64_t routers = DimensionOrderCost(kFourByFour, a, b).hops + 1;
      EXPECT_EQ(ZeroLoadCycles({}, DimensionOrderCost(kFourByFour, a, b)), 3 * routers + 2);
      EXPECT_EQ(Drain(mesh), (Arrivals{{3 * routers + 2, 7u, static_cast<std::uint32_t>(to)}}));
      EXPECT_EQ(mesh.grants(), routers);
    }
  }
}

TEST(CycleMeshTest, PacketsGoInXFirstThenInY) {
  CycleMesh mesh(kFourByFour, {});
  ASSERT_TRUE(mesh.Inject({3, 0}, {1, 2}, 0));
  Drain(mesh);
  EXPECT_EQ(mesh.LinkPackets({3, 0}, Port::kWest), 1);
  EXPECT_EQ(mesh.LinkPackets({2, 0}, Port::kWest), 1);
  EXPECT_EQ(mesh.LinkPackets({1, 0}, Port::kSouth), 1);
  EXPECT_EQ(mesh.LinkPackets({1, 1}, Port::kSouth), 1);
  EXPECT_EQ(mesh.LinkPackets({1, 2}, Port::kLocal), 1);
}

// From west and from north into one core: one of them waits a cycle.
TEST(CycleMeshTest, AnOutputGrantsOneInputACycle) {
  CycleMesh mesh(kFourByFour, {});
  ASSERT_TRUE(mesh.Inject({0, 1}, {1, 1}, 1));
  ASSERT_TRUE(mesh.Inject({1, 0}, {1, 1}, 2));
  const Arrivals arrivals = Drain(mesh);
  ASSERT_EQ(arrivals.size(), 2u);
  EXPECT_EQ(std::get<0>(arrivals[0]), 8);
  EXPECT_EQ(std::get<0>(arrivals[1]), 9);
}

TEST(CycleMeshTest, LocalFifoTakesOnePacketACycleAndNoMoreThanItHolds) {
  CycleMesh mesh(kFourByFour, {.fifo_depth = 2});
  EXPECT_TRUE(mesh.Inject({0, 0}, {1, 0}, 1));
  EXPECT_FALSE(mesh.Inject({0, 0}, {1, 0}, 2));
  mesh.Step();
  EXPECT_TRUE(mesh.Inject({0, 0}, {1, 0}, 2));
  mesh.Step();
  // The first leaves in cycle 2, and its credit is back in cycle 5.
  for (std::int64_t cycle = 2; cycle < 5; ++cycle) {
    EXPECT_FALSE(mesh.Inject({0, 0}, {1, 0}, 3)) << cycle;
    mesh.Step();
  }
  EXPECT_TRUE(mesh.Inject({0, 0}, {1, 0}, 3));
}

struct TwinCase {
  MeshShape mesh;
  RouterParameters parameters;
  double rate;
};

void CompareWithTwin(const TwinCase& c, std::uint64_t seed) {
  CycleMesh mesh(c.mesh, c.parameters);
  MeshByDefinition twin(c.mesh, c.parameters);
  RandomSequence random(seed, 1);
  std::uint32_t tag = 0;
  for (int cycle = 0; cycle < 400; ++cycle) {
    for (std::int32_t y = 0; y < c.mesh.height(); ++y) {
      for (std::int32_t x = 0; x < c.mesh.width(); ++x) {
        if (random.NextUnit() >= c.rate || cycle >= 300) {
          continue;
        }
        const auto to_x = static_cast<std::int32_t>(random.NextBelow(c.mesh.width()));
        const auto to_y = static_cast<std::int32_t>(random.NextBelow(c.mesh.height()));
        const bool taken = mesh.Inject({x, y}, {to_x, to_y}, tag);
        ASSERT_EQ(taken, twin.Inject({x, y}, {to_x, to_y}, tag)) << cycle;
        ++tag;
      }
    }
    Arrivals fast;
    for (const CycleMesh::Arrival& arrival : mesh.Step()) {
      fast.emplace_back(cycle, arrival.tag, arrival.core);
    }
    ASSERT_THAT(fast, ::testing::UnorderedElementsAreArray(twin.Step())) << cycle;
  }
}

TEST(CycleMeshTest, EqualsItsDefinitionCycleByCycle) {
  const RouterParameters uneven = {
      .fifo_depth = 3, .inject_cycles = 1, .hop_cycles = 2, .eject_cycles = 5, .credit_cycles = 1};
  const std::vector<TwinCase> cases = {
      {kFourByFour, {}, 0.1},
      {kFourByFour, {}, 0.9},
      {kFourByFour, {.fifo_depth = 1}, 0.9},
      {{.cores_x = 5, .cores_y = 3}, uneven, 0.5},
      {{.cores_x = 1, .cores_y = 6}, {.fifo_depth = 2, .hop_cycles = 1}, 0.4},
      {{.cores_x = 3, .cores_y = 3, .chips_x = 2, .chips_y = 1}, {}, 0.6},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CompareWithTwin(cases[i], i);
  }
}

constexpr MeshShape kTwoChips = {.cores_x = 2, .cores_y = 3, .chips_x = 2};
constexpr RouterParameters kEdges = {.edge_cycles_per_packet = 4, .edge_hop_cycles = 10};

TEST(CycleMeshTest, AChipEdgeTakesItsOwnTime) {
  CycleMesh mesh(kTwoChips, kEdges);
  ASSERT_TRUE(mesh.Inject({1, 0}, {2, 0}, 1));
  // Inject 2, the edge 10 in place of a hop's 3, eject 3.
  EXPECT_EQ(ZeroLoadCycles(kEdges, DimensionOrderCost(kTwoChips, {1, 0}, {2, 0})), 2 + 10 + 3);
  EXPECT_EQ(ZeroLoadCycles({}, DimensionOrderCost(kTwoChips, {1, 0}, {2, 0})), 2 + 3 + 3);
  EXPECT_EQ(Drain(mesh), (Arrivals{{2 + 10 + 3, 1u, 2u}}));
  ASSERT_TRUE(mesh.Inject({2, 2}, {1, 2}, 2));
  EXPECT_EQ(std::get<0>(Drain(mesh).front()), 16 + 15);
}

// All rows of a side share one link: packets granted at once cross one after the other, by row.
TEST(CycleMeshTest, RowsShareTheLinkOfTheirChipsSide) {
  CycleMesh mesh(kTwoChips, kEdges);
  for (const std::int32_t row : {2, 0, 1}) {
    ASSERT_TRUE(mesh.Inject({1, row}, {2, row}, static_cast<std::uint32_t>(row)));
  }
  // The other direction has a link of its own.
  ASSERT_TRUE(mesh.Inject({2, 1}, {1, 1}, 9));
  EXPECT_THAT(Drain(mesh),
              ::testing::UnorderedElementsAre(std::tuple(15, 0u, 2u), std::tuple(15, 9u, 5u),
                                              std::tuple(19, 1u, 6u), std::tuple(23, 2u, 10u)));
}

// Far beyond what the delays of a router span, and with the few credits of one row.
TEST(CycleMeshTest, ALinkPassesOnePacketInItsCyclesHoweverManyWait) {
  CycleMesh mesh(kTwoChips, kEdges);
  std::vector<std::int64_t> sent(3, 0);
  std::vector<std::int64_t> arrived;
  for (int cycle = 0; cycle < 2000; ++cycle) {
    for (std::int32_t row = 0; row < 3; ++row) {
      const CoreCoordinates to = {3, row};
      sent[static_cast<std::size_t>(row)] += mesh.Inject({1, row}, to, 0) ? 1 : 0;
    }
    for (std::size_t i = mesh.Step().size(); i > 0; --i) {
      arrived.push_back(cycle);
    }
  }
  const std::size_t left = arrived.size();
  EXPECT_NEAR(static_cast<double>(left), 2000 / 4.0, 6.0);
  EXPECT_EQ(static_cast<std::size_t>(sent[0] + sent[1] + sent[2]), left + Drain(mesh).size());
  EXPECT_EQ(mesh.packets_inside(), 0);
  // No row is starved.
  EXPECT_NEAR(static_cast<double>(sent[0]), static_cast<double>(sent[2]), 20.0);
}

TEST(CycleMeshTest, TheHostEntersFromTheWest) {
  CycleMesh mesh(kFourByFour, {.fifo_depth = 1});
  ASSERT_TRUE(mesh.InjectFromHost(2, {3, 1}, 5));
  EXPECT_FALSE(mesh.InjectFromHost(2, {3, 1}, 6));  // one a cycle
  EXPECT_TRUE(mesh.Inject({0, 2}, {0, 2}, 7));      // the local input is another
  EXPECT_THAT(Drain(mesh), ::testing::ElementsAre(std::tuple(5, 7u, 8u), std::tuple(17, 5u, 7u)));
  EXPECT_TRUE(mesh.InjectFromHost(2, {3, 1}, 6));  // its credit is back
}

TEST(CycleMeshTest, SkippingIsSteppingThroughCyclesWithoutPackets) {
  const auto run = [](bool skip) {
    CycleMesh mesh(kFourByFour, {.fifo_depth = 1});
    Arrivals arrivals;
    // Some begin before the credits of those before are back.
    for (const std::int64_t begin : {0, 50, 100, 127, 128, 200, 228, 257, 258, 1000}) {
      for (; mesh.cycle() < begin && !skip; mesh.Step()) {
      }
      mesh.SkipTo(std::max(begin, mesh.cycle()));
      for (std::uint32_t tag = 0; tag < 4; ++tag) {
        const auto x = static_cast<std::int32_t>(tag);
        if (mesh.Inject({x, 0}, {3, 3}, tag)) {
          arrivals.emplace_back(begin, 100 + tag, 0u);
        }
      }
      const Arrivals these = Drain(mesh);
      arrivals.insert(arrivals.end(), these.begin(), these.end());
    }
    return arrivals;
  };
  EXPECT_EQ(run(true), run(false));
}

TEST(CycleMeshTest, AClearedMeshIsAsNew) {
  CycleMesh mesh(kTwoChips, kEdges);
  for (int cycle = 0; cycle < 30; ++cycle) {
    mesh.Inject({0, 1}, {3, 2}, 1);
    mesh.Inject({1, 1}, {3, 1}, 1);
    mesh.Step();
  }
  EXPECT_GT(mesh.packets_inside(), 0);
  mesh.Clear(100);
  EXPECT_EQ(mesh.packets_inside(), 0);
  ASSERT_TRUE(mesh.Inject({1, 1}, {2, 1}, 3));
  EXPECT_EQ(Drain(mesh), (Arrivals{{100 + 15, 3u, 6u}}));
}

// The clock that orders packets turns over after 2^32 cycles; times that have passed are brought
// near every 2^20. Traffic around that moment is like that of a new mesh.
TEST(CycleMeshTest, ALongRunChangesNothing) {
  const RouterParameters shallow = {.fifo_depth = 2};
  const auto run = [](CycleMesh& mesh) {
    const std::int64_t begin = mesh.cycle();
    Arrivals arrivals;
    for (std::uint32_t tag = 0; tag < 400; ++tag) {
      for (std::int32_t core = 0; core < 16; ++core) {
        const auto to =
            static_cast<std::int32_t>((tag * 7 + static_cast<std::uint32_t>(core)) % 16);
        mesh.Inject({core % 4, core / 4}, {to % 4, to / 4}, tag);
      }
      for (const CycleMesh::Arrival& arrival : mesh.Step()) {
        arrivals.emplace_back(mesh.cycle() - begin, arrival.tag, arrival.core);
      }
    }
    std::ranges::sort(arrivals);
    return arrivals;
  };
  CycleMesh fresh(kFourByFour, shallow);
  const Arrivals expected = run(fresh);
  CycleMesh old(kFourByFour, shallow);
  run(old);
  Drain(old);
  while (old.cycle() < (1 << 20) - 200) {
    old.Step();
  }
  EXPECT_EQ(run(old).size(), expected.size());
  Drain(old);
  old.Clear(old.cycle());
  EXPECT_EQ(run(old), expected);
}

}  // namespace
}  // namespace spikemesh
