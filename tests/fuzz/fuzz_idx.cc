// SPDX-License-Identifier: Apache-2.0
// Any bytes as an IDX image file and as a label file, plain or gzip: a Status or values that fit
// together, within the memory that the header promises and the file's length allows.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "networks/data/idx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<spikemesh::IdxImages> images = spikemesh::ParseIdxImages(file, std::nullopt);
  if (images.ok()) {
    const std::int64_t pixels = images->images_in_file * images->height * images->width;
    SPIKEMESH_CHECK(std::ssize(images->pixels) == pixels);
    const auto first = spikemesh::ParseIdxImages(file, 1);
    SPIKEMESH_CHECK(first.ok() && first->images_in_file == images->images_in_file);
  }
  const absl::StatusOr<spikemesh::IdxLabels> labels =
      spikemesh::ParseIdxLabels(file, std::nullopt, 10);
  if (labels.ok()) {
    SPIKEMESH_CHECK(std::ssize(labels->labels) == labels->labels_in_file);
    for (const std::uint8_t label : labels->labels) {
      SPIKEMESH_CHECK(label < 10);
    }
  }
  return 0;
}
