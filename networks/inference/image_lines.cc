// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/image_lines.h"

namespace spikemesh {

absl::StatusOr<ImageLines> ImageLines::Create(const InputModel& input,
                                              const PresentationModel& presentation) {
  if (presentation.mode == PresentationMode::kRate) {
    SPIKEMESH_ASSIGN_OR_RETURN(RateEncoder encoder,
                               RateEncoder::Create(input, presentation.ticks_per_image));
    return ImageLines(std::move(encoder));
  }
  if (input.encoder == EncoderKind::kHost) {
    SPIKEMESH_ASSIGN_OR_RETURN(HostEncoder encoder, HostEncoder::Create(input));
    return ImageLines(std::move(encoder));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(ImageEncoder encoder, ImageEncoder::Create(input));
  return ImageLines(std::move(encoder));
}

void ImageLines::Append(std::span<const std::uint8_t> image, std::int32_t tick,
                        std::vector<std::uint32_t>& lines) {
  if (const auto* const levels = std::get_if<ImageEncoder>(&encoder_)) {
    levels->Encode(image, lines);
    return;
  }
  if (auto* const host = std::get_if<HostEncoder>(&encoder_)) {
    host->Encode(image, lines);
    return;
  }
  RateEncoder& rates = std::get<RateEncoder>(encoder_);
  if (tick == 1) {
    rates.Begin(image);
  }
  rates.AppendTick(lines);
}

}  // namespace spikemesh
