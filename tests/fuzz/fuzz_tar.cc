// SPDX-License-Identifier: Apache-2.0
// Any bytes as a .tar or .tar.gz: a Status, or every file asked for, within the limits.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "networks/data/tar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view archive(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> names = {"a.bin", "b.bin"};
  constexpr spikemesh::TarLimits kLimits = {.member_bytes_max = 1 << 20,
                                            .content_bytes_max = 1 << 24};
  std::size_t visited = 0;
  const absl::Status status = spikemesh::VisitTarMembers(
      archive, names, kLimits, [&](const std::string& name, std::string_view content) {
        SPIKEMESH_CHECK(name == names[0] || name == names[1]);
        SPIKEMESH_CHECK(content.size() <= kLimits.member_bytes_max);
        ++visited;
        return absl::OkStatus();
      });
  SPIKEMESH_CHECK(!status.ok() || visited == names.size());
  return 0;
}
