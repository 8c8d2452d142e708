// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/map_network.h"

#include <utility>

#include "converters/mapping/lower.h"
#include "converters/mapping/map_network_tuned.h"
#include "converters/mapping/place.h"
#include "converters/mapping/plan_network.h"
#include "converters/mapping/report.h"
#include "core/base/limits.h"
#include "core/base/strings.h"
#include "core/chip/validate.h"

namespace spikemesh {

absl::StatusOr<MappedNetwork> MapNetworkTuned(const SpikingNetwork& network,
                                              const MappingOptions& options,
                                              std::int32_t copies_max) {
  SPIKEMESH_RETURN_IF_ERROR(ValidateSpiking(network));

  // Legalize every layer, give each its tick, and decide which neurons share a core and how their
  // spikes fan out. Beyond this point no layer, neuron, axon or edge is added.
  SPIKEMESH_ASSIGN_OR_RETURN(const PlannedNetwork plan, PlanNetwork(network, copies_max));

  // Find the chips and a place on them for every core. Beyond this point nothing moves.
  ChipSpec spec = options.spec;
  SPIKEMESH_ASSIGN_OR_RETURN(
      spec.mesh,
      GrowMesh(spec.mesh, static_cast<std::int64_t>(plan.logical.cores.size()), options.chips_max));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<CoreCoordinates> places,
                             PlaceCores(plan.logical, spec.mesh));

  // Write the crossbars, neurons and targets.
  MappedNetwork mapped;
  mapped.chip = LowerNetwork(plan.scheduled, plan.layers, plan.logical, places, spec);
  mapped.layers = ReportLayers(network, plan);
  if (const absl::Status valid = ValidateChip(mapped.chip); !valid.ok()) {
    return absl::InternalError(Concat("mapping of \"", network.name, "\" made an invalid chip: ",
                                      std::string(valid.message().data(), valid.message().size())));
  }
  return mapped;
}

absl::StatusOr<MappedNetwork> MapNetwork(const SpikingNetwork& network,
                                         const MappingOptions& options) {
  return MapNetworkTuned(network, options, kNeuronsPerCore);
}

}  // namespace spikemesh
