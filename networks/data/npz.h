// SPDX-License-Identifier: Apache-2.0
// Images of one's own from Python: numpy.savez(FILE, x=..., y=...) or savez_compressed.
//   x  uint8 [images, channels, height, width] or [images, height, width]: the bytes of pixels; or
//      float32 of the same shapes: byte / 255, as torchvision's ToTensor gives them. They are bytes
//      again here, so that a chip's levels and the preprocessing that it was converted with mean
//      the same; a number that is no whole byte within 1e-3 is refused and not rounded.
//   y  whole numbers of any width [images], 0..255; optional, images are then without labels.
// Other members are not looked at.
#ifndef SPIKEMESH_NETWORKS_DATA_NPZ_H_
#define SPIKEMESH_NETWORKS_DATA_NPZ_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/status.h"
#include "networks/data/dataset.h"

namespace spikemesh {

inline constexpr std::int64_t kImageChannelsMax = 1024;
// How far 255 times a float may be from a byte.
inline constexpr double kByteTolerance = 1e-3;

// Parses an archive of at most kDataFileBytesMax bytes, of it the first `images_max` images where
// given (the rest is then not looked at, and no checksum). The result has no name and no names of
// classes. Memory: the bytes of the images, held against UnpackedBytesMax before. Errors:
// InvalidArgument (no x, another shape or type of numbers, floats that are no bytes, y of another
// length), OutOfRange (no images, more than kImagesMax, sizes, labels), ResourceExhausted (more
// than kDataFileBytesMax of pixels, or packed too well), DataLoss (cut short, wrong sizes or
// checksum), Unimplemented (Fortran order, big-endian, Python objects; those of FindZipMember).
absl::StatusOr<Dataset> ParseNpz(std::string_view file, std::optional<std::int64_t> images_max);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_NPZ_H_
