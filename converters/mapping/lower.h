// SPDX-License-Identifier: Apache-2.0
// Pass 6: logical cores at places become a ChipModel: crossbars, neuron kinds, targets with their
// delays, input lines, provenance. The delay of a target is the difference of the two cores' ticks:
// a layer's cores are active in the layer's tick, its splitters one tick later.
// Cost: linear in synapses and copies.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_LOWER_H_
#define SPIKEMESH_CONVERTERS_MAPPING_LOWER_H_

#include <span>
#include <vector>

#include "converters/mapping/crossbar_layer.h"
#include "converters/mapping/latency.h"
#include "converters/mapping/partition.h"
#include "core/chip/chip_model.h"
#include "core/chip/chip_spec.h"

namespace spikemesh {

// layers: [layer] as in `scheduled`; places: [core]. The chip is valid if the passes before are
// right; the caller asks ValidateChip.
ChipModel LowerNetwork(const ScheduledNetwork& scheduled, std::span<const CrossbarLayer> layers,
                       const LogicalNetwork& network, std::span<const CoreCoordinates> places,
                       const ChipSpec& spec);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_LOWER_H_
