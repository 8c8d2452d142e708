// SPDX-License-Identifier: Apache-2.0
// Any bytes as a NumPy archive: a Status or images that fit together, within the memory that the
// archive's length allows.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "networks/data/npz.h"
#include "networks/data/unpack_limit.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<spikemesh::Dataset> set = spikemesh::ParseNpz(file, std::nullopt);
  if (set.ok()) {
    SPIKEMESH_CHECK(set->size() >= 1);
    SPIKEMESH_CHECK(std::ssize(set->pixels) == set->size() * set->image_bytes());
    SPIKEMESH_CHECK(set->pixels.size() <= spikemesh::UnpackedBytesMax(size));
    const absl::StatusOr<spikemesh::Dataset> first = spikemesh::ParseNpz(file, 1);
    SPIKEMESH_CHECK(first.ok() && first->size() == 1);
  }
  return 0;
}
