// SPDX-License-Identifier: Apache-2.0
// Any bytes as a CIFAR-10 batch, plain or gzip: a Status, or as many images as labels, all of a
// class.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "networks/data/cifar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<spikemesh::CifarBatch> batch =
      spikemesh::ParseCifarBatch(file, std::nullopt);
  if (batch.ok()) {
    SPIKEMESH_CHECK(!batch->labels.empty());
    SPIKEMESH_CHECK(batch->pixels.size() == batch->labels.size() * spikemesh::kCifarImageBytes);
    for (const std::uint8_t label : batch->labels) {
      SPIKEMESH_CHECK(label < spikemesh::kCifarClasses);
    }
  }
  return 0;
}
