// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/check_images.h"

#include <array>

#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "networks/inference/image_schedule.h"
#include "networks/inference/readout.h"

namespace spikemesh {
namespace {

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
  return WithRemedy(absl::FailedPreconditionError("the chip does not say how images are presented"),
                    {RemedyKind::kInputSpikes});
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
  return absl::InvalidArgumentError(
      Concat(images.name, ": images are ", text(shape), ", the model takes ", text(input.shape)));
}

absl::Status CheckImages(const InputModel& input, const Dataset& images) {
  if (input.encoder == EncoderKind::kNone) {
    return WithRemedy(absl::FailedPreconditionError("the model has no image encoder"),
                      {RemedyKind::kInputSpikes});
  }
  return CheckImageShape(input, images);
}

absl::Status CheckImageRun(const ChipModel& chip, const Dataset& images) {
  SPIKEMESH_RETURN_IF_ERROR(CheckImages(chip.input, images));
  SPIKEMESH_RETURN_IF_ERROR(CheckPresentation(chip));
  if (ClassCount(chip.pin_classes) == 0) {
    return WithRemedy(absl::FailedPreconditionError("no output pin of the chip stands for a class"),
                      {RemedyKind::kInputSpikes});
  }
  const std::int64_t ticks = ImageSchedule(chip.presentation).End(images.size()).value();
  if (ticks > kTicksMax) {
    return WithRemedy(absl::OutOfRangeError(Concat(images.size(), " images take ", ticks,
                                                   " ticks, allowed: ", kTicksMax)),
                      {RemedyKind::kFewerImages});
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
