// SPDX-License-Identifier: Apache-2.0
#include "networks/data/rate_encoder.h"

#include <algorithm>
#include <cmath>

#include "core/base/strings.h"
#include "core/chip/validate.h"
#include "networks/data/preprocessing.h"

namespace spikemesh {
namespace {

absl::Status CheckRateInput(const InputModel& input, std::int32_t ticks) {
  if (input.encoder != EncoderKind::kRate) {
    return absl::FailedPreconditionError("the model has no rate encoder");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckPreprocessing(input));
  const double x_max = LargestInputMagnitude(input);
  if (!std::isfinite(x_max) || x_max == 0.0) {
    return absl::InvalidArgumentError(
        Concat("the largest input of the rate encoder is ", x_max, ", must be finite and not 0"));
  }
  if (ticks < 1 || ticks > kPresentationTicksMax) {
    return absl::OutOfRangeError(
        Concat("rate encoding over ", ticks, " ticks, allowed 1..", kPresentationTicksMax));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RateEncoder> RateEncoder::Create(const InputModel& input, std::int32_t ticks) {
  SPIKEMESH_RETURN_IF_ERROR(CheckRateInput(input, ticks));
  RateEncoder encoder;
  encoder.ticks_ = ticks;
  encoder.plane_ = static_cast<std::size_t>(input.shape[1]) * input.shape[2];
  const std::size_t channels = static_cast<std::size_t>(input.shape[0]);
  const double x_max = LargestInputMagnitude(input);
  std::vector<std::int32_t> spikes;  // [channels, 256]
  for (std::int32_t channel = 0; channel < input.shape[0]; ++channel) {
    for (int byte = 0; byte < kByteValues; ++byte) {
      const double x = PreprocessByte(input, channel, static_cast<std::uint8_t>(byte));
      spikes.push_back(static_cast<std::int32_t>(std::lround(ticks * (std::abs(x) / x_max))));
      const std::size_t offset = x < 0 ? channels * encoder.plane_ : 0;
      encoder.codes_.push_back({.line_offset = static_cast<std::uint32_t>(offset)});
    }
  }
  std::vector<std::int32_t>& groups = encoder.group_spikes_;
  groups = spikes;
  groups.push_back(0);
  std::ranges::sort(groups);
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  for (std::size_t code = 0; code < spikes.size(); ++code) {
    const auto group = std::ranges::lower_bound(groups, spikes[code]) - groups.begin();
    encoder.codes_[code].group = static_cast<std::uint32_t>(group);
  }
  encoder.group_begin_.resize(groups.size());
  encoder.lines_.resize(channels * encoder.plane_);
  encoder.trains_.reserve(groups.size());
  return encoder;
}

void RateEncoder::Begin(std::span<const std::uint8_t> image) {
  SPIKEMESH_CHECK(image.size() == lines_.size());
  ticks_left_ = ticks_;
  // A counting sort: sizes, begins, then each line to its group.
  std::ranges::fill(group_begin_, 0);
  for (std::size_t channel = 0; channel * plane_ < image.size(); ++channel) {
    const std::span codes = std::span(codes_).subspan(channel * kByteValues, kByteValues);
    for (const std::uint8_t byte : image.subspan(channel * plane_, plane_)) {
      ++group_begin_[codes[byte].group];
    }
  }
  trains_.clear();
  std::uint32_t begin = 0;
  for (std::size_t group = 0; group < group_begin_.size(); ++group) {
    const std::uint32_t end = begin + group_begin_[group];
    group_begin_[group] = begin;
    if (end > begin && group_spikes_[group] > 0) {
      trains_.push_back({begin, end, group_spikes_[group], ticks_});
    }
    begin = end;
  }
  std::uint32_t line = 0;
  for (std::size_t channel = 0; channel * plane_ < image.size(); ++channel) {
    const std::span codes = std::span(codes_).subspan(channel * kByteValues, kByteValues);
    for (const std::uint8_t byte : image.subspan(channel * plane_, plane_)) {
      lines_[group_begin_[codes[byte].group]++] = line + codes[byte].line_offset;
      ++line;
    }
  }
}

void RateEncoder::AppendTick(std::vector<std::uint32_t>& lines) {
  SPIKEMESH_CHECK(ticks_left_ > 0);
  --ticks_left_;
  for (Train& train : trains_) {
    train.phase += 2 * train.spikes;
    if (train.phase >= 2 * ticks_) {
      train.phase -= 2 * ticks_;
      lines.insert(lines.end(), lines_.begin() + train.begin, lines_.begin() + train.end);
    }
  }
}

}  // namespace spikemesh
