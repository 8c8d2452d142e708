// SPDX-License-Identifier: Apache-2.0
#include "networks/data/preprocessing.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/strings.h"

namespace spikemesh {

absl::Status CheckPreprocessing(const InputModel& input) {
  const auto channels = static_cast<std::size_t>(std::max(input.shape[0], 0));
  if (input.shape[0] < 1 || input.shape[1] < 1 || input.shape[2] < 1) {
    return absl::InvalidArgumentError(Concat("input shape ", input.shape[0], " x ", input.shape[1],
                                             " x ", input.shape[2], ", each must be at least 1"));
  }
  if (input.mean.size() != channels || input.scale.size() != channels) {
    return absl::InvalidArgumentError(Concat("input has ", channels, " channels, but ",
                                             input.mean.size(), " means and ", input.scale.size(),
                                             " scales"));
  }
  if (!std::isfinite(input.range_max) || input.range_max <= 0.0) {
    return absl::InvalidArgumentError(
        Concat("input range_max is ", input.range_max, ", must be positive"));
  }
  for (std::size_t c = 0; c < channels; ++c) {
    if (!std::isfinite(input.mean[c]) || !std::isfinite(input.scale[c]) || input.scale[c] == 0.0) {
      return absl::InvalidArgumentError(Concat("input channel ", c, ": mean ", input.mean[c],
                                               ", scale ", input.scale[c],
                                               "; they must be finite, the scale not 0"));
    }
  }
  return absl::OkStatus();
}

std::vector<double> PreprocessImage(const InputModel& input, std::span<const std::uint8_t> image) {
  const std::size_t plane = static_cast<std::size_t>(input.shape[1]) * input.shape[2];
  SPIKEMESH_CHECK(image.size() == plane * input.shape[0]);
  std::vector<double> values(image.size());
  for (std::int32_t channel = 0; channel < input.shape[0]; ++channel) {
    std::array<double, kByteValues> table;
    for (int byte = 0; byte < kByteValues; ++byte) {
      table[byte] = PreprocessByte(input, channel, static_cast<std::uint8_t>(byte));
    }
    for (std::size_t i = channel * plane; i < (channel + 1) * plane; ++i) {
      values[i] = table[image[i]];
    }
  }
  return values;
}

}  // namespace spikemesh
