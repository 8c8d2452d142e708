// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/map_network.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "converters/mapping/estimate.h"
#include "converters/mapping/lower.h"
#include "converters/mapping/place.h"
#include "converters/mapping/plan_network.h"
#include "converters/mapping/report.h"
#include "converters/mapping/split_fan_in.h"
#include "core/base/limits.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "core/chip/validate.h"

namespace spikemesh {
namespace {

// Networks of more than so many times the cores that all chips have are refused by the closed forms
// of estimate.h; others are planned, and counted exactly.
constexpr std::int64_t kEstimateSlack = 2;

}  // namespace

absl::Status CheckEstimate(const SpikingNetwork& network, const MappingOptions& options) {
  const NetworkEstimate estimate = EstimateNetwork(network);
  for (const LayerEstimate& layer : estimate.layers) {
    const bool will_be_split = options.lossy_split && layer.splittable;
    if (!layer.fits && !will_be_split) {
      absl::Status status = layer.representable ? absl::OutOfRangeError(layer.obstacle)
                                                : absl::UnimplementedError(layer.obstacle);
      for (const Remedy& remedy : layer.remedies) {
        status = WithRemedy(std::move(status), remedy);
      }
      return status;
    }
  }
  const MeshShape& mesh = options.spec.mesh;
  const std::int64_t chip_cores = std::int64_t{mesh.cores_x} * mesh.cores_y;
  const std::int64_t chips = std::max(options.chips_max, mesh.chips_x * mesh.chips_y);
  if (estimate.cores > kEstimateSlack * chips * chip_cores) {
    const auto widest = std::ranges::max_element(estimate.layers, {}, &LayerEstimate::cores);
    return absl::ResourceExhaustedError(
        Concat("the network needs about ", estimate.cores, " cores, ", chips, " chips of ",
               mesh.cores_x, " x ", mesh.cores_y, " have ", chips * chip_cores, ": about ",
               estimate.cores - chips * chip_cores, " too few; layer ", "\"", widest->name, "\"",
               " takes most of them, ", widest->cores,
               ": half its channels take about half, a stride of "
               "2 in it or ahead of it about a quarter"));
  }
  return absl::OkStatus();
}

absl::StatusOr<MappedNetwork> MapNetwork(const SpikingNetwork& network,
                                         const MappingOptions& options) {
  SPIKEMESH_RETURN_IF_ERROR(ValidateSpiking(network));

  // What cannot fit is said at once, with its price, before anything is searched.
  SPIKEMESH_RETURN_IF_ERROR(CheckEstimate(network, options));

  // Cut neurons with more inputs than a core: a read-out where that is exact, others if the user
  // wants it. From here on `source` is mapped.
  std::optional<SplitNetwork> split;
  if (options.lossy_split) {
    SPIKEMESH_ASSIGN_OR_RETURN(split, SplitFanIn(network, options.images));
  } else {
    SPIKEMESH_ASSIGN_OR_RETURN(split, SplitFanInExactly(network));
  }
  const SpikingNetwork& source = split ? split->network : network;
  if (split) {
    SPIKEMESH_RETURN_IF_ERROR(CheckEstimate(source, options));
  }

  // Legalize every layer, give each its tick, and decide which neurons share a core and how their
  // spikes fan out. Beyond this point no layer, neuron, axon or edge is added.
  SPIKEMESH_ASSIGN_OR_RETURN(const PlannedNetwork plan, PlanNetwork(source, options.copies_max));

  // Find the chips and a place on them for every core. Beyond this point nothing moves.
  ChipSpec spec = options.spec;
  SPIKEMESH_ASSIGN_OR_RETURN(
      spec.mesh,
      GrowMesh(spec, static_cast<std::int64_t>(plan.logical.cores.size()), options.chips_max));
  SPIKEMESH_ASSIGN_OR_RETURN(
      const Placement placement,
      PlaceCores(plan.logical, spec, {options.placement, options.traffic, options.placement_seed}));

  // Write the crossbars, neurons and targets.
  MappedNetwork mapped;
  mapped.chip = LowerNetwork(plan.scheduled, plan.layers, plan.logical, placement.places, spec);
  mapped.placement = {.method = placement.method,
                      .measured = !options.traffic.empty(),
                      .hops_row_major = placement.row_major.hops_mean,
                      .hops = placement.cost.hops_mean,
                      .link_max_row_major = placement.row_major.link_max,
                      .link_max = placement.cost.link_max};
  mapped.layers = ReportLayers(source, plan);
  if (split) {
    for (std::size_t layer = 0; layer < split->exact.size(); ++layer) {
      mapped.layers[layer].exact = mapped.layers[layer].exact && split->exact[layer];
    }
    mapped.splits = std::move(split->reports);
  }
  if (const absl::Status valid = ValidateChip(mapped.chip); !valid.ok()) {
    return absl::InternalError(Concat("mapping of \"", network.name, "\" made an invalid chip: ",
                                      std::string(valid.message().data(), valid.message().size())));
  }
  return mapped;
}

}  // namespace spikemesh
