// SPDX-License-Identifier: Apache-2.0
// The graph of cores that talk, and how it becomes one of half as many nodes: nodes that talk much
// are paired, and each pair is one node.
//
// A pair of nodes far apart holds together what should unfold when it is placed, at every coarser
// level anew. So whoever finds its neighbours taken is paired with a node two arcs away: of 65,536
// cores of a convolution these are 8 %, and pairing them by number made 7.5 hops a packet of 5.8.
// Cost: linear in the arcs; for those nodes, in the arcs of their neighbours. Sources: heavy-edge
// matching: Karypis, Kumar, SIAM J. Sci. Comput. 20 (1998); two-hop matching: LaSalle et al.,
// IA3 (2015).
#ifndef SPIKEMESH_CONVERTERS_MAPPING_COARSEN_H_
#define SPIKEMESH_CONVERTERS_MAPPING_COARSEN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"

namespace spikemesh {

struct CoreArc {
  std::uint32_t to;
  float packets;  // > 0
};

// Both directions of every edge; arcs of node n: first[n] .. first[n + 1].
struct CoreGraph {
  std::size_t nodes() const { return first.size() - 1; }
  std::span<const CoreArc> ArcsOf(std::uint32_t node) const {
    return std::span(arcs).subspan(first[node], first[node + 1] - first[node]);
  }
  std::vector<std::size_t> first;
  std::vector<CoreArc> arcs;
};

struct CoreTriple {
  std::uint32_t from, to;
  float packets;
};

// Adds up triples between the same nodes; those within a node are left out.
CoreGraph MakeCoreGraph(std::size_t nodes, std::vector<CoreTriple> triples);

// Pairs every node with the one it talks to most, else with one two arcs away, else with any of
// those left, by number: [node] -> pair. Pairs are numbered as their first nodes are. An even
// number of nodes.
std::vector<std::uint32_t> PairUp(const CoreGraph& graph, RandomSequence& random);

// The graph of `nodes` nodes whose node is node_of[node of `graph`].
CoreGraph Contract(const CoreGraph& graph, std::size_t nodes,
                   std::span<const std::uint32_t> node_of);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_COARSEN_H_
