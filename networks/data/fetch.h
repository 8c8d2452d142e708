// SPDX-License-Identifier: Apache-2.0
// Downloads a data set into a folder. Each file is tried at each mirror in turn until its checksum
// is right, and stored whole or not at all; files that are there and right are kept.
#ifndef SPIKEMESH_NETWORKS_DATA_FETCH_H_
#define SPIKEMESH_NETWORKS_DATA_FETCH_H_

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "networks/data/catalogue.h"
#include "networks/data/http_get.h"

namespace spikemesh {

// Counts of stored files.
struct FetchResult {
  int files_kept = 0;     // there already, with the right checksum
  int files_fetched = 0;  // written now
  bool operator==(const FetchResult&) const = default;
};

// Fetches every file of `source` into `folder`, which is created where missing. `options.bytes_max`
// is ignored for the catalogue's bounds. Memory: one remote file, and one member of an archive.
// Errors: those of HttpGet and DataLoss (wrong checksum, damaged archive), with the reason of each
// mirror, Unavailable where the mirrors failed differently; those of WriteFileAtomically;
// InvalidArgument (the folder cannot be created). Files stored before an error stay.
absl::StatusOr<FetchResult> FetchDataset(const DatasetSource& source, const std::string& folder,
                                         const HttpGetOptions& options);

// The same for a data set of the catalogue. Errors also: InvalidArgument (unknown name).
absl::StatusOr<FetchResult> FetchDataset(std::string_view name, const std::string& folder,
                                         const HttpGetOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_FETCH_H_
