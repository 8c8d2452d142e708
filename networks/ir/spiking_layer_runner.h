// SPDX-License-Identifier: Apache-2.0
// One layer of RunSpiking, arranged for speed.
// Problem: per spiking input, add its weights to the sums of all outputs that see it.
// Method: sums lie as [group][y][x][channel of the group] and start at minus the threshold. Weights
// lie as [input channel][kernel_y][tap][channel of the group], with the taps of a window row
// ordered by (k * dilation) mod stride, then descending: the taps of one such phase are those that
// one input column feeds, at neighbouring output columns, so that what an input adds to an output
// row is a few contiguous runs (one, for undilated windows), which compilers turn into vector
// additions. Sums are 16 bits wide where every partial sum of the layer fits, else 32. Cost: one
// addition per spike and edge, 8 at a time on SSE2; one comparison a neuron.
#ifndef SPIKEMESH_NETWORKS_IR_SPIKING_LAYER_RUNNER_H_
#define SPIKEMESH_NETWORKS_IR_SPIKING_LAYER_RUNNER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

class SpikingLayerRunner {
 public:
  // `layer` must be valid; nothing of it is referred to afterwards.
  explicit SpikingLayerRunner(const SpikingLayer& layer);

  // `active`: flat indices of the spiking inputs, each once. `spikes`: [neuron], 0 or 1, flat
  // order.
  void Run(std::span<const std::uint32_t> active, std::span<std::uint8_t> spikes);

 private:
  // Outputs that an input in some row feeds: their row, through kernel row `kernel_y`.
  struct RowTap {
    std::int64_t output_y = 0;
    std::int64_t kernel_y = 0;
  };
  // Within such a row: `count` contiguous additions, from these offsets into the rows.
  struct ColumnRun {
    std::int64_t sum_offset = 0;
    std::int64_t weight_offset = 0;
    std::int64_t count = 0;
  };
  template <typename Sum>
  struct Sums {
    std::vector<Sum> initial;  // minus the thresholds
    std::vector<Sum> now;
  };

  void ArrangeTaps(const SpikingLayer& layer);
  void ArrangeWeights(const SpikingLayer& layer, std::span<const std::int64_t> tap_order);
  void ArrangeThresholds(const SpikingLayer& layer);
  template <typename Sum>
  void RunWith(Sums<Sum>& sums, std::span<const std::uint32_t> active,
               std::span<std::uint8_t> spikes) const;
  template <typename Sum>
  void AddInput(std::uint32_t input, Sum* sums) const;

  std::uint32_t input_positions_ = 1;  // height * width
  std::uint32_t input_width_ = 1;
  std::uint32_t channels_in_group_ = 1;  // inputs of a group
  std::int64_t channels_out_group_ = 1;  // outputs of a group
  std::int64_t output_positions_ = 1;    // height * width
  std::int64_t output_row_ = 1;          // sums of one row of one group
  std::int64_t weight_row_ = 1;          // weights of one kernel row of one input channel
  std::int64_t kernel_y_ = 1;
  std::vector<std::vector<RowTap>> rows_;        // [input y]
  std::vector<std::vector<ColumnRun>> columns_;  // [input x]
  std::vector<std::int16_t> weights_;
  bool narrow_ = false;
  Sums<std::int16_t> narrow_sums_;  // used where narrow_
  Sums<std::int32_t> wide_sums_;    // used elsewhere
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_SPIKING_LAYER_RUNNER_H_
