// SPDX-License-Identifier: Apache-2.0
// The data sets that can be downloaded: who made them, under which terms, where they are, and the
// checksums by which their files are known. A value, so that tests can describe sets of their own.
#ifndef SPIKEMESH_NETWORKS_DATA_CATALOGUE_H_
#define SPIKEMESH_NETWORKS_DATA_CATALOGUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "networks/data/digest.h"

namespace spikemesh {

// A file stored in the data set's folder.
struct StoredFile {
  std::string name;
  Digest digest;
};

// A file as it is downloaded: stored as it is, or a .tar.gz of which `members` are stored.
struct RemoteFile {
  std::string name;  // appended to a mirror's URL
  Digest digest;
  std::uint64_t bytes_max = 0;
  std::vector<StoredFile> members;  // empty: no archive
};

struct DatasetSource {
  std::string name;
  std::string title;
  std::string licence;
  std::vector<std::string> mirrors;  // URLs ending in "/", tried in this order for each file
  std::vector<RemoteFile> files;
};

// mnist, fashion-mnist, cifar10, in this order. `digits` is built in and not here.
std::vector<DatasetSource> DatasetCatalogue();

// The catalogue's entry. Errors: InvalidArgument (unknown name, or `digits`, which needs no
// download), listing the known ones.
absl::StatusOr<DatasetSource> FindDatasetSource(std::string_view name);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_CATALOGUE_H_
