// SPDX-License-Identifier: Apache-2.0
// JPEG pictures, by libjpeg-turbo: grey, and colour as RGB; baseline or progressive. The decoder's
// accurate integer transform and smooth upsampling are used, as by Python's libraries. Orientation
// in metadata is not applied.
// libjpeg reports errors by a callback that must not return: it jumps over C frames and one of ours
// that has nothing to destroy. What a decoder needs lies in an object that outlives the jump.
// Source: ITU-T T.81 | ISO/IEC 10918-1; JFIF 1.02.
#ifndef SPIKEMESH_NETWORKS_DATA_JPEG_IMAGE_H_
#define SPIKEMESH_NETWORKS_DATA_JPEG_IMAGE_H_

#include <string_view>

#include "core/base/status.h"
#include "networks/data/picture.h"

namespace spikemesh {

// Each scan of a progressive picture costs a pass over it; encoders write about ten.
inline constexpr int kJpegScansMax = 64;

// Whether the bytes begin as every JPEG file does.
bool IsJpeg(std::string_view file);

// The shape that the header announces, read without decoding. Errors: DataLoss (no header, or a
// corrupt one), OutOfRange (sides), Unimplemented (CMYK and other spaces of colour).
absl::StatusOr<PictureShape> ReadJpegShape(std::string_view file);

// Decodes a file of at most kPictureFileBytesMax bytes. Memory: the pixels that its header
// announces, three times where it is progressive. Errors: as above; DataLoss (truncated or corrupt,
// also where the decoder could guess; more than kJpegScansMax scans).
absl::StatusOr<Picture> DecodeJpeg(std::string_view file);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_JPEG_IMAGE_H_
