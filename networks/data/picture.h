// SPDX-License-Identifier: Apache-2.0
// A decoded picture file, as a data set has its images: bytes, plane by plane.
#ifndef SPIKEMESH_NETWORKS_DATA_PICTURE_H_
#define SPIKEMESH_NETWORKS_DATA_PICTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/base/strings.h"
#include "networks/data/idx.h"

namespace spikemesh {

inline constexpr std::uint64_t kPictureFileBytesMax = std::uint64_t{64} << 20;

struct PictureShape {
  std::int32_t channels = 1;  // 1: grey, 3: red, green, blue
  std::int32_t height = 0;
  std::int32_t width = 0;
  bool operator==(const PictureShape&) const = default;

  std::int64_t bytes() const { return std::int64_t{channels} * height * width; }
};

// "28x28 grey", width first.
inline std::string FormatPictureShape(const PictureShape& shape) {
  return Concat(shape.width, "x", shape.height, shape.channels == 1 ? " grey" : " RGB");
}

struct Picture {
  PictureShape shape;
  std::vector<std::uint8_t> pixels;  // [channels, height, width]
};

// The sizes that a header announces. Errors: OutOfRange.
inline absl::Status CheckPictureSides(std::uint64_t height, std::uint64_t width) {
  const auto fits = [](std::uint64_t side) { return side >= 1 && side <= kImageSideMax; };
  if (fits(height) && fits(width)) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError(Concat("the picture has ", width, " columns and ", height,
                                      " rows, allowed: 1..", kImageSideMax, " of each"));
}

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_PICTURE_H_
