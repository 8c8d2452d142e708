// SPDX-License-Identifier: Apache-2.0
// Networks that no chip can hold, told in seconds: rate mode measures activations and chooses
// weights on hundreds of images, which takes minutes for networks of millions of weights.
// Method: the network is folded on a few images, and counted by the closed forms of estimate.h.
// With ternary weights, which take the fewest axons, so that what does not fit so fits with none;
// the message is that of the weights that a conversion would begin with.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_SKETCH_REFUSAL_H_
#define SPIKEMESH_CONVERTERS_RECIPE_SKETCH_REFUSAL_H_

#include <optional>

#include "converters/mapping/map_network.h"
#include "converters/recipe/convert_options.h"
#include "core/base/status.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct SketchRefusal {
  absl::Status status;    // of CheckEstimate
  SpikingNetwork sketch;  // that it is about
};

// Nothing for networks that may fit, of other modes, without calibration images, and where not even
// a sketch can be made: the conversion itself says why.
std::optional<SketchRefusal> SketchRateRefusal(const SpikingOptions& options,
                                               const MappingOptions& mapping,
                                               const Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_SKETCH_REFUSAL_H_
