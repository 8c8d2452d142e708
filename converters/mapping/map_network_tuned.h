// SPDX-License-Identifier: Apache-2.0
// MapNetwork with a knob that only tests turn.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_TUNED_H_
#define SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_TUNED_H_

#include <cstdint>

#include "converters/mapping/map_network.h"

namespace spikemesh {

// copies_max: the most copies of a neuron in its core, 1..256; a neuron with more targets feeds
// splitters, so 1 sends every fan-out through splitters. MapNetwork passes 256.
absl::StatusOr<MappedNetwork> MapNetworkTuned(const SpikingNetwork& network,
                                              const MappingOptions& options,
                                              std::int32_t copies_max);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_MAP_NETWORK_TUNED_H_
