// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/check_images.h"

#include <array>

#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "networks/inference/image_schedule.h"
#include "networks/inference/readout.h"

namespace spikemesh {
namespace {

using ImageShape = std::array<std::int32_t, 3>;  // channels, height, width

bool IsSmaller(const ImageShape& images, const ImageShape& taken) {
  return images[0] == taken[0] && images[1] <= taken[1] && images[2] <= taken[2];
}

// The pads that put `images`, in the middle, into what `input` takes; they replace its own.
Remedy PadTo(const ImageShape& images, const InputModel& input) {
  const std::int32_t rows = input.shape[1] - images[1] + input.pad.top + input.pad.bottom;
  const std::int32_t columns = input.shape[2] - images[2] + input.pad.left + input.pad.right;
  const bool is_converted = input.encoder != EncoderKind::kNone;
  return {is_converted ? RemedyKind::kConvertPadded : RemedyKind::kPadImages,
          Concat(rows / 2, ",", rows - rows / 2, ",", columns / 2, ",", columns - columns / 2)};
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
  return WithRemedy(absl::FailedPreconditionError("the chip does not say how images are presented"),
                    {RemedyKind::kInputSpikes});
}

}  // namespace

absl::Status CheckImageShape(const InputModel& input, const Dataset& images) {
  const ImageShape shape = {images.channels, images.height, images.width};
  // A model of vectors takes images flattened, channel by channel and row by row.
  const ImageShape flat = {images.channels * images.height * images.width, 1, 1};
  if (shape == input.shape || flat == input.shape) {
    return absl::OkStatus();
  }
  const auto text = [](const ImageShape& sizes) {
    return Concat(sizes[0], "x", sizes[1], "x", sizes[2]);
  };
  const absl::Status status = absl::InvalidArgumentError(Concat(
      images.name, ": images are ", text(shape), input.pad.any() ? " with their padding" : "",
      ", the model takes ", text(input.shape)));
  return IsSmaller(shape, input.shape) ? WithRemedy(status, PadTo(shape, input)) : status;
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
