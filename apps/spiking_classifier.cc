// SPDX-License-Identifier: Apache-2.0
#include "apps/spiking_classifier.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "apps/image_presenter.h"
#include "apps/image_run.h"
#include "networks/data/encoder.h"
#include "networks/data/rate_encoder.h"

namespace spikemesh {
absl::StatusOr<double> SpikingAccuracy(const SpikingNetwork& network, const Dataset& images) {
  SPIKEMESH_RETURN_IF_ERROR(CheckImages(network.input, images));
  SPIKEMESH_ASSIGN_OR_RETURN(ImagePresenter presenter, ImagePresenter::Create(network));
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < images.size(); ++i) {
    presenter.Present(images.image(i));
    right += presenter.predicted_class() == images.labels[static_cast<std::size_t>(i)] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(images.size());
}

absl::StatusOr<std::vector<EncodedImage>> EncodeImages(const SpikingNetwork& network,
                                                       const Dataset& images, std::int64_t count) {
  const bool rate = network.presentation.mode == PresentationMode::kRate;
  const std::int32_t ticks = rate ? network.presentation.ticks_per_image : 1;
  std::vector<EncodedImage> encoded(static_cast<std::size_t>(std::min(count, images.size())),
                                    EncodedImage(static_cast<std::size_t>(ticks)));
  if (!rate) {
    SPIKEMESH_ASSIGN_OR_RETURN(const ImageEncoder encoder, ImageEncoder::Create(network.input));
    for (std::size_t i = 0; i < encoded.size(); ++i) {
      encoder.Encode(images.image(static_cast<std::int64_t>(i)), encoded[i][0]);
    }
    return encoded;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(RateEncoder encoder, RateEncoder::Create(network.input, ticks));
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    encoder.Begin(images.image(static_cast<std::int64_t>(i)));
    for (std::vector<std::uint32_t>& lines : encoded[i]) {
      encoder.AppendTick(lines);
    }
  }
  return encoded;
}

}  // namespace spikemesh
