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

// Weights are kept in lists where not more than one in so many is other than 0.
constexpr std::int64_t kSparseShare = 8;

struct SumRange {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// What the sums of an output channel can be, over any subset of its inputs.
SumRange ChannelRange(const SpikingLayer& layer, std::size_t channel) {
  SumRange range;
  for (const LayerInput& input : layer.inputs) {
    const std::size_t fan_in =
        input.weights.size() / static_cast<std::size_t>(layer.output_shape.channels);
    for (std::size_t i = channel * fan_in; i < (channel + 1) * fan_in; ++i) {
      const std::int16_t weight = input.weights[i];
      (weight < 0 ? range.min : range.max) += weight;
    }
  }
  return range;
}

// The coarsest groups that the groups of every input refine.
SumLayout LayoutOf(const SpikingLayer& layer) {
  std::int64_t groups = layer.inputs.front().groups;
  for (const LayerInput& input : layer.inputs) {
    groups = std::gcd(groups, std::int64_t{input.groups});
  }
  return {.groups = groups,
          .channels_in_group = layer.output_shape.channels / groups,
          .height = layer.output_shape.height,
          .width = layer.output_shape.width};
}

template <typename Sum>
void AddRun(const std::int16_t* __restrict weights, std::int64_t count, Sum* __restrict sums) {
  for (std::int64_t i = 0; i < count; ++i) {
    sums[i] = static_cast<Sum>(sums[i] + weights[i]);
  }
}

// Beyond this in magnitude a sum or leak saturates V, whatever it was.
constexpr std::int32_t kPotentialSpan = kPotentialMax - kPotentialMin;

std::int32_t Saturate(std::int32_t potential) {
  return std::clamp(potential, kPotentialMin, kPotentialMax);
}

}  // namespace

InputArrangement::InputArrangement(const LayerInput& input, const SumLayout& sums)
    : sums_(sums),
      positions_(static_cast<std::uint32_t>(input.shape.height * input.shape.width)),
      width_(static_cast<std::uint32_t>(input.shape.width)),
      channels_in_group_(static_cast<std::uint32_t>(input.shape.channels / input.groups)),
      channels_out_group_(sums.groups * sums.channels_in_group / input.groups),
      groups_in_sum_group_(input.groups / sums.groups),
      kernel_y_(input.window.kernel_y),
      weight_row_(input.window.kernel_x * channels_out_group_),
      kernel_x_(input.window.kernel_x) {
  const auto zeros = std::count(input.weights.begin(), input.weights.end(), 0);
  sparse_ = (static_cast<std::int64_t>(input.weights.size()) - zeros) * kSparseShare <=
            static_cast<std::int64_t>(input.weights.size());
  ArrangeTaps(input);
  sparse_ ? ArrangeSparse(input) : ArrangeWeights(input);
}

void InputArrangement::ArrangeTaps(const LayerInput& input) {
  const WindowAxis axis_y = AxisY(input.window);
  rows_.resize(static_cast<std::size_t>(input.shape.height));
  for (std::size_t y = 0; y < rows_.size(); ++y) {
    for (std::int64_t tap = 0; tap < axis_y.kernel; ++tap) {
      const std::int64_t output_y =
          OutputOfTap(axis_y, static_cast<std::int64_t>(y), tap, sums_.height);
      if (output_y >= 0) {
        rows_[y].push_back({.output_y = output_y, .kernel_y = tap});
      }
    }
  }
  const WindowAxis axis_x = AxisX(input.window);
  const std::vector<std::int64_t> order = OrderTaps(axis_x);
  columns_.resize(sparse_ ? 0 : static_cast<std::size_t>(input.shape.width));
  for (std::size_t x = 0; x < columns_.size(); ++x) {
    std::vector<ColumnRun>& runs = columns_[x];
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::int64_t output_x =
          OutputOfTap(axis_x, static_cast<std::int64_t>(x), order[i], sums_.width);
      if (output_x < 0) {
        continue;
      }
      const ColumnRun run = {.sum_offset = output_x * sums_.channels_in_group,
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

// Counts first, then fills: entries of a list ascend by channel.
void InputArrangement::ArrangeSparse(const LayerInput& input) {
  const WindowAxis axis = AxisX(input.window);
  column_taps_.resize(static_cast<std::size_t>(input.shape.width));
  for (std::size_t x = 0; x < column_taps_.size(); ++x) {
    for (std::int64_t tap = 0; tap < kernel_x_; ++tap) {
      const std::int64_t output_x =
          OutputOfTap(axis, static_cast<std::int64_t>(x), tap, sums_.width);
      if (output_x >= 0) {
        column_taps_[x].push_back({.output_x = output_x, .kernel_x = tap});
      }
    }
  }
  const std::int64_t per_out = std::int64_t{channels_in_group_} * kernel_y_ * kernel_x_;
  const std::int64_t outs = static_cast<std::int64_t>(input.weights.size()) / per_out;
  const auto visit = [&](auto&& visitor) {
    for (std::int64_t out = 0; out < outs; ++out) {
      const std::int64_t first = out / channels_out_group_ * per_out;
      for (std::int64_t i = 0; i < per_out; ++i) {
        const std::int16_t weight = input.weights[static_cast<std::size_t>(out * per_out + i)];
        if (weight != 0) {
          visitor(static_cast<std::size_t>(first + i), out % channels_out_group_, weight);
        }
      }
    }
  };
  starts_.assign(static_cast<std::size_t>(input.shape.channels * kernel_y_ * kernel_x_) + 1, 0);
  visit([this](std::size_t list, std::int64_t, std::int16_t) { ++starts_[list + 1]; });
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  entries_.resize(starts_.back());
  std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
  visit([&](std::size_t list, std::int64_t channel, std::int16_t weight) {
    entries_[next[list]++] = {static_cast<std::int32_t>(channel), weight};
  });
}

template <typename Sum>
void InputArrangement::AddSparse(std::uint32_t position, std::uint32_t channel,
                                 Sum* group_sums) const {
  for (const RowTap& row : rows_[position / width_]) {
    Sum* row_sums = group_sums + row.output_y * sums_.row_size();
    const std::int64_t lists = (channel * kernel_y_ + row.kernel_y) * kernel_x_;
    for (const ColumnTap& column : column_taps_[position % width_]) {
      Sum* sums = row_sums + column.output_x * sums_.channels_in_group;
      const auto list = static_cast<std::size_t>(lists + column.kernel_x);
      for (std::size_t i = starts_[list]; i < starts_[list + 1]; ++i) {
        sums[entries_[i].channel] =
            static_cast<Sum>(sums[entries_[i].channel] + entries_[i].weight);
      }
    }
  }
}

void InputArrangement::ArrangeWeights(const LayerInput& input) {
  weights_.resize(input.weights.size());
  const std::vector<std::int64_t> tap_order = OrderTaps(AxisX(input.window));
  const std::int64_t kernel_x = input.window.kernel_x;
  const std::int64_t rows_in_group = channels_in_group_ * kernel_y_;  // (input channel, kernel_y)
  for (std::int64_t out = 0; out < sums_.groups * sums_.channels_in_group; ++out) {
    const std::int64_t group = out / channels_out_group_;
    for (std::int64_t row = 0; row < rows_in_group; ++row) {
      const std::int64_t from = (out * rows_in_group + row) * kernel_x;
      const std::int64_t to =
          (group * rows_in_group + row) * weight_row_ + out % channels_out_group_;
      for (std::size_t i = 0; i < tap_order.size(); ++i) {
        weights_[static_cast<std::size_t>(to) + i * channels_out_group_] =
            input.weights[static_cast<std::size_t>(from + tap_order[i])];
      }
    }
  }
}

template <typename Sum>
void InputArrangement::AddTo(std::uint32_t flat, Sum* sums) const {
  const std::uint32_t channel = flat / positions_;
  const std::uint32_t position = flat % positions_;
  const std::int64_t group = channel / channels_in_group_;
  Sum* group_sums = sums + group / groups_in_sum_group_ * sums_.group_size() +
                    group % groups_in_sum_group_ * channels_out_group_;
  if (sparse_) {
    AddSparse(position, channel, group_sums);
    return;
  }
  const std::int16_t* channel_weights = weights_.data() + channel * kernel_y_ * weight_row_;
  for (const RowTap& row : rows_[position / width_]) {
    Sum* row_sums = group_sums + row.output_y * sums_.row_size();
    const std::int16_t* row_weights = channel_weights + row.kernel_y * weight_row_;
    for (const ColumnRun& run : columns_[position % width_]) {
      AddRun(row_weights + run.weight_offset, run.count, row_sums + run.sum_offset);
    }
  }
}

SpikingLayerRunner::SpikingLayerRunner(const SpikingLayer& layer)
    : layout_(LayoutOf(layer)), integrating_(layer.integrating()) {
  for (const LayerInput& input : layer.inputs) {
    inputs_.emplace_back(input, layout_);
  }
  ArrangeSums(layer);
  if (integrating_) {
    integrators_.initial = Arranged(layer.initial_potentials);
    integrators_.thresholds = Arranged(layer.thresholds);
    integrators_.leaks = Arranged(layer.leaks);
    for (std::int32_t& leak : integrators_.leaks) {
      leak = std::clamp(leak, -kPotentialSpan, kPotentialSpan);
    }
    integrators_.spikes.resize(integrators_.leaks.size());
    Reset();
  }
}

std::vector<std::int32_t> SpikingLayerRunner::Arranged(
    const std::vector<std::int32_t>& values) const {
  std::vector<std::int32_t> arranged(values.size());
  const std::int64_t positions = layout_.positions();
  for (std::size_t neuron = 0; neuron < values.size(); ++neuron) {
    const std::int64_t out = static_cast<std::int64_t>(neuron) / positions;
    const std::int64_t position = static_cast<std::int64_t>(neuron) % positions;
    const std::int64_t at =
        (out / layout_.channels_in_group * positions + position) * layout_.channels_in_group +
        out % layout_.channels_in_group;
    arranged[static_cast<std::size_t>(at)] = values[neuron];
  }
  return arranged;
}

// Memoryless: a threshold outside of what the sums can reach acts as the nearest one inside, min ..
// max + 1, so that sum minus threshold stays within max - min + 1 in magnitude.
void SpikingLayerRunner::ArrangeSums(const SpikingLayer& layer) {
  std::vector<std::int32_t> initial(layer.thresholds.size());
  std::int64_t widest = 0;
  const auto positions = static_cast<std::size_t>(layout_.positions());
  for (std::size_t out = 0; out < initial.size() / positions; ++out) {
    const SumRange range = ChannelRange(layer, out);
    widest = std::max(widest, range.max - range.min + 1);
    for (std::size_t i = out * positions; !integrating_ && i < (out + 1) * positions; ++i) {
      initial[i] = static_cast<std::int32_t>(
          -std::clamp<std::int64_t>(layer.thresholds[i], range.min, range.max + 1));
    }
  }
  initial = Arranged(initial);
  narrow_ = widest <= std::numeric_limits<std::int16_t>::max();
  if (narrow_) {
    narrow_sums_.initial.assign(initial.begin(), initial.end());
    narrow_sums_.now.resize(initial.size());
  } else {
    wide_sums_.now.resize(initial.size());
    wide_sums_.initial = std::move(initial);
  }
}

void SpikingLayerRunner::Reset() { integrators_.potentials = integrators_.initial; }

void SpikingLayerRunner::Begin() {
  if (narrow_) {
    std::copy(narrow_sums_.initial.begin(), narrow_sums_.initial.end(), narrow_sums_.now.begin());
  } else {
    std::copy(wide_sums_.initial.begin(), wide_sums_.initial.end(), wide_sums_.now.begin());
  }
}

void SpikingLayerRunner::Add(std::size_t input, std::span<const std::uint32_t> active) {
  const InputArrangement& arrangement = inputs_[input];
  if (narrow_) {
    for (const std::uint32_t flat : active) {
      arrangement.AddTo(flat, narrow_sums_.now.data());
    }
  } else {
    for (const std::uint32_t flat : active) {
      arrangement.AddTo(flat, wide_sums_.now.data());
    }
  }
}

void SpikingLayerRunner::Fire(std::span<std::uint8_t> spikes) {
  const auto fired = [](const auto& sums) {
    return [&sums](std::int64_t at) -> std::uint8_t { return sums[at] >= 0 ? 1 : 0; };
  };
  if (integrating_) {
    narrow_ ? Integrate(narrow_sums_.now) : Integrate(wide_sums_.now);
    Scatter(spikes, [this](std::int64_t at) { return integrators_.spikes[at]; });
  } else if (narrow_) {
    Scatter(spikes, fired(narrow_sums_.now));
  } else {
    Scatter(spikes, fired(wide_sums_.now));
  }
}

// The tick of spiking_network.h, neuron by neuron.
template <typename Sum>
void SpikingLayerRunner::Integrate(const std::vector<Sum>& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const std::int32_t sum = std::clamp(std::int32_t{sums[i]}, -kPotentialSpan, kPotentialSpan);
    std::int32_t potential = Saturate(integrators_.potentials[i] + sum);
    potential = Saturate(potential + integrators_.leaks[i]);
    const std::int32_t threshold = integrators_.thresholds[i];
    const bool spike = potential >= threshold;
    integrators_.spikes[i] = spike ? 1 : 0;
    integrators_.potentials[i] =
        spike ? potential - threshold : std::max(potential, -kNegativeThreshold);
  }
}

// From [group][position][channel of the group] to [channel][position].
template <typename FiredAt>
void SpikingLayerRunner::Scatter(std::span<std::uint8_t> spikes, FiredAt fired_at) const {
  const std::int64_t positions = layout_.positions();
  const std::int64_t channels = layout_.channels_in_group;
  for (std::int64_t group = 0; group < layout_.groups; ++group) {
    const std::int64_t begin = group * layout_.group_size();
    std::uint8_t* group_to = spikes.data() + begin;
    for (std::int64_t position = 0; position < positions; ++position) {
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        group_to[channel * positions + position] = fired_at(begin + position * channels + channel);
      }
    }
  }
}

}  // namespace spikemesh
