// SPDX-License-Identifier: Apache-2.0
#include "apps/image_run.h"

#include <algorithm>
#include <array>

#include "apps/flags.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

std::int32_t ClassCount(const std::vector<std::int32_t>& pin_classes) {
  const auto last = std::ranges::max_element(pin_classes);
  return last == pin_classes.end() ? 0 : *last + 1;
}

// Levels say which lines are active, not how often: they go with one tick an image.
absl::Status CheckPresentation(const ChipModel& chip) {
  const bool rate_encoder = chip.input.encoder == EncoderKind::kRate;
  switch (chip.presentation.mode) {
    case PresentationMode::kNone:
      break;
    case PresentationMode::kPipelined:
      return rate_encoder ? absl::UnimplementedError(
                                "presentation: a rate encoder in pipelined mode is not supported, "
                                "threshold and thermometer are")
                          : absl::OkStatus();
    case PresentationMode::kRate:
      return rate_encoder ? absl::OkStatus()
                          : absl::UnimplementedError(
                                "presentation: rate mode without a rate encoder is not supported");
  }
  return absl::FailedPreconditionError(
      "--dataset: the chip does not say how images are presented; give it spikes with --input");
}

}  // namespace

absl::Status CheckImageShape(const InputModel& input, const Dataset& images) {
  const std::array<std::int32_t, 3> shape = {images.channels, images.height, images.width};
  // A model of vectors takes images flattened, channel by channel and row by row.
  const std::array<std::int32_t, 3> flat = {images.channels * images.height * images.width, 1, 1};
  if (shape == input.shape || flat == input.shape) {
    return absl::OkStatus();
  }
  const auto text = [](const std::array<std::int32_t, 3>& sizes) {
    return Concat(sizes[0], "x", sizes[1], "x", sizes[2]);
  };
  return absl::InvalidArgumentError(Concat("--dataset ", images.name, ": images are ", text(shape),
                                           ", the model takes ", text(input.shape)));
}

absl::Status CheckImages(const InputModel& input, const Dataset& images) {
  if (input.encoder == EncoderKind::kNone) {
    return absl::FailedPreconditionError(
        "--dataset: the model has no image encoder; give it spikes with --input");
  }
  return CheckImageShape(input, images);
}

absl::Status CheckImageRun(const ChipModel& chip, const Dataset& images) {
  SPIKEMESH_RETURN_IF_ERROR(CheckImages(chip.input, images));
  SPIKEMESH_RETURN_IF_ERROR(CheckPresentation(chip));
  if (ClassCount(chip.pin_classes) == 0) {
    return absl::FailedPreconditionError(
        "--dataset: no output pin of the chip stands for a class; give it spikes with --input");
  }
  const std::int64_t ticks = TicksOfImages(chip.presentation, images.size());
  const auto ticks_max = static_cast<std::int64_t>(kTicksMax);
  if (ticks > ticks_max) {
    return absl::OutOfRangeError(Concat("--dataset: ", images.size(), " images take ", ticks,
                                        " ticks, allowed: ", ticks_max, "; take fewer --images"));
  }
  return absl::OkStatus();
}

std::int64_t TicksOfImages(const PresentationModel& presentation, std::int64_t images) {
  if (presentation.mode == PresentationMode::kRate) {
    return images * (std::int64_t{presentation.ticks_per_image} + presentation.latency_ticks);
  }
  SPIKEMESH_CHECK(presentation.mode == PresentationMode::kPipelined);
  return images + presentation.latency_ticks;
}

PinVotes::PinVotes(const std::vector<std::int32_t>& pin_classes)
    : pin_classes_(pin_classes), votes_(static_cast<std::size_t>(ClassCount(pin_classes))) {
  SPIKEMESH_CHECK(!votes_.empty());
}

void PinVotes::Clear() { std::ranges::fill(votes_, 0); }

void PinVotes::Add(std::span<const PinIndex> pins) {
  for (const PinIndex pin : pins) {
    const std::int32_t voted = pin_classes_[pin.value()];
    if (voted >= 0) {
      ++votes_[static_cast<std::size_t>(voted)];
    }
  }
}

std::int32_t PinVotes::Leader() const {
  // max_element returns the first of several greatest.
  return static_cast<std::int32_t>(std::ranges::max_element(votes_) - votes_.begin());
}

}  // namespace spikemesh
