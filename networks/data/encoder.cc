// SPDX-License-Identifier: Apache-2.0
#include "networks/data/encoder.h"

#include <cmath>

#include "core/base/strings.h"
#include "networks/data/preprocessing.h"

namespace spikemesh {
namespace {

// A byte must not mean less where it is larger: levels are found by comparing bytes.
absl::Status CheckRising(const InputModel& input) {
  for (std::size_t c = 0; c < input.scale.size(); ++c) {
    if (input.scale[c] < 0.0) {
      return absl::InvalidArgumentError(
          Concat("input channel ", c, ": scale ", input.scale[c], ", must be positive"));
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
    return absl::UnimplementedError(
        "a rate encoder has no levels: its images need a presentation in rate mode");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckPreprocessing(input));
  SPIKEMESH_RETURN_IF_ERROR(CheckRising(input));
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

}  // namespace spikemesh
