// SPDX-License-Identifier: Apache-2.0
// PNG pictures, by libpng. Grey of 1 to 8 bits and RGB of 8, palettes as the RGB that they stand
// for, interlaced or not; an alpha channel where all of it is opaque. Bytes are taken as they are
// stored: gamma and colour profiles are not applied, as Python's libraries do.
// libpng reports errors by longjmp: it jumps over C frames and one of ours that has nothing to
// destroy. What a decoder needs lies in an object that outlives the jump.
// Source: W3C, "Portable Network Graphics (PNG) Specification (Second Edition)", 2003.
#ifndef SPIKEMESH_NETWORKS_DATA_PNG_IMAGE_H_
#define SPIKEMESH_NETWORKS_DATA_PNG_IMAGE_H_

#include <string_view>

#include "core/base/status.h"
#include "networks/data/picture.h"

namespace spikemesh {

// Whether the bytes begin as every PNG file does.
bool IsPng(std::string_view file);

// The shape that the header announces, read without decoding. Errors: DataLoss (no header, or a
// corrupt one), OutOfRange (sides), Unimplemented (16 bits a sample).
absl::StatusOr<PictureShape> ReadPngShape(std::string_view file);

// Decodes a file of at most kPictureFileBytesMax bytes. Memory: twice the pixels that its header
// announces. Errors: as above; DataLoss (truncated or corrupt), Unimplemented (pixels that are not
// opaque).
absl::StatusOr<Picture> DecodePng(std::string_view file);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_PNG_IMAGE_H_
