// SPDX-License-Identifier: Apache-2.0
// A pass on the spiking network, before all others: each layer whose neurons need more axons than a
// core has becomes partial layers, whose neurons see a part of the inputs, and a merge layer that
// puts together what they say: in rate mode by split_rate_layer.h, in pipelined mode by
// split_step_layer.h, where the user asked for it, since it changes spikes. A read-out of logits
// needs no merge layer (split_readout.h) and mostly loses nothing: then nobody need ask. All other
// layers stay as they are;
// the merge layer is a tick later than the layer was, and so may be others behind it: initial
// potentials follow (latency.h). What was lost is measured, by running both networks on images.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_SPLIT_FAN_IN_H_
#define SPIKEMESH_CONVERTERS_MAPPING_SPLIT_FAN_IN_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "converters/mapping/map_network.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct SplitNetwork {
  SpikingNetwork network;
  std::vector<bool> exact;           // [layer of network]: not one that a split made
  std::vector<SplitReport> reports;  // one a layer that was split
};

// Of all layers that are too wide. `images`: calibration images; where empty, a few random ones
// take their place. Deterministic. `network` must be valid. Errors: those of SplitRateLayer,
// SplitStepLayer and SplitReadout; Unimplemented (a memoryless layer of a rate network that is too
// wide).
absl::StatusOr<SplitNetwork> SplitFanIn(const SpikingNetwork& network,
                                        std::span<const EncodedImage> images);

// Of the read-out alone, where that is exact; nothing where it is not, or is not too wide. Errors:
// those of SplitReadout.
absl::StatusOr<std::optional<SplitNetwork>> SplitFanInExactly(const SpikingNetwork& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_SPLIT_FAN_IN_H_
