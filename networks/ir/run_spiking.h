// SPDX-License-Identifier: Apache-2.0
// The meaning of a SpikingNetwork in pipelined presentation: integer sums and thresholds, layer by
// layer; run_rate.h is its counterpart for rate presentation. The oracle that the machine must
// equal spike by spike. For each spiking input its weights are added to the sums of the outputs
// that see it, so time follows activity. The arrangement that makes this fast is in
// spiking_layer_runner.h; its reference twin, the plain loops, is in run_spiking_test.cc.
#ifndef SPIKEMESH_NETWORKS_IR_RUN_SPIKING_H_
#define SPIKEMESH_NETWORKS_IR_RUN_SPIKING_H_

#include <cstdint>
#include <span>
#include <vector>

#include "networks/ir/spiking_layer_runner.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

class SpikingRunner {
 public:
  // `network` must be valid (ValidateSpiking), without integrating layers, and outlive the runner.
  // Weights are rearranged once.
  explicit SpikingRunner(const SpikingNetwork& network);
  SpikingRunner(const SpikingRunner&) = delete;
  SpikingRunner& operator=(const SpikingRunner&) = delete;

  // One image. `lines`: indices of the active encoder lines, relative to line 0 of the encoder,
  // each < encoded_shape.size(); a set, in any order. Returns for each layer one byte (0 or 1) a
  // neuron, in flat order, valid until the next Run. Delays do not matter here: the answer is what
  // an image gives once all its spikes have arrived. One thread at a time.
  const std::vector<std::vector<std::uint8_t>>& Run(std::span<const std::uint32_t> lines);

  // The class of the last Run: most spikes among output_classes, ties to the lowest.
  std::int32_t predicted_class() const;

 private:
  const SpikingNetwork& network_;
  std::vector<SpikingLayerRunner> layers_;
  std::vector<std::uint8_t> encoded_;               // [encoder line]
  std::vector<std::vector<std::uint8_t>> spikes_;   // [layer][neuron], flat order
  std::vector<std::vector<std::uint32_t>> active_;  // [source + 1]: what fired
};

// Appends every i with spikes[i] != 0.
void AppendActive(std::span<const std::uint8_t> spikes, std::vector<std::uint32_t>& active);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_RUN_SPIKING_H_
