// SPDX-License-Identifier: Apache-2.0
// Placement yardsticks: mean hops, the busiest link and processor seconds of AnnealPlaces on two
// random networks, for five seeds; and of row-major order.
//   conv  16 layers of S x S cores, ids layer by layer; each core sends to the 3 x 3 window of the
//         next layer, 1..20 packets
//   rand  16 targets a core: of five, four within 64 ids, one anywhere
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "converters/mapping/anneal.h"
#include "core/base/random.h"

namespace spikemesh {
namespace {

constexpr std::int32_t kLayers = 16;

std::int64_t Packets(RandomSequence& random) { return 1 + random.NextBelow(20); }

std::vector<CoreEdge> ConvolutionEdges(std::int32_t side, RandomSequence& random) {
  std::vector<CoreEdge> edges;
  const auto id = [side](std::int32_t layer, std::int32_t y, std::int32_t x) {
    return static_cast<std::uint32_t>((layer * side + y) * side + x);
  };
  for (std::int32_t layer = 0; layer + 1 < kLayers; ++layer) {
    for (std::int32_t i = 0; i < side * side * 9; ++i) {
      const std::int32_t y = i / 9 / side;
      const std::int32_t x = i / 9 % side;
      const std::int32_t to_y = y + i % 9 / 3 - 1;
      const std::int32_t to_x = x + i % 3 - 1;
      if (to_y >= 0 && to_y < side && to_x >= 0 && to_x < side) {
        edges.push_back({id(layer, y, x), id(layer + 1, to_y, to_x), Packets(random)});
      }
    }
  }
  return edges;
}

std::vector<CoreEdge> RandomEdges(std::int32_t cores, RandomSequence& random) {
  std::vector<CoreEdge> edges;
  for (std::int32_t core = 0; core < cores; ++core) {
    for (int i = 0; i < 16; ++i) {
      std::int32_t to =
          static_cast<std::int32_t>(random.NextBelow(static_cast<std::uint32_t>(cores)));
      if (random.NextBelow(5) != 0) {
        to = (core + static_cast<std::int32_t>(random.NextBelow(129)) - 64 + cores) % cores;
      }
      if (to != core) {
        edges.push_back(
            {static_cast<std::uint32_t>(core), static_cast<std::uint32_t>(to), Packets(random)});
      }
    }
  }
  return edges;
}

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void Print(const char* what, const PlacementCost& cost, double seconds) {
  std::printf("  %-10s mean hops %6.3f  max link %5lld  %6.2f s\n", what, cost.hops_mean,
              static_cast<long long>(cost.link_max), seconds);
}

void Measure(const char* name, const std::vector<CoreEdge>& edges, std::int32_t side) {
  const MeshShape mesh = {.cores_x = side, .cores_y = side};
  const auto cores = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  std::printf("%s, %zu cores, %zu edges\n", name, cores, edges.size());
  std::vector<CoreCoordinates> rows;
  for (std::int32_t core = 0; core < side * side; ++core) {
    rows.push_back({core % side, core / side});
  }
  Print("row-major", CostOfPlacement(edges, rows, mesh), 0.0);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const double begin = CpuSeconds();
    const auto places = AnnealPlaces(cores, edges, mesh, seed);
    Print("annealed", CostOfPlacement(edges, places, mesh), CpuSeconds() - begin);
  }
}

}  // namespace
}  // namespace spikemesh

// With the argument `large`: 65,536 cores.
int main(int argc, char** argv) {
  using namespace spikemesh;
  const std::int32_t side = argc > 1 && std::string_view(argv[1]) == "large" ? 256 : 64;
  RandomSequence random(1, 0);
  Measure("conv", ConvolutionEdges(side / 4, random), side);
  Measure("rand", RandomEdges(side * side, random), side);
  return EXIT_SUCCESS;
}
