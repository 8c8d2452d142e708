// SPDX-License-Identifier: Apache-2.0
// One layer of RunSpiking and RateRunner, arranged for speed.
// Problem: per spiking input, add its weights to the sums of all outputs that see it.
// Method: sums lie as [group][y][x][channel of the group] and start at minus the threshold (at 0
// where neurons integrate). Weights of an input lie as [input channel][kernel_y][tap][channel of
// the group], with the taps of a window row ordered by (k * dilation) mod stride, then descending:
// the taps of one such phase are those that one input column feeds, at neighbouring output columns,
// so that what an input adds to an output row is a few contiguous runs (one, for undilated
// windows), which compilers turn into vector additions. Where all but an eighth of the weights are
// 0, as behind splits, only the others are kept, in lists by input channel and tap. Inputs of
// several groupings share sums laid out in the coarsest groups that all of them refine; the runs of
// a finer one are one position long. Sums are 16 bits wide where every partial sum of the layer
// fits, else 32. Cost: one addition per spike and edge, 8 at a time on SSE2; one comparison a
// neuron.
#ifndef SPIKEMESH_NETWORKS_IR_SPIKING_LAYER_RUNNER_H_
#define SPIKEMESH_NETWORKS_IR_SPIKING_LAYER_RUNNER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

// How the sums of a layer lie in memory.
struct SumLayout {
  std::int64_t groups = 1;
  std::int64_t channels_in_group = 1;  // output channels
  std::int64_t height = 1;
  std::int64_t width = 1;

  std::int64_t positions() const { return height * width; }
  std::int64_t row_size() const { return width * channels_in_group; }
  std::int64_t group_size() const { return positions() * channels_in_group; }
  std::int64_t size() const { return groups * group_size(); }
};

// One input of a layer: its weights and where they go.
class InputArrangement {
 public:
  InputArrangement(const LayerInput& input, const SumLayout& sums);

  // Adds the weights of input `flat`, an index of the source's spikes.
  template <typename Sum>
  void AddTo(std::uint32_t flat, Sum* sums) const;

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

  // Outputs that an input in some column feeds: their column, through kernel column `kernel_x`.
  struct ColumnTap {
    std::int64_t output_x = 0;
    std::int64_t kernel_x = 0;
  };
  // One weight of a list: of output channel `channel` of the group.
  struct SparseWeight {
    std::int32_t channel = 0;
    std::int16_t weight = 0;
  };

  void ArrangeTaps(const LayerInput& input);
  void ArrangeWeights(const LayerInput& input);
  void ArrangeSparse(const LayerInput& input);
  template <typename Sum>
  void AddSparse(std::uint32_t position, std::uint32_t channel, Sum* group_sums) const;

  SumLayout sums_;
  std::uint32_t positions_ = 1;          // of the input: height * width
  std::uint32_t width_ = 1;              // of the input
  std::uint32_t channels_in_group_ = 1;  // inputs of a group
  std::int64_t channels_out_group_ = 1;  // outputs of a group
  std::int64_t groups_in_sum_group_ = 1;
  std::int64_t kernel_y_ = 1;
  std::int64_t weight_row_ = 1;                  // weights of one kernel row of one input channel
  std::vector<std::vector<RowTap>> rows_;        // [input y]
  std::vector<std::vector<ColumnRun>> columns_;  // [input x]
  std::vector<std::int16_t> weights_;
  // In place of columns_ and weights_:
  bool sparse_ = false;
  std::int64_t kernel_x_ = 1;
  std::vector<std::vector<ColumnTap>> column_taps_;  // [input x]
  // [(input channel, kernel_y, kernel_x)]: where its list begins in entries_; and the end.
  std::vector<std::size_t> starts_;
  std::vector<SparseWeight> entries_;
};

// One tick of one layer is Begin, Add for each input that has spikes, Fire.
class SpikingLayerRunner {
 public:
  // `layer` must be valid; nothing of it is referred to afterwards.
  explicit SpikingLayerRunner(const SpikingLayer& layer);

  // Integrating neurons: V = V(0), as they are when constructed. Nothing for memoryless ones.
  void Reset();

  void Begin();
  // `active`: flat indices of the spikes of inputs[input], each once.
  void Add(std::size_t input, std::span<const std::uint32_t> active);
  // `spikes`: [neuron], 0 or 1, flat order. Integrating neurons move on by one tick.
  void Fire(std::span<std::uint8_t> spikes);

 private:
  template <typename Sum>
  struct Sums {
    std::vector<Sum> initial;
    std::vector<Sum> now;
  };
  // V and its parameters, in the order of the sums.
  struct Integrators {
    std::vector<std::int32_t> initial;
    std::vector<std::int32_t> potentials;
    std::vector<std::int32_t> leaks;
    std::vector<std::int32_t> thresholds;
    std::vector<std::uint8_t> spikes;
  };

  void ArrangeSums(const SpikingLayer& layer);
  // [neuron] values in the order of the sums.
  std::vector<std::int32_t> Arranged(const std::vector<std::int32_t>& values) const;
  template <typename Sum>
  void Integrate(const std::vector<Sum>& sums);
  template <typename FiredAt>
  void Scatter(std::span<std::uint8_t> spikes, FiredAt fired_at) const;

  SumLayout layout_;
  std::vector<InputArrangement> inputs_;
  bool integrating_ = false;
  bool narrow_ = false;
  Sums<std::int16_t> narrow_sums_;  // used where narrow_
  Sums<std::int32_t> wide_sums_;    // used elsewhere
  Integrators integrators_;         // used where integrating_
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_SPIKING_LAYER_RUNNER_H_
