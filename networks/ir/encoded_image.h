// SPDX-License-Identifier: Apache-2.0
// An image as its encoder gives it to a spiking network.
#ifndef SPIKEMESH_NETWORKS_IR_ENCODED_IMAGE_H_
#define SPIKEMESH_NETWORKS_IR_ENCODED_IMAGE_H_

#include <cstdint>
#include <vector>

namespace spikemesh {

// [tick]: the lines active in it, relative to line 0 of the encoder. Pipelined: one tick.
using EncodedImage = std::vector<std::vector<std::uint32_t>>;

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_ENCODED_IMAGE_H_
