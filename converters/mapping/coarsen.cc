// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/coarsen.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace spikemesh {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// Of the nodes without a partner, the one that `node` talks to most; kNone where there is none.
std::uint32_t FreeNeighbour(const CoreGraph& graph, std::span<const std::uint32_t> partner,
                            std::uint32_t node) {
  const CoreArc* best = nullptr;
  for (const CoreArc& arc : graph.ArcsOf(node)) {
    if (partner[arc.to] == kNone && (best == nullptr || arc.packets > best->packets)) {
      best = &arc;
    }
  }
  return best == nullptr ? kNone : best->to;
}

// The same of those two arcs away, where the thinner of the two counts.
std::uint32_t FreeBehindNeighbour(const CoreGraph& graph, std::span<const std::uint32_t> partner,
                                  std::uint32_t node) {
  std::uint32_t best = kNone;
  float most = 0.0f;
  for (const CoreArc& arc : graph.ArcsOf(node)) {
    for (const CoreArc& behind : graph.ArcsOf(arc.to)) {
      const float packets = std::min(arc.packets, behind.packets);
      if (partner[behind.to] == kNone && behind.to != node && packets > most) {
        best = behind.to;
        most = packets;
      }
    }
  }
  return best;
}

}  // namespace

CoreGraph MakeCoreGraph(std::size_t nodes, std::vector<CoreTriple> triples) {
  std::erase_if(triples, [](const CoreTriple& t) { return t.from == t.to; });
  std::ranges::sort(triples, {}, [](const CoreTriple& t) { return std::pair(t.from, t.to); });
  CoreGraph graph;
  graph.first.assign(nodes + 1, 0);
  for (std::size_t i = 0; i < triples.size(); ++i) {
    const bool again =
        i > 0 && triples[i].from == triples[i - 1].from && triples[i].to == triples[i - 1].to;
    if (again) {
      graph.arcs.back().packets += triples[i].packets;
    } else {
      graph.arcs.push_back({triples[i].to, triples[i].packets});
      ++graph.first[triples[i].from + 1];
    }
  }
  std::partial_sum(graph.first.begin(), graph.first.end(), graph.first.begin());
  return graph;
}

std::vector<std::uint32_t> PairUp(const CoreGraph& graph, RandomSequence& random) {
  const auto count = static_cast<std::uint32_t>(graph.nodes());
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  for (std::uint32_t i = count; i > 1; --i) {
    std::swap(order[i - 1], order[random.NextBelow(i)]);
  }
  std::vector<std::uint32_t> partner(count, kNone);
  for (const auto find : {FreeNeighbour, FreeBehindNeighbour}) {
    for (const std::uint32_t node : order) {
      const std::uint32_t found = partner[node] == kNone ? find(graph, partner, node) : kNone;
      if (found != kNone) {
        partner[node] = found;
        partner[found] = node;
      }
    }
  }
  // The rest in the order of their numbers: neighbours in a layer, and free cells together.
  std::uint32_t left = kNone;
  std::uint32_t pairs = 0;
  std::vector<std::uint32_t> pair_of(count);
  for (std::uint32_t node = 0; node < count; ++node) {
    if (partner[node] == kNone && left == kNone) {
      left = node;
    } else if (partner[node] == kNone) {
      partner[node] = left;
      partner[left] = node;
      left = kNone;
    }
  }
  for (std::uint32_t node = 0; node < count; ++node) {
    pair_of[node] = node < partner[node] ? pairs++ : pair_of[partner[node]];
  }
  return pair_of;
}

CoreGraph Contract(const CoreGraph& graph, std::size_t nodes,
                   std::span<const std::uint32_t> node_of) {
  std::vector<CoreTriple> triples;
  triples.reserve(graph.arcs.size());
  for (std::uint32_t node = 0; node < graph.nodes(); ++node) {
    for (const CoreArc& arc : graph.ArcsOf(node)) {
      triples.push_back({node_of[node], node_of[arc.to], arc.packets});
    }
  }
  return MakeCoreGraph(nodes, std::move(triples));
}

}  // namespace spikemesh
