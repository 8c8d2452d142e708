// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/coarsen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

CoreGraph Undirected(std::size_t nodes, const std::vector<CoreTriple>& edges) {
  std::vector<CoreTriple> triples = edges;
  for (const CoreTriple& edge : edges) {
    triples.push_back({edge.to, edge.from, edge.packets});
  }
  return MakeCoreGraph(nodes, triples);
}

TEST(CoarsenTest, PacketsBetweenTheSameNodesAddUpAndThoseWithinOneVanish) {
  const CoreGraph graph = MakeCoreGraph(3, {{0, 2, 1}, {1, 1, 5}, {0, 2, 2}, {0, 1, 4}});
  EXPECT_THAT(graph.first, ElementsAre(0, 2, 2, 2));
  EXPECT_EQ(graph.ArcsOf(0)[0].to, 1u);
  EXPECT_EQ(graph.ArcsOf(0)[0].packets, 4.0f);
  EXPECT_EQ(graph.ArcsOf(0)[1].packets, 3.0f);
}

TEST(CoarsenTest, NodesArePairedWithWhomTheyTalkToMost) {
  // Whoever is asked first: 0 and 1 want each other, 2 and 3 too.
  const CoreGraph graph = Undirected(4, {{0, 1, 9}, {1, 2, 5}, {2, 3, 9}, {3, 0, 5}});
  RandomSequence random(1, 0);
  EXPECT_THAT(PairUp(graph, random), ElementsAre(0, 0, 1, 1));
}

// Two stars, their nodes in turn: hub 0 with 2, 4, 6, hub 1 with 3, 5, 7. One leaf goes with its
// hub; the others have no neighbour left but are two arcs from each other.
TEST(CoarsenTest, NodesWhoseNeighboursAreTakenArePairedWithinTheirStar) {
  const CoreGraph graph =
      Undirected(8, {{0, 2, 1}, {0, 4, 1}, {0, 6, 1}, {1, 3, 1}, {1, 5, 1}, {1, 7, 1}});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RandomSequence random(seed, 0);
    const std::vector<std::uint32_t> pair_of = PairUp(graph, random);
    std::map<std::uint32_t, std::vector<std::uint32_t>> nodes;
    for (std::uint32_t node = 0; node < 8; ++node) {
      nodes[pair_of[node]].push_back(node);
    }
    ASSERT_EQ(nodes.size(), 4u);
    for (const auto& [pair, members] : nodes) {
      ASSERT_EQ(members.size(), 2u) << pair;
      EXPECT_EQ(members[0] % 2, members[1] % 2) << "seed " << seed;
    }
  }
}

TEST(CoarsenTest, NodesThatTalkToNobodyArePairedByNumber) {
  RandomSequence random(1, 0);
  EXPECT_THAT(PairUp(Undirected(6, {{1, 4, 1}}), random), ElementsAre(0, 1, 0, 2, 1, 2));
}

TEST(CoarsenTest, ContractedNodesSendWhatTheirNodesSent) {
  const CoreGraph graph = Undirected(4, {{0, 1, 9}, {1, 2, 5}, {2, 3, 9}, {3, 0, 5}});
  const CoreGraph pairs = Contract(graph, 2, std::vector<std::uint32_t>{0, 0, 1, 1});
  ASSERT_EQ(pairs.arcs.size(), 2u);
  EXPECT_EQ(pairs.ArcsOf(0)[0].to, 1u);
  EXPECT_EQ(pairs.ArcsOf(0)[0].packets, 10.0f);
}

}  // namespace
}  // namespace spikemesh
