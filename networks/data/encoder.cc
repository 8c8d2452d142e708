// SPDX-License-Identifier: Apache-2.0
#include "networks/data/encoder.h"

#include <algorithm>
#include <cmath>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr int kByteValues = 256;

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
  // A byte must not mean less where it is larger: levels are found by comparing bytes.
  const auto positive = [](double value) { return std::isfinite(value) && value > 0.0; };
  if (!positive(input.range_max)) {
    return absl::InvalidArgumentError(
        Concat("input range_max is ", input.range_max, ", must be positive"));
  }
  for (std::size_t c = 0; c < channels; ++c) {
    if (!positive(input.scale[c]) || !std::isfinite(input.mean[c])) {
      return absl::InvalidArgumentError(Concat("input channel ", c, ": mean ", input.mean[c],
                                               ", scale ", input.scale[c],
                                               "; they must be finite, the scale positive"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLevels(const InputModel& input) {
  if (input.levels.empty() || input.levels.size() != input.level_channels.size()) {
    return absl::InvalidArgumentError(Concat("encoder has ", input.levels.size(), " levels for ",
                                             input.level_channels.size(),
                                             " level channels; as many are needed, at least 1"));
  }
  for (std::size_t o = 0; o < input.levels.size(); ++o) {
    if (std::isnan(input.levels[o])) {
      return absl::InvalidArgumentError(Concat("encoder level ", o, " is not a number"));
    }
    if (input.level_channels[o] < 0 || input.level_channels[o] >= input.shape[0]) {
      return absl::InvalidArgumentError(Concat("encoder level ", o, ": channel ",
                                               input.level_channels[o], ", allowed: 0..",
                                               input.shape[0] - 1));
    }
  }
  return absl::OkStatus();
}

// The smallest byte whose x reaches `level`; 256 where none does.
std::int32_t SmallestByteReaching(const InputModel& input, std::int32_t channel, double level) {
  std::int32_t byte = 0;
  while (byte < kByteValues &&
         PreprocessByte(input, channel, static_cast<std::uint8_t>(byte)) < level) {
    ++byte;
  }
  return byte;
}

// Writes to `lines` the indices i + `first` of the pixels that reach `byte_level`; returns how
// many. Every index is written and only the end moves, so that no branch depends on the image.
// `lines` has room for every pixel.
std::size_t WriteActiveLines(std::span<const std::uint8_t> pixels, std::int32_t byte_level,
                             std::uint32_t first, std::span<std::uint32_t> lines) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    lines[count] = first + static_cast<std::uint32_t>(i);
    count += pixels[i] >= byte_level ? 1 : 0;
  }
  return count;
}

}  // namespace

absl::StatusOr<ImageEncoder> ImageEncoder::Create(const InputModel& input) {
  if (input.encoder == EncoderKind::kNone) {
    return absl::FailedPreconditionError("the model has no encoder: it takes spikes, not images");
  }
  if (input.encoder == EncoderKind::kRate) {
    return absl::UnimplementedError("rate encoding has no threshold per line");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckPreprocessing(input));
  SPIKEMESH_RETURN_IF_ERROR(CheckLevels(input));
  ImageEncoder encoder;
  encoder.shape_ = input.shape;
  encoder.level_channels_ = input.level_channels;
  for (std::size_t o = 0; o < input.levels.size(); ++o) {
    encoder.byte_levels_.push_back(
        SmallestByteReaching(input, input.level_channels[o], input.levels[o]));
  }
  return encoder;
}

void ImageEncoder::Encode(std::span<const std::uint8_t> image,
                          std::vector<std::uint32_t>& lines) const {
  const std::size_t plane = static_cast<std::size_t>(shape_[1]) * shape_[2];
  SPIKEMESH_CHECK(image.size() == plane * shape_[0]);
  for (std::size_t o = 0; o < byte_levels_.size(); ++o) {
    const std::size_t before = lines.size();
    lines.resize(before + plane);
    const std::size_t active =
        WriteActiveLines(image.subspan(level_channels_[o] * plane, plane), byte_levels_[o],
                         static_cast<std::uint32_t>(o * plane), std::span(lines).subspan(before));
    lines.resize(before + active);
  }
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
