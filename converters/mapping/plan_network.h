// SPDX-License-Identifier: Apache-2.0
// The passes before placement, together: ticks, relays, tiles and splitters depend on each other.
// Splitters cost a tick, a tick may need a relay, and a relay is a layer to be planned; so the
// network is planned first as if nobody used splitters, then again with those that did, until
// nothing new appears (sources only join that set: at most layers + 2 rounds, mostly one). And what
// an axon is worth to the layer that is planned depends on how full its sources are, so plans are
// made for several prices, first one price for all layers, then layer by layer, and the plan of
// fewest cores is kept. Cost: bounded by kPlanTapsMax after the first plan of each round.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_PLAN_NETWORK_H_
#define SPIKEMESH_CONVERTERS_MAPPING_PLAN_NETWORK_H_

#include <cstdint>
#include <vector>

#include "converters/mapping/crossbar_layer.h"
#include "converters/mapping/latency.h"
#include "converters/mapping/partition.h"
#include "core/base/limits.h"
#include "core/base/status.h"

namespace spikemesh {

// No further plan is begun after this many visited window taps (plan_tiles.h): about a second.
inline constexpr std::int64_t kPlanTapsMax = 200'000'000;

struct PlannedNetwork {
  ScheduledNetwork scheduled;
  std::vector<CrossbarLayer> layers;  // of scheduled.network
  LogicalNetwork logical;
};

// `network` must be valid. copies_max: kNeuronsPerCore; less forces splitters, for tests. Errors:
// LegalizeNetwork's.
absl::StatusOr<PlannedNetwork> PlanNetwork(const SpikingNetwork& network, std::int32_t copies_max);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_PLAN_NETWORK_H_
