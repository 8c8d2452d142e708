// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/anneal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "converters/mapping/coarsen.h"
#include "core/base/random.h"
#include "core/base/status.h"

namespace spikemesh {
namespace {

// Numbers found by trying (tests/bench/placement_bench.cc).
constexpr std::int64_t kMovesPerNode = 2500;       // of a level
constexpr std::int64_t kMovesPlenty = 10'000'000;  // of a level; beyond it, fewer a node
constexpr std::int64_t kMovesPerNodeOfMany = 400;
constexpr std::size_t kOneLevelNodes = 8192;  // so many are annealed without coarser levels
constexpr std::size_t kCoarsestNodes = 2048;  // of those that are annealed by levels
constexpr int kCoarseStarts = 6;
constexpr double kBesideNeighbour = 0.7;    // share of the moves
constexpr double kRefineTemperature = 0.2;  // first of a level, over that of the coarser one
constexpr double kLastTemperature = 0.01;   // of a level, over its first
constexpr std::int32_t kTemperatures = 60;  // steps of a level
constexpr double kRadiusShrinks = 0.93;     // a step
constexpr int kTemperatureSamples = 2000;

// A grid of cells, each with one node of the graph, and what its distances cost.
struct Grid {
  std::int32_t width = 0;
  std::int32_t height = 0;
  // Place of a column (row), stretched at chip edges so that differences are costs.
  std::vector<float> columns;
  std::vector<float> rows;
};

// `scale`: cores along the side of a cell.
Grid MakeGrid(const MeshShape& mesh, std::int32_t width, std::int32_t height, std::int32_t scale) {
  Grid grid = {.width = width / scale, .height = height / scale, .columns = {}, .rows = {}};
  const auto stretched = [scale](std::int32_t cell, std::int32_t chip_side) {
    const std::int32_t first = cell * scale;
    const std::int32_t last = first + scale - 1;
    const auto middle = 0.5f * static_cast<float>(first + last);
    const std::int32_t chips = first / chip_side + last / chip_side;
    const auto edges = 0.5f * static_cast<float>(chips);
    return middle + static_cast<float>(kCrossingHops) * edges;
  };
  for (std::int32_t x = 0; x < grid.width; ++x) {
    grid.columns.push_back(stretched(x, mesh.cores_x));
  }
  for (std::int32_t y = 0; y < grid.height; ++y) {
    grid.rows.push_back(stretched(y, mesh.cores_y));
  }
  return grid;
}

// Which node is in which cell, and the moves that make this better.
class Annealer {
 public:
  // `cell_of`: [node], a permutation of the cells. What is in a closed cell stays there.
  Annealer(const CoreGraph& graph, Grid grid, std::vector<std::uint32_t> cell_of,
           std::span<const std::uint8_t> closed, RandomSequence& random)
      : graph_(graph),
        grid_(std::move(grid)),
        cell_of_(std::move(cell_of)),
        closed_(closed),
        random_(random) {
    node_in_.resize(cell_of_.size());
    places_.resize(cell_of_.size());
    for (std::uint32_t node = 0; node < cell_of_.size(); ++node) {
      Put(node, cell_of_[node]);
      if (!graph.ArcsOf(node).empty()) {
        movers_.push_back(node);
      }
    }
  }

  // The mean size of what a random move changes: a temperature at which most are accepted.
  double MeanChange() {
    double sum = 0.0;
    for (int i = 0; i < kTemperatureSamples && !movers_.empty(); ++i) {
      const std::uint32_t node = movers_[Below(movers_.size())];
      sum += std::abs(Change(node, node_in_[Below(node_in_.size())]));
    }
    return sum / kTemperatureSamples;
  }

  void Run(double temperature, std::int64_t moves) {
    if (movers_.empty()) {
      return;
    }
    const double cooling = std::pow(kLastTemperature, 1.0 / kTemperatures);
    double radius = 0.5 * std::max(grid_.width, grid_.height);
    for (std::int32_t step = 0; step <= kTemperatures; ++step) {
      const bool last = step == kTemperatures;  // at temperature 0
      for (std::int64_t i = 0; i < moves / (kTemperatures + 1); ++i) {
        Move(last ? 0.0 : temperature, static_cast<std::int32_t>(std::ceil(radius)));
      }
      temperature *= cooling;
      radius = std::max(1.0, radius * kRadiusShrinks);
    }
  }

  double Cost() const {
    double sum = 0.0;
    for (const std::uint32_t node : movers_) {
      for (const CoreArc& arc : graph_.ArcsOf(node)) {
        sum += arc.packets * (std::abs(places_[node].x - places_[arc.to].x) +
                              std::abs(places_[node].y - places_[arc.to].y));
      }
    }
    return 0.5 * sum;
  }

  const std::vector<std::uint32_t>& cell_of() const { return cell_of_; }

 private:
  struct Place {
    float x, y;
  };

  std::uint32_t Below(std::size_t bound) {
    return random_.NextBelow(static_cast<std::uint32_t>(bound));
  }

  void Put(std::uint32_t node, std::uint32_t cell) {
    cell_of_[node] = cell;
    node_in_[cell] = node;
    const auto width = static_cast<std::uint32_t>(grid_.width);
    places_[node] = {grid_.columns[cell % width], grid_.rows[cell / width]};
  }

  // What swapping two nodes adds to the cost.
  double Change(std::uint32_t a, std::uint32_t b) const {
    const Place at_a = places_[a];
    const Place at_b = places_[b];
    const auto moved = [this](std::uint32_t node, std::uint32_t other, Place from, Place to) {
      float change = 0.0f;
      for (const CoreArc& arc : graph_.ArcsOf(node)) {
        if (arc.to == other) {
          continue;  // as far apart as before
        }
        const Place peer = places_[arc.to];
        change += arc.packets * (std::abs(to.x - peer.x) + std::abs(to.y - peer.y) -
                                 std::abs(from.x - peer.x) - std::abs(from.y - peer.y));
      }
      return static_cast<double>(change);
    };
    return moved(a, b, at_a, at_b) + moved(b, a, at_b, at_a);
  }

  // A cell within `radius` of another one, on the grid.
  std::uint32_t CellNear(std::uint32_t cell, std::int32_t radius) {
    const auto width = grid_.width;
    const auto side = 2 * static_cast<std::size_t>(radius) + 1;
    const auto dx = static_cast<std::int32_t>(Below(side)) - radius;
    const auto dy = static_cast<std::int32_t>(Below(side)) - radius;
    const std::int32_t x = std::clamp(static_cast<std::int32_t>(cell) % width + dx, 0, width - 1);
    const std::int32_t y =
        std::clamp(static_cast<std::int32_t>(cell) / width + dy, 0, grid_.height - 1);
    return static_cast<std::uint32_t>(y * width + x);
  }

  void Move(double temperature, std::int32_t radius) {
    const std::uint32_t node = movers_[Below(movers_.size())];
    std::uint32_t cell = 0;
    if (random_.NextUnit() < kBesideNeighbour) {
      const std::span<const CoreArc> arcs = graph_.ArcsOf(node);
      cell = CellNear(cell_of_[arcs[Below(arcs.size())].to], 1);
    } else {
      cell = CellNear(cell_of_[node], radius);
    }
    const std::uint32_t other = node_in_[cell];
    if (other == node || (!closed_.empty() && closed_[cell] != 0)) {
      return;
    }
    const double change = Change(node, other);
    if (change <= 0.0 ||
        (temperature > 0.0 && change < -std::log(1.0 - random_.NextUnit()) * temperature)) {
      const std::uint32_t from = cell_of_[node];
      Put(node, cell);
      Put(other, from);
    }
  }

  const CoreGraph& graph_;
  Grid grid_;
  std::vector<std::uint32_t> cell_of_;    // [node]
  std::vector<std::uint32_t> node_in_;    // [cell]
  std::vector<Place> places_;             // [node]
  std::span<const std::uint8_t> closed_;  // [cell]: 1 where it is; empty: none is
  std::vector<std::uint32_t> movers_;     // nodes with arcs
  RandomSequence& random_;
};

std::int64_t MovesOf(std::size_t nodes) {
  const auto count = static_cast<std::int64_t>(nodes);
  return std::min(kMovesPerNode * count, std::max(kMovesPlenty, kMovesPerNodeOfMany * count));
}

struct Level {
  std::vector<std::uint32_t> cell_of;  // [node]
  double first_temperature = 0.0;
};

// The block of cells that nodes are placed in.
struct Block {
  MeshShape mesh;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::size_t cores = 0;             // nodes below are cores, the others free cells
  std::vector<std::uint8_t> closed;  // [cell]: 1 where no core may be; empty: nowhere
};

// Swaps cores in closed cells with free cells that are open, both in the order of cells.
void LeaveClosed(const Block& block, std::vector<std::uint32_t>& cell_of) {
  if (block.closed.empty()) {
    return;
  }
  std::vector<std::uint32_t> node_in(cell_of.size());
  for (std::uint32_t node = 0; node < cell_of.size(); ++node) {
    node_in[cell_of[node]] = node;
  }
  std::uint32_t open = 0;
  for (std::uint32_t cell = 0; cell < node_in.size(); ++cell) {
    if (block.closed[cell] == 0 || node_in[cell] >= block.cores) {
      continue;
    }
    while (block.closed[open] != 0 || node_in[open] < block.cores) {
      ++open;
    }
    std::swap(node_in[cell], node_in[open]);
    cell_of[node_in[cell]] = cell;
    cell_of[node_in[open]] = open;
  }
}

// Anneals a level: by way of the coarser ones, where its grid can be halved. Closed cells count on
// the finest alone.
Level AnnealLevel(const CoreGraph& graph, const Block& block, std::int32_t scale,
                  RandomSequence& random) {
  Grid grid = MakeGrid(block.mesh, block.width, block.height, scale);
  const auto anneal = [&](std::vector<std::uint32_t> cell_of) {
    if (scale > 1) {
      return Annealer(graph, grid, std::move(cell_of), {}, random);
    }
    LeaveClosed(block, cell_of);
    return Annealer(graph, grid, std::move(cell_of), block.closed, random);
  };
  Level level;
  level.cell_of.resize(graph.nodes());
  const std::size_t nodes_max = scale == 1 ? kOneLevelNodes : kCoarsestNodes;
  const bool halves = grid.width % 2 == 0 && grid.height % 2 == 0 && graph.nodes() > nodes_max;
  if (!halves) {
    // A coarse level is cheap, and what it folds the wrong way no finer one unfolds.
    std::iota(level.cell_of.begin(), level.cell_of.end(), 0u);
    const std::vector<std::uint32_t> begin = level.cell_of;
    double least = std::numeric_limits<double>::max();
    for (int start = 0; start < (scale > 1 ? kCoarseStarts : 1); ++start) {
      Annealer annealer = anneal(begin);
      const double temperature = annealer.MeanChange();
      annealer.Run(temperature, MovesOf(graph.nodes()));
      if (annealer.Cost() < least) {
        least = annealer.Cost();
        level = {annealer.cell_of(), temperature};
      }
    }
    return level;
  }
  const std::vector<std::uint32_t> pair_of = PairUp(graph, random);
  const CoreGraph pairs = Contract(graph, graph.nodes() / 2, pair_of);
  const std::vector<std::uint32_t> four_of = PairUp(pairs, random);
  const CoreGraph fours = Contract(pairs, pairs.nodes() / 2, four_of);
  const Level coarse = AnnealLevel(fours, block, 2 * scale, random);
  // The four nodes of a cell go to the four cells in it.
  const auto half = static_cast<std::uint32_t>(grid.width / 2);
  std::vector<std::uint32_t> placed(fours.nodes(), 0);
  for (std::uint32_t node = 0; node < graph.nodes(); ++node) {
    const std::uint32_t four = four_of[pair_of[node]];
    const std::uint32_t corner = placed[four]++;
    const std::uint32_t cell = coarse.cell_of[four];
    const std::uint32_t x = 2 * (cell % half) + corner % 2;
    const std::uint32_t y = 2 * (cell / half) + corner / 2;
    level.cell_of[node] = y * 2 * half + x;
  }
  level.first_temperature = coarse.first_temperature * kRefineTemperature;
  Annealer annealer = anneal(std::move(level.cell_of));
  annealer.Run(level.first_temperature, MovesOf(graph.nodes()));
  level.cell_of = annealer.cell_of();
  return level;
}

std::int32_t RoundUp(std::int32_t value, std::int32_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// The block of cells that are used: all of several chips; of one, a nearly square corner, whose
// sides can be halved twice.
std::pair<std::int32_t, std::int32_t> BlockOf(std::size_t cores, const MeshShape& mesh) {
  if (mesh.chips_x * mesh.chips_y > 1) {
    return {mesh.width(), mesh.height()};
  }
  const auto count = static_cast<std::int32_t>(cores);
  const auto root = static_cast<std::int32_t>(std::ceil(std::sqrt(static_cast<double>(cores))));
  std::int32_t width = std::clamp(RoundUp(root, 4), 1, mesh.width());
  std::int32_t height = std::clamp(RoundUp((count + width - 1) / width, 4), 1, mesh.height());
  if (width * height < count) {
    width = mesh.width();
    height = std::clamp(RoundUp((count + width - 1) / width, 4), 1, mesh.height());
  }
  return {width, height};
}

// Sums along one line of links, from differences at the ends.
void AddWay(std::vector<std::int64_t>& starts, std::size_t line, std::int32_t from, std::int32_t to,
            std::int64_t packets) {
  // Place p stands for the link between p and p + 1.
  starts[line + static_cast<std::size_t>(std::min(from, to))] += packets;
  starts[line + static_cast<std::size_t>(std::max(from, to))] -= packets;
}

std::int64_t MaxOfLines(std::vector<std::int64_t>& starts, std::size_t length) {
  std::int64_t most = 0;
  for (std::size_t line = 0; line < starts.size(); line += length) {
    std::int64_t load = 0;
    for (std::size_t i = 0; i < length; ++i) {
      load += starts[line + i];
      most = std::max(most, load);
    }
  }
  return most;
}

double MeanHops(std::int64_t hops, std::int64_t packets) {
  return packets == 0 ? 0.0 : static_cast<double>(hops) / static_cast<double>(packets);
}

}  // namespace

PlacementCost CostOfPlacement(std::span<const CoreEdge> edges,
                              std::span<const CoreCoordinates> places, const MeshShape& mesh) {
  const auto width = static_cast<std::size_t>(mesh.width());
  const auto height = static_cast<std::size_t>(mesh.height());
  std::vector<std::int64_t> east(width * height), west = east, south = east, north = east;
  PlacementCost cost;
  std::int64_t packets = 0;
  for (const CoreEdge& edge : edges) {
    const CoreCoordinates from = places[edge.from];
    const CoreCoordinates to = places[edge.to];
    const RouteCost route = DimensionOrderCost(mesh, from, to);
    cost.hops += edge.packets * route.hops;
    cost.chip_crossings += edge.packets * route.chip_crossings;
    packets += edge.packets;
    AddWay(to.x > from.x ? east : west, static_cast<std::size_t>(from.y) * width, from.x, to.x,
           edge.packets);
    AddWay(to.y > from.y ? south : north, static_cast<std::size_t>(to.x) * height, from.y, to.y,
           edge.packets);
  }
  cost.hops_mean = MeanHops(cost.hops, packets);
  cost.link_max = std::max({MaxOfLines(east, width), MaxOfLines(west, width),
                            MaxOfLines(south, height), MaxOfLines(north, height)});
  return cost;
}

PlacementCost CostOfWays(std::span<const CoreEdge> edges, std::span<const CoreCoordinates> places,
                         const RouteTable& table) {
  absl::flat_hash_map<std::pair<CoreCoordinates, Port>, std::int64_t> loads;
  PlacementCost cost;
  std::int64_t packets = 0;
  for (const CoreEdge& edge : edges) {
    const CoreCoordinates from = places[edge.from];
    const CoreCoordinates to = places[edge.to];
    const RouteCost way = table.Cost(from, to);
    cost.hops += edge.packets * way.hops;
    cost.chip_crossings += edge.packets * way.chip_crossings;
    packets += edge.packets;
    table.ForEachLink(from, to, [&](CoreCoordinates at, Port output) {
      std::int64_t& load = loads[{at, output}];
      load += edge.packets;
      cost.link_max = std::max(cost.link_max, load);
    });
  }
  cost.hops_mean = MeanHops(cost.hops, packets);
  return cost;
}

std::vector<CoreCoordinates> AnnealPlaces(std::size_t cores, std::span<const CoreEdge> edges,
                                          const MeshShape& mesh, std::uint64_t seed,
                                          std::span<const CoreCoordinates> unusable) {
  const auto [width, height] = BlockOf(cores + unusable.size(), mesh);
  const std::size_t cells = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  SPIKEMESH_CHECK(cores + unusable.size() <= cells);
  Block block = {.mesh = mesh, .width = width, .height = height, .cores = cores, .closed = {}};
  block.closed.resize(unusable.empty() ? 0 : cells);
  for (const CoreCoordinates at : unusable) {
    if (at.x < width && at.y < height) {
      block.closed[static_cast<std::size_t>(std::int64_t{at.y} * width + at.x)] = 1;
    }
  }
  std::vector<CoreTriple> triples;
  triples.reserve(2 * edges.size());
  for (const CoreEdge& edge : edges) {
    if (edge.packets > 0) {
      const auto packets = static_cast<float>(edge.packets);
      triples.push_back({edge.from, edge.to, packets});
      triples.push_back({edge.to, edge.from, packets});
    }
  }
  // Nodes beyond the cores are free cells.
  const CoreGraph graph = MakeCoreGraph(cells, std::move(triples));
  RandomSequence random(seed, 0);
  const Level level = AnnealLevel(graph, block, 1, random);
  std::vector<CoreCoordinates> places;
  places.reserve(cores);
  for (std::size_t core = 0; core < cores; ++core) {
    const auto cell = static_cast<std::int32_t>(level.cell_of[core]);
    places.push_back({cell % width, cell / width});
  }
  return places;
}

}  // namespace spikemesh
