// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/place.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "core/base/limits.h"
#include "core/base/strings.h"
#include "router/route_table.h"

namespace spikemesh {
namespace {

std::int64_t CoreCount(const MeshShape& mesh) { return std::int64_t{mesh.width()} * mesh.height(); }

std::int32_t BlockWidth(const MeshShape& mesh, std::int64_t cores) {
  auto width = static_cast<std::int32_t>(std::ceil(std::sqrt(static_cast<double>(cores))));
  const auto width_min = static_cast<std::int32_t>((cores + mesh.height() - 1) / mesh.height());
  width = std::clamp(width, std::max(1, width_min), mesh.width());
  return width;
}

std::vector<CoreCoordinates> RowMajorPlaces(std::size_t cores, const MeshShape& mesh,
                                            std::span<const CoreCoordinates> unusable) {
  const auto count = static_cast<std::int32_t>(cores + unusable.size());
  const std::int32_t width = BlockWidth(mesh, count);
  std::vector<CoreCoordinates> places;
  places.reserve(cores);
  for (std::int32_t c = 0; places.size() < cores; ++c) {
    const CoreCoordinates at = {c % width, c / width};
    if (!std::ranges::binary_search(unusable, at)) {
      places.push_back(at);
    }
  }
  SPIKEMESH_CHECK(places.empty() || mesh.Contains(places.back()));
  return places;
}

// What the annealer makes small.
std::int64_t Weighted(const PlacementCost& cost) {
  return cost.hops + kCrossingHops * cost.chip_crossings;
}

// [core * 256 + neuron]: spikes. Without traffic, 1.
absl::StatusOr<std::vector<std::int64_t>> SpikesOf(const LogicalNetwork& network,
                                                   std::span<const NeuronSpikes> traffic) {
  std::vector<std::int64_t> spikes(network.cores.size() * kNeuronsPerCore, traffic.empty() ? 1 : 0);
  for (const NeuronSpikes& neuron : traffic) {
    if (neuron.rng_stream >= network.cores.size() ||
        neuron.neuron >= network.cores[neuron.rng_stream].neurons.size()) {
      return absl::OutOfRangeError(
          Concat("traffic: rng_stream ", neuron.rng_stream, ", neuron ", neuron.neuron,
                 " is not in the network of ", network.cores.size(),
                 " cores; allowed: the file of a chip made from the same network"));
    }
    spikes[std::size_t{neuron.rng_stream} * kNeuronsPerCore + neuron.neuron] = neuron.spikes;
  }
  return spikes;
}

// One edge for each neuron that sends to a core.
absl::StatusOr<std::vector<CoreEdge>> EdgesOf(const LogicalNetwork& network,
                                              std::span<const NeuronSpikes> traffic) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> spikes, SpikesOf(network, traffic));
  std::vector<CoreEdge> edges;
  for (std::uint32_t core = 0; core < network.cores.size(); ++core) {
    const std::vector<LogicalNeuron>& neurons = network.cores[core].neurons;
    for (std::size_t neuron = 0; neuron < neurons.size(); ++neuron) {
      if (neurons[neuron].target.kind == TargetKind::kAxon) {
        edges.push_back({core, neurons[neuron].target.index,
                         spikes[std::size_t{core} * kNeuronsPerCore + neuron]});
      }
    }
  }
  return edges;
}

absl::Status CheckReach(const LogicalNetwork& network, const std::vector<CoreCoordinates>& places) {
  for (std::size_t c = 0; c < network.cores.size(); ++c) {
    for (const LogicalNeuron& neuron : network.cores[c].neurons) {
      if (neuron.target.kind != TargetKind::kAxon) {
        continue;
      }
      const CoreCoordinates to = places[neuron.target.index];
      if (!WithinReach(places[c], to)) {
        const std::int32_t distance =
            std::max(std::abs(to.x - places[c].x), std::abs(to.y - places[c].y));
        return absl::OutOfRangeError(Concat("core ", places[c], ": target core ", to,
                                            " out of reach, ", distance, " cores away, allowed ",
                                            kReachCores, ": ", distance - kReachCores, " too far"));
      }
    }
  }
  return absl::OkStatus();
}

// By the ways that packets take, dead links or not.
absl::StatusOr<PlacementCost> CostOnChip(std::span<const CoreEdge> edges,
                                         std::span<const CoreCoordinates> places,
                                         const ChipSpec& spec) {
  if (spec.dead_links.empty()) {
    return CostOfPlacement(edges, places, spec.mesh);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const RouteTable table,
                             RouteTable::Create(spec.mesh, spec.dead_links, places));
  return CostOfWays(edges, places, table);
}

}  // namespace

std::vector<CoreCoordinates> UnusablePlaces(const ChipSpec& spec) {
  if (spec.dead_links.empty()) {
    return spec.dead_cores;
  }
  const LivingLinks links(spec.mesh, spec.dead_links);
  const std::vector<std::uint32_t> part_of = links.Parts();
  std::vector<CoreCoordinates> unusable;
  for (std::uint32_t router = 0; router < links.routers(); ++router) {
    const CoreCoordinates at = links.PlaceOf(router);
    if (part_of[router] != 0 || part_of[links.IndexOf(HostEntry(at))] != 0 ||
        std::ranges::binary_search(spec.dead_cores, at)) {
      unusable.push_back(at);
    }
  }
  return unusable;
}

absl::StatusOr<MeshShape> GrowMesh(const ChipSpec& spec, std::int64_t cores,
                                   std::int32_t chips_max) {
  const MeshShape& mesh = spec.mesh;
  // On a larger mesh no more places are cut off.
  const auto unusable = static_cast<std::int64_t>(UnusablePlaces(spec).size());
  if (cores <= CoreCount(mesh) - unusable) {
    return mesh;
  }
  MeshShape best = mesh;
  auto best_rank = std::tuple(kChipsSideMax + 1, 0, 0);  // longer side, chips, columns of chips
  for (std::int32_t x = mesh.chips_x; x <= std::min(chips_max, kChipsSideMax); ++x) {
    for (std::int32_t y = mesh.chips_y; y <= std::min(chips_max / x, kChipsSideMax); ++y) {
      const MeshShape grown{mesh.cores_x, mesh.cores_y, x, y};
      const auto rank = std::tuple(std::max(x, y), x * y, y - x);
      if (CoreCount(grown) - unusable >= cores && rank < best_rank) {
        best = grown;
        best_rank = rank;
      }
    }
  }
  if (best == mesh) {
    const std::int64_t chip_cores = std::int64_t{mesh.cores_x} * mesh.cores_y;
    const std::int64_t chips = std::max(chips_max, mesh.chips_x * mesh.chips_y);
    const std::int64_t usable = chips * chip_cores - unusable;
    return absl::ResourceExhaustedError(
        Concat("the network needs ", cores, " cores, ", chips, " chips of ", mesh.cores_x, " x ",
               mesh.cores_y, " have ", usable,
               unusable > 0 ? Concat(" without the ", unusable, " dead or cut off") : "", ": ",
               cores - usable, " too few"));
  }
  return best;
}

absl::StatusOr<Placement> PlaceCores(const LogicalNetwork& network, const ChipSpec& spec,
                                     const PlacementOptions& options) {
  const std::vector<CoreCoordinates> unusable = UnusablePlaces(spec);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<CoreEdge> edges, EdgesOf(network, options.traffic));
  Placement placement;
  placement.places = RowMajorPlaces(network.cores.size(), spec.mesh, unusable);
  SPIKEMESH_ASSIGN_OR_RETURN(placement.row_major, CostOnChip(edges, placement.places, spec));
  placement.cost = placement.row_major;
  if (options.method == PlacementMethod::kBest) {
    std::vector<CoreCoordinates> annealed =
        AnnealPlaces(network.cores.size(), edges, spec.mesh, options.seed, unusable);
    SPIKEMESH_ASSIGN_OR_RETURN(const PlacementCost cost, CostOnChip(edges, annealed, spec));
    if (Weighted(cost) < Weighted(placement.row_major) && CheckReach(network, annealed).ok()) {
      placement.places = std::move(annealed);
      placement.method = PlacementMethod::kBest;
      placement.cost = cost;
    }
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckReach(network, placement.places));
  return placement;
}

}  // namespace spikemesh
