// SPDX-License-Identifier: Apache-2.0
// The meaning of a SpikingNetwork in rate presentation, tick by tick: the oracle of chips in rate
// mode. A layer sees in tick t the spikes that its sources fired in tick t - delay_ticks; layers
// take their turns in the order of the network, which is topological, so that a delay of 0 (from
// the encoder) is the same tick. Nothing was fired before tick 1, and leaks act in every tick.
// Integrating layers follow spiking_network.h; a memoryless layer, as relays are, fires in the tick
// in which its sum reaches the threshold, and forgets.
// Cost: one addition per spike and edge, a few operations per neuron and tick; memory for the
// spikes of the last (longest delay) ticks. The reference twin is in run_rate_test.cc.
#ifndef SPIKEMESH_NETWORKS_IR_RUN_RATE_H_
#define SPIKEMESH_NETWORKS_IR_RUN_RATE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "networks/ir/spiking_layer_runner.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

//   RateRunner runner(network);
//   runner.Begin();
//   for (tick = 1..ticks_per_image + latency_ticks) runner.Step(lines of the encoder in that tick,
//                                                               none after ticks_per_image);
//   runner.predicted_class();
class RateRunner {
 public:
  // `network` must be valid (ValidateSpiking), in rate presentation, and outlive the runner.
  explicit RateRunner(const SpikingNetwork& network);
  RateRunner(const RateRunner&) = delete;
  RateRunner& operator=(const RateRunner&) = delete;

  // The next image: V = V(0), no spikes under way, no votes, before tick 1.
  void Begin();

  // One tick. `lines` as for SpikingRunner::Run. Returns for each layer one byte (0 or 1) a neuron,
  // in flat order, valid until the next Step. One thread at a time.
  const std::vector<std::vector<std::uint8_t>>& Step(std::span<const std::uint32_t> lines);

  // The indices of the neurons of the last layer that fired in the last Step, ascending.
  std::span<const std::uint32_t> outputs() const { return outputs_; }

  // Most spikes so far among output_classes in the ticks that are read out, latency_ticks + 1 ..
  // latency_ticks + ticks_per_image; ties to the lowest.
  std::int32_t predicted_class() const;

 private:
  // The spikes of one source in the last ticks: [tick mod size], flat indices.
  using History = std::vector<std::vector<std::uint32_t>>;

  std::span<const std::uint32_t> SpikesUnderWay(const LayerInput& input) const;
  void AppendLines(std::span<const std::uint32_t> lines);
  void CountVotes();

  const SpikingNetwork& network_;
  std::vector<SpikingLayerRunner> layers_;
  std::vector<History> histories_;                 // [source + 1]
  std::vector<std::uint8_t> encoded_;              // [encoder line]
  std::vector<std::vector<std::uint8_t>> spikes_;  // [layer][neuron], flat order
  std::vector<std::uint32_t> outputs_;
  std::vector<std::int64_t> votes_;  // [class]
  std::int64_t tick_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_RUN_RATE_H_
