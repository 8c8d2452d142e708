// SPDX-License-Identifier: Apache-2.0
// Any bytes as a PNG and as a JPEG file: a Status or as many pixels as the header announced.
// Pictures that announce more than the folder's reader would decode are left alone, as there.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "networks/data/jpeg_image.h"
#include "networks/data/png_image.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kPixelBytesMax = 1 << 20;

void Check(const absl::StatusOr<PictureShape>& shape, std::string_view file,
           absl::StatusOr<Picture> (*decode)(std::string_view)) {
  if (shape.ok() && shape->bytes() > kPixelBytesMax) {
    return;
  }
  const absl::StatusOr<Picture> picture = decode(file);
  SPIKEMESH_CHECK(shape.ok() || !picture.ok());
  if (picture.ok()) {
    SPIKEMESH_CHECK(picture->shape == *shape);
    SPIKEMESH_CHECK(static_cast<std::int64_t>(picture->pixels.size()) == shape->bytes());
  }
}

}  // namespace
}  // namespace spikemesh

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  spikemesh::Check(spikemesh::ReadPngShape(file), file, spikemesh::DecodePng);
  spikemesh::Check(spikemesh::ReadJpegShape(file), file, spikemesh::DecodeJpeg);
  return 0;
}
