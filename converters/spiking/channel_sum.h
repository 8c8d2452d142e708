// SPDX-License-Identifier: Apache-2.0
// The sum that one output channel takes over its spiking inputs, as an integer n, and what the
// float network makes of n ahead of the activation. Exact where RunNetwork is: one branch of one
// swing is evaluated by RunNetwork's own functions in their order; sums of several are brought to a
// common scale.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_CHANNEL_SUM_H_
#define SPIKEMESH_CONVERTERS_SPIKING_CHANNEL_SUM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "converters/spiking/activations.h"
#include "converters/spiking/fold_layer.h"
#include "core/base/status.h"
#include "networks/ir/window.h"

namespace spikemesh {

// The rows (or columns) of outputs by which taps of each input lie inside; border outputs differ.
struct AxisClasses {
  std::vector<std::vector<TapRange>> ranges;  // the distinct ones, [class][input]
  std::vector<std::size_t> of_output;         // [output extent], class
};
AxisClasses ClassifyOutputs(const std::vector<WindowAxis>& axes,
                            const std::vector<std::int64_t>& input_extents,
                            std::int64_t output_extent);

// One input of one output channel.
struct ChannelInput {
  const StageInput* input = nullptr;
  const InputValues* values = nullptr;
  std::size_t position = 0;           // among the stage's inputs
  std::int64_t first_channel = 0;     // of its group, among the input's channels
  std::int64_t channels = 0;          // of its group
  std::vector<double> base;           // [channels, ky, kx]: q, or the weights themselves
  std::vector<std::int32_t> weights;  // likewise: of a spike, in units of the channel's scale
  std::vector<double> wanted;         // likewise, before quantisation; empty where it is not
  double scale = 1.0;                 // weight = scale q
};

class ChannelSum {
 public:
  // What the taps inside the input contribute to one neuron's sum.
  struct Range {
    std::int64_t min = 0;  // of n
    std::int64_t max = 0;
    std::vector<double> offsets;  // [channel input]: sum of base times inactive
    // Makes up for the mean error of quantised weights, where the mean of every input is known.
    double correction = 0.0;
  };

  // Output channel `channel` of the stage. `values`: [inputs]. Errors: those of FoldLayer.
  static absl::StatusOr<ChannelSum> Create(const Stage& stage,
                                           const std::vector<StageInput>& inputs,
                                           const std::vector<InputValues>& values,
                                           std::int64_t channel, const LayerOptions& options);

  // rows, columns: [inputs], the taps inside.
  Range RangeInside(std::span<const TapRange> rows, std::span<const TapRange> columns) const;

  // The value ahead of the stage's functions for sum n, at position `position` of the channel.
  double ValueOf(std::int64_t position, const Range& range, std::int64_t n) const;

  const std::vector<ChannelInput>& inputs() const { return inputs_; }
  // The value of one unit of n; where weights are kept and exact, of one unit of base.
  double scale() const { return scale_; }
  // Before quantisation, ahead of the stage's functions: of what a spike of each input weighs, the
  // root of the sum of squares, and the greatest. 0 where weights are kept.
  double norm() const { return norm_; }
  double greatest() const { return greatest_; }
  // All weights become 0: their means are left, in the correction.
  void DropWeights();
  // The codebook that quantisation chose, all 0 where weights are kept.
  const AxonWeights& axon_weights() const { return axon_weights_; }

 private:
  absl::Status FindScale();
  absl::Status Quantize(const LayerOptions& options);
  double BranchValue(const ChannelInput& input, std::int64_t position, double sum) const;
  double Slope(const ChannelInput& input) const;

  const Stage* stage_ = nullptr;
  std::int64_t channel_ = 0;
  std::vector<ChannelInput> inputs_;
  bool single_ = false;  // one branch, one swing: swing_ and RunNetwork's own order
  double swing_ = 1.0;
  double scale_ = 1.0;  // else: one unit of n
  double norm_ = 0.0;
  double greatest_ = 0.0;
  AxonWeights axon_weights_ = {};
};

// The inputs of a stage, ready for its channels one by one.
struct PreparedInputs {
  std::vector<InputValues> values;  // [input]
  std::vector<LayerInput> edges;    // [input], all weights 0
  AxisClasses rows;
  AxisClasses columns;

  // The ranges of a channel's sum, by class: row classes by column classes.
  std::vector<ChannelSum::Range> RangesOf(const ChannelSum& sum) const;
  // The class of output position `position` of a plane `width` wide.
  std::size_t ClassOf(std::int64_t position, std::int32_t width) const {
    return rows.of_output[position / width] * columns.ranges.size() +
           columns.of_output[position % width];
  }
};

// Errors: those of ToInputValues; OutOfRange (more than 8 million inputs a neuron).
absl::StatusOr<PreparedInputs> PrepareInputs(const Stage& stage,
                                             const std::vector<StageInput>& inputs);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_CHANNEL_SUM_H_
