// SPDX-License-Identifier: Apache-2.0
#include "networks/data/host_encoder.h"

#include <algorithm>
#include <cstddef>

#include "networks/data/preprocessing.h"

namespace spikemesh {

absl::StatusOr<HostEncoder> HostEncoder::Create(const InputModel& input) {
  if (!input.host_layer) {
    return absl::FailedPreconditionError("the model has no layer for the host to compute");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckPreprocessing(input));
  SPIKEMESH_RETURN_IF_ERROR(CheckHostLayer(*input.host_layer, input.shape[0]));
  return HostEncoder(input);
}

HostEncoder::HostEncoder(const InputModel& input)
    : layer_(*input.host_layer),
      image_height_(input.shape[1]),
      image_width_(input.shape[2]),
      group_inputs_(input.shape[0] / layer_.groups),
      group_outputs_(layer_.channels / layer_.groups),
      by_input_(layer_.weights.size()),
      sums_(static_cast<std::size_t>(group_outputs_)),
      values_(static_cast<std::size_t>(layer_.channels) * layer_.height * layer_.width) {
  const std::int64_t fan_in = layer_.fan_in();
  for (std::int64_t o = 0; o < layer_.channels; ++o) {
    const std::int64_t group = o / group_outputs_;
    for (std::int64_t i = 0; i < fan_in; ++i) {
      by_input_[static_cast<std::size_t>((group * fan_in + i) * group_outputs_ +
                                         o % group_outputs_)] =
          layer_.weights[static_cast<std::size_t>(o * fan_in + i)];
    }
  }
}

void HostEncoder::SumWindow(std::span<const std::uint8_t> image, std::int64_t group, std::int64_t y,
                            std::int64_t x) {
  std::ranges::fill(sums_, 0.0);
  const std::int64_t top = y * layer_.stride_y - layer_.pad_top;
  const std::int64_t left = x * layer_.stride_x - layer_.pad_left;
  const double* weights = &by_input_[static_cast<std::size_t>(group * layer_.fan_in()) *
                                     static_cast<std::size_t>(group_outputs_)];
  for (std::int64_t c = group * group_inputs_; c < (group + 1) * group_inputs_; ++c) {
    const double* const of_byte = &layer_.byte_values[static_cast<std::size_t>(c) * kByteValues];
    for (std::int64_t ky = 0; ky < layer_.kernel_y; ++ky) {
      const std::int64_t row = top + ky * layer_.dilation_y;
      for (std::int64_t kx = 0; kx < layer_.kernel_x; ++kx, weights += group_outputs_) {
        const std::int64_t column = left + kx * layer_.dilation_x;
        if (row < 0 || column < 0 || row >= image_height_ || column >= image_width_) {
          continue;
        }
        const std::int64_t at = (c * image_height_ + row) * image_width_ + column;
        const double value = of_byte[image[static_cast<std::size_t>(at)]];
        if (value == 0.0) {
          continue;
        }
        for (std::size_t o = 0; o < sums_.size(); ++o) {
          sums_[o] += weights[o] * value;
        }
      }
    }
  }
}

void HostEncoder::Encode(std::span<const std::uint8_t> image, std::vector<std::uint32_t>& lines) {
  const std::int64_t plane = std::int64_t{layer_.height} * layer_.width;
  SPIKEMESH_CHECK(static_cast<std::int64_t>(image.size()) ==
                  group_inputs_ * layer_.groups * image_height_ * image_width_);
  for (std::int64_t group = 0; group < layer_.groups; ++group) {
    for (std::int64_t place = 0; place < plane; ++place) {
      SumWindow(image, group, place / layer_.width, place % layer_.width);
      for (std::int64_t i = 0; i < group_outputs_; ++i) {
        const std::int64_t o = group * group_outputs_ + i;
        values_[static_cast<std::size_t>(o * plane + place)] =
            layer_.scale[static_cast<std::size_t>(o)] * sums_[static_cast<std::size_t>(i)] +
            layer_.bias[static_cast<std::size_t>(o)];
      }
    }
  }
  std::uint32_t line = 0;
  for (std::int64_t channel = 0; channel < std::int64_t{layer_.channels} * layer_.levels;
       ++channel) {
    const double threshold = layer_.thresholds[static_cast<std::size_t>(channel)];
    const double* const values =
        &values_[static_cast<std::size_t>(channel / layer_.levels * plane)];
    for (std::int64_t place = 0; place < plane; ++place, ++line) {
      if (values[place] >= threshold) {
        lines.push_back(line);
      }
    }
  }
}

}  // namespace spikemesh
