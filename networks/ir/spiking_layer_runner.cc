// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/spiking_layer_runner.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// The taps of a window row in the order of the header: by phase, then descending.
std::vector<std::int64_t> OrderTaps(const WindowAxis& axis) {
  std::vector<std::int64_t> taps(static_cast<std::size_t>(axis.kernel));
  std::iota(taps.begin(), taps.end(), std::int64_t{0});
  std::sort(taps.begin(), taps.end(), [&axis](std::int64_t a, std::int64_t b) {
    return std::pair(a * axis.dilation % axis.stride, -a) <
           std::pair(b * axis.dilation % axis.stride, -b);
  });
  return taps;
}

// The output that tap `tap` connects with input `input`, or -1 where there is none.
std::int64_t OutputOfTap(const WindowAxis& axis, std::int64_t input, std::int64_t tap,
                         std::int64_t output_extent) {
  const std::int64_t position = input + axis.pad_begin - tap * axis.dilation;
  const bool hit = position >= 0 && position % axis.stride == 0;
  return hit && position / axis.stride < output_extent ? position / axis.stride : -1;
}

struct SumRange {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// What the sums of an output channel can be, over any subset of its inputs.
SumRange ChannelRange(const SpikingLayer& layer, std::int64_t channel) {
  const std::int64_t fan_in =
      static_cast<std::int64_t>(layer.weights.size()) / layer.output_shape.channels;
  SumRange range;
  for (std::int64_t i = channel * fan_in; i < (channel + 1) * fan_in; ++i) {
    const std::int16_t weight = layer.weights[static_cast<std::size_t>(i)];
    (weight < 0 ? range.min : range.max) += weight;
  }
  return range;
}

template <typename Sum>
void AddRun(const std::int16_t* __restrict weights, std::int64_t count, Sum* __restrict sums) {
  for (std::int64_t i = 0; i < count; ++i) {
    sums[i] = static_cast<Sum>(sums[i] + weights[i]);
  }
}

}  // namespace

SpikingLayerRunner::SpikingLayerRunner(const SpikingLayer& layer)
    : input_positions_(
          static_cast<std::uint32_t>(layer.input_shape.height * layer.input_shape.width)),
      input_width_(static_cast<std::uint32_t>(layer.input_shape.width)),
      channels_in_group_(static_cast<std::uint32_t>(layer.input_shape.channels / layer.groups)),
      channels_out_group_(layer.output_shape.channels / layer.groups),
      output_positions_(std::int64_t{layer.output_shape.height} * layer.output_shape.width),
      output_row_(layer.output_shape.width * channels_out_group_),
      weight_row_(layer.window.kernel_x * channels_out_group_),
      kernel_y_(layer.window.kernel_y) {
  ArrangeTaps(layer);
  ArrangeWeights(layer, OrderTaps(AxisX(layer.window)));
  ArrangeThresholds(layer);
}

void SpikingLayerRunner::ArrangeTaps(const SpikingLayer& layer) {
  const WindowAxis axis_y = AxisY(layer.window);
  rows_.resize(static_cast<std::size_t>(layer.input_shape.height));
  for (std::size_t y = 0; y < rows_.size(); ++y) {
    for (std::int64_t tap = 0; tap < axis_y.kernel; ++tap) {
      const std::int64_t output_y =
          OutputOfTap(axis_y, static_cast<std::int64_t>(y), tap, layer.output_shape.height);
      if (output_y >= 0) {
        rows_[y].push_back({.output_y = output_y, .kernel_y = tap});
      }
    }
  }
  const WindowAxis axis_x = AxisX(layer.window);
  const std::vector<std::int64_t> order = OrderTaps(axis_x);
  columns_.resize(static_cast<std::size_t>(layer.input_shape.width));
  for (std::size_t x = 0; x < columns_.size(); ++x) {
    std::vector<ColumnRun>& runs = columns_[x];
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::int64_t output_x =
          OutputOfTap(axis_x, static_cast<std::int64_t>(x), order[i], layer.output_shape.width);
      if (output_x < 0) {
        continue;
      }
      const ColumnRun run = {.sum_offset = output_x * channels_out_group_,
                             .weight_offset = static_cast<std::int64_t>(i) * channels_out_group_,
                             .count = channels_out_group_};
      const bool extends = !runs.empty() &&
                           runs.back().sum_offset + runs.back().count == run.sum_offset &&
                           runs.back().weight_offset + runs.back().count == run.weight_offset;
      if (extends) {
        runs.back().count += run.count;
      } else {
        runs.push_back(run);
      }
    }
  }
}

void SpikingLayerRunner::ArrangeWeights(const SpikingLayer& layer,
                                        std::span<const std::int64_t> tap_order) {
  weights_.resize(layer.weights.size());
  const std::int64_t kernel_x = layer.window.kernel_x;
  const std::int64_t rows_in_group = channels_in_group_ * kernel_y_;  // (input channel, kernel_y)
  for (std::int64_t out = 0; out < layer.output_shape.channels; ++out) {
    const std::int64_t group = out / channels_out_group_;
    for (std::int64_t row = 0; row < rows_in_group; ++row) {
      const std::int64_t from = (out * rows_in_group + row) * kernel_x;
      const std::int64_t to =
          (group * rows_in_group + row) * weight_row_ + out % channels_out_group_;
      for (std::size_t i = 0; i < tap_order.size(); ++i) {
        weights_[static_cast<std::size_t>(to) + i * channels_out_group_] =
            layer.weights[static_cast<std::size_t>(from + tap_order[i])];
      }
    }
  }
}

// A threshold outside of what the sums can reach acts as the nearest one inside, min .. max + 1, so
// that sum minus threshold stays within max - min + 1 in magnitude.
void SpikingLayerRunner::ArrangeThresholds(const SpikingLayer& layer) {
  std::vector<std::int32_t> initial(layer.thresholds.size());
  std::int64_t widest = 0;
  for (std::int64_t out = 0; out < layer.output_shape.channels; ++out) {
    const SumRange range = ChannelRange(layer, out);
    widest = std::max(widest, range.max - range.min + 1);
    const std::int64_t group = out / channels_out_group_;
    for (std::int64_t position = 0; position < output_positions_; ++position) {
      const std::int64_t threshold = std::clamp<std::int64_t>(
          layer.thresholds[static_cast<std::size_t>(out * output_positions_ + position)], range.min,
          range.max + 1);
      const std::int64_t at =
          (group * output_positions_ + position) * channels_out_group_ + out % channels_out_group_;
      initial[static_cast<std::size_t>(at)] = static_cast<std::int32_t>(-threshold);
    }
  }
  narrow_ = widest <= std::numeric_limits<std::int16_t>::max();
  if (narrow_) {
    narrow_sums_.initial.assign(initial.begin(), initial.end());
    narrow_sums_.now.resize(initial.size());
  } else {
    wide_sums_.now.resize(initial.size());
    wide_sums_.initial = std::move(initial);
  }
}

void SpikingLayerRunner::Run(std::span<const std::uint32_t> active,
                             std::span<std::uint8_t> spikes) {
  if (narrow_) {
    RunWith(narrow_sums_, active, spikes);
  } else {
    RunWith(wide_sums_, active, spikes);
  }
}

template <typename Sum>
void SpikingLayerRunner::RunWith(Sums<Sum>& sums, std::span<const std::uint32_t> active,
                                 std::span<std::uint8_t> spikes) const {
  std::copy(sums.initial.begin(), sums.initial.end(), sums.now.begin());
  for (const std::uint32_t input : active) {
    AddInput(input, sums.now.data());
  }
  // From [group][position][channel of the group] to [channel][position].
  const std::int64_t group_sums = output_positions_ * channels_out_group_;
  const auto groups = static_cast<std::int64_t>(sums.now.size()) / group_sums;
  for (std::int64_t group = 0; group < groups; ++group) {
    const Sum* group_from = sums.now.data() + group * group_sums;
    std::uint8_t* group_to = spikes.data() + group * group_sums;
    for (std::int64_t position = 0; position < output_positions_; ++position) {
      const Sum* from = group_from + position * channels_out_group_;
      for (std::int64_t channel = 0; channel < channels_out_group_; ++channel) {
        group_to[channel * output_positions_ + position] = from[channel] >= 0 ? 1 : 0;
      }
    }
  }
}

template <typename Sum>
void SpikingLayerRunner::AddInput(std::uint32_t input, Sum* sums) const {
  const std::uint32_t channel = input / input_positions_;
  const std::uint32_t position = input % input_positions_;
  const std::int64_t group = channel / channels_in_group_;
  Sum* group_sums = sums + group * output_positions_ * channels_out_group_;
  const std::int16_t* channel_weights = weights_.data() + channel * kernel_y_ * weight_row_;
  for (const RowTap& row : rows_[position / input_width_]) {
    Sum* row_sums = group_sums + row.output_y * output_row_;
    const std::int16_t* row_weights = channel_weights + row.kernel_y * weight_row_;
    for (const ColumnRun& run : columns_[position % input_width_]) {
      AddRun(row_weights + run.weight_offset, run.count, row_sums + run.sum_offset);
    }
  }
}

}  // namespace spikemesh
