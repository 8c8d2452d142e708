// SPDX-License-Identifier: Apache-2.0
// Takes named files out of a .tar.gz (or .tar): ustar headers of 512 bytes, each followed by the
// content padded to 512. Only what is asked for is kept in memory, one file at a time; paths are
// never followed, so an archive cannot write anywhere by itself.
// Source: POSIX.1-2017, pax, section "ustar Interchange Format".
#ifndef SPIKEMESH_NETWORKS_DATA_TAR_H_
#define SPIKEMESH_NETWORKS_DATA_TAR_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

struct TarLimits {
  std::uint64_t member_bytes_max = std::uint64_t{1} << 26;   // of a file asked for
  std::uint64_t content_bytes_max = std::uint64_t{1} << 30;  // of the unpacked archive
};

using TarVisit = std::function<absl::Status(const std::string& name, std::string_view content)>;

// Calls `visit` for each regular file of `archive` (at most kDataFileBytesMax bytes) whose path
// ends in one of `names` after the last '/', in the archive's order, and stops when all were seen.
// Errors: DataLoss (truncated, wrong header checksum, a name missing), ResourceExhausted (a limit),
// and those of `visit`.
absl::Status VisitTarMembers(std::string_view archive, std::span<const std::string> names,
                             const TarLimits& limits, const TarVisit& visit);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_TAR_H_
