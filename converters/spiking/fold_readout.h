// SPDX-License-Identifier: Apache-2.0
// The tail of the network as votes. The host of a chip only counts pin spikes per class (ties to
// the lowest class), so the tail must order classes as those counts do.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_READOUT_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_READOUT_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/activations.h"
#include "converters/spiking/stages.h"
#include "core/base/status.h"

namespace spikemesh {

struct FoldedReadout {
  std::vector<std::int32_t> classes;  // [last layer]: class voted for, -1 none
  std::int32_t class_count = 0;
};

// Without a dense layer every neuron is a class. With one, a class scores w * (sum of the values of
// its voters) + b: with w and b the same for all classes, and values a or b > a, that is
// w ((b - a) votes + a voters) + b, ordered as the votes where a = 0 or all classes have equally
// many voters. Batch norms and affines behind it must be one rising function for all classes.
// `activations`: of the last layer. Errors: Unimplemented, naming the node, what was found and what
// is allowed.
absl::StatusOr<FoldedReadout> FoldReadout(const Stage& tail, const Activations& activations);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_READOUT_H_
