// SPDX-License-Identifier: Apache-2.0
#include "networks/data/pad_images.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/base/remedy.h"
#include "core/base/strings.h"

namespace spikemesh {

absl::StatusOr<Dataset> PadImages(const ImagePad& pad, Dataset images) {
  if (!pad.any()) {
    return images;
  }
  const std::int64_t height = std::int64_t{images.height} + pad.top + pad.bottom;
  const std::int64_t width = std::int64_t{images.width} + pad.left + pad.right;
  const std::int64_t planes = images.size() * images.channels;
  if (height * width > kPaddedBytesMax / std::max<std::int64_t>(1, planes)) {
    return WithRemedy(
        absl::ResourceExhaustedError(Concat(images.size(), " images padded to ", height, " x ",
                                            width, ", allowed: ", kPaddedBytesMax, " bytes")),
        {RemedyKind::kFewerImages});
  }
  std::vector<std::uint8_t> padded(static_cast<std::size_t>(planes * height * width), 0);
  auto from = images.pixels.begin();
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    for (std::int64_t y = 0; y < images.height; ++y) {
      const std::int64_t row = plane * height + pad.top + y;
      std::copy_n(from, images.width, padded.begin() + row * width + pad.left);
      from += images.width;
    }
  }
  images.pixels = std::move(padded);
  images.height = static_cast<std::int32_t>(height);
  images.width = static_cast<std::int32_t>(width);
  return images;
}

}  // namespace spikemesh
