// SPDX-License-Identifier: Apache-2.0
// A pass on the spiking network, before all others and only where the user asked for a lossy split:
// each layer whose neurons need more axons than a core has becomes partial layers, whose neurons
// see a part of the inputs, and a merge layer that puts together what they say: in rate mode by
// split_rate_layer.h, in pipelined mode by split_step_layer.h. All other layers stay as they are;
// the merge layer is a tick later than the layer was, and so may be others behind it: initial
// potentials follow (latency.h). What was lost is measured, by running both networks on images.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_SPLIT_FAN_IN_H_
#define SPIKEMESH_CONVERTERS_MAPPING_SPLIT_FAN_IN_H_

#include <cstdint>
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

// `images`: calibration images; where empty, a few random ones take their place. Deterministic.
// `network` must be valid. Errors: those of SplitRateLayer and SplitStepLayer; Unimplemented (a
// memoryless layer of a rate network that is too wide).
absl::StatusOr<SplitNetwork> SplitFanIn(const SpikingNetwork& network,
                                        std::span<const EncodedImage> images);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_SPLIT_FAN_IN_H_
