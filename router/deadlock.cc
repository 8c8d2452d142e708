// SPDX-License-Identifier: Apache-2.0
// Knows Boost.Graph. Its exception ends here.
#include "router/deadlock.h"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/topological_sort.hpp>
#include <iterator>
#include <utility>
#include <vector>

namespace spikemesh {

bool IsDeadlockFree(std::uint32_t channels, std::span<const ChannelDependency> dependencies) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  edges.reserve(dependencies.size());
  for (const ChannelDependency& dependency : dependencies) {
    edges.emplace_back(dependency.channel, dependency.next);
  }
  const boost::compressed_sparse_row_graph<boost::directedS> graph(
      boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), channels);
  std::vector<std::uint32_t> order;
  order.reserve(channels);
  try {
    boost::topological_sort(graph, std::back_inserter(order));
  } catch (const boost::not_a_dag&) {
    return false;
  }
  return true;
}

}  // namespace spikemesh
