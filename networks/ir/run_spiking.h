// SPDX-License-Identifier: Apache-2.0
// The meaning of a SpikingNetwork: integer sums and thresholds, layer by layer. The oracle that the
// machine must equal spike by spike. For each spiking input its weights are added to the sums of the
// outputs that see it, so time follows activity.
#ifndef SPIKEMESH_NETWORKS_IR_RUN_SPIKING_H_
#define SPIKEMESH_NETWORKS_IR_RUN_SPIKING_H_

#include <cstdint>
#include <span>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

class SpikingRunner {
 public:
  // `network` must be valid (ValidateSpiking) and outlive the runner. Weights are rearranged once.
  explicit SpikingRunner(const SpikingNetwork& network);

  // One image. `lines`: indices of the active encoder lines, relative to line 0 of the encoder,
  // each < encoded_shape.size(). Returns for each layer one byte (0 or 1) a neuron, in flat order.
  const std::vector<std::vector<std::uint8_t>>& Run(std::span<const std::uint32_t> lines);

  // The class of the last Run: most spikes among output_classes, ties to the lowest.
  std::int32_t predicted_class() const;

 private:
  const SpikingNetwork& network_;
  std::vector<std::vector<std::int16_t>> weights_by_input_;
  std::vector<std::vector<std::uint8_t>> spikes_;
  std::vector<std::int32_t> sums_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_RUN_SPIKING_H_
