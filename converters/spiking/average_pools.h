// SPDX-License-Identifier: Apache-2.0
// Max pools as average pools of the same windows, for rate mode, in which the greatest of several
// rates takes rails of neurons (rate_max_pool.h). Changes the network; how much, its accuracy
// tells.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_AVERAGE_POOLS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_AVERAGE_POOLS_H_

#include <string_view>

#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

struct AveragedPools {
  Network network;
  int replaced = 0;  // how many max pools there were
};

// An activation behind a max pool of sums (ReLU(MaxPool(Conv)), as many write it) goes ahead of it,
// with what stands between: of maxima that is the same, and a mean of activations can be mapped, a
// mean of sums not. `network` is checked (CheckNetwork).
AveragedPools AverageMaxPools(const Network& network);

// Unimplemented: what is said of max pool `node` where none are wanted.
absl::Status RefuseMaxPool(std::string_view node);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_AVERAGE_POOLS_H_
