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
#include "core/chip/chip_spec.h"

namespace spikemesh {
namespace {

std::int64_t CoreCount(const MeshShape& mesh) { return std::int64_t{mesh.width()} * mesh.height(); }

std::int32_t BlockWidth(const MeshShape& mesh, std::int64_t cores) {
  auto width = static_cast<std::int32_t>(std::ceil(std::sqrt(static_cast<double>(cores))));
  const auto width_min = static_cast<std::int32_t>((cores + mesh.height() - 1) / mesh.height());
  width = std::clamp(width, std::max(1, width_min), mesh.width());
  return width;
}

std::vector<CoreCoordinates> RowMajorPlaces(std::size_t cores, const MeshShape& mesh) {
  const auto count = static_cast<std::int32_t>(cores);
  const std::int32_t width = BlockWidth(mesh, count);
  std::vector<CoreCoordinates> places;
  places.reserve(cores);
  for (std::int32_t c = 0; c < count; ++c) {
    places.push_back({c % width, c / width});
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

}  // namespace

absl::StatusOr<MeshShape> GrowMesh(const MeshShape& mesh, std::int64_t cores,
                                   std::int32_t chips_max) {
  if (cores <= CoreCount(mesh)) {
    return mesh;
  }
  MeshShape best = mesh;
  auto best_rank = std::tuple(kChipsSideMax + 1, 0, 0);  // longer side, chips, columns of chips
  for (std::int32_t x = mesh.chips_x; x <= std::min(chips_max, kChipsSideMax); ++x) {
    for (std::int32_t y = mesh.chips_y; y <= std::min(chips_max / x, kChipsSideMax); ++y) {
      const MeshShape grown{mesh.cores_x, mesh.cores_y, x, y};
      const auto rank = std::tuple(std::max(x, y), x * y, y - x);
      if (CoreCount(grown) >= cores && rank < best_rank) {
        best = grown;
        best_rank = rank;
      }
    }
  }
  if (best == mesh) {
    const std::int64_t chip_cores = std::int64_t{mesh.cores_x} * mesh.cores_y;
    const std::int64_t chips = std::max(chips_max, mesh.chips_x * mesh.chips_y);
    return absl::ResourceExhaustedError(Concat(
        "the network needs ", cores, " cores, ", chips, " chips of ", mesh.cores_x, " x ",
        mesh.cores_y, " have ", chips * chip_cores, ": ", cores - chips * chip_cores, " too few"));
  }
  return best;
}

absl::StatusOr<Placement> PlaceCores(const LogicalNetwork& network, const MeshShape& mesh,
                                     const PlacementOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<CoreEdge> edges, EdgesOf(network, options.traffic));
  Placement placement;
  placement.places = RowMajorPlaces(network.cores.size(), mesh);
  placement.row_major = CostOfPlacement(edges, placement.places, mesh);
  placement.cost = placement.row_major;
  if (options.method == PlacementMethod::kBest) {
    std::vector<CoreCoordinates> annealed =
        AnnealPlaces(network.cores.size(), edges, mesh, options.seed);
    const PlacementCost cost = CostOfPlacement(edges, annealed, mesh);
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
