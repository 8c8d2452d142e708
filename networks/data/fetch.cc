// SPDX-License-Identifier: Apache-2.0
#include "networks/data/fetch.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "networks/data/gzip.h"
#include "networks/data/tar.h"

namespace spikemesh {
namespace {

std::vector<StoredFile> StoredFilesOf(const RemoteFile& remote) {
  if (remote.members.empty()) {
    return {{remote.name, remote.digest}};
  }
  return remote.members;
}

bool IsPresent(const std::string& folder, const StoredFile& file) {
  const absl::StatusOr<std::string> bytes = ReadFile(folder + "/" + file.name, kDataFileBytesMax);
  return bytes.ok() && file.digest.Matches(*bytes);
}

// The file from one mirror, its checksum verified.
absl::StatusOr<std::string> DownloadFrom(const std::string& url, const RemoteFile& remote,
                                         HttpGetOptions options) {
  options.bytes_max = remote.bytes_max;
  SPIKEMESH_ASSIGN_OR_RETURN(std::string bytes, HttpGet(url, options));
  const std::string found = DigestHex(remote.digest.kind, bytes);
  if (found != remote.digest.hex) {
    return absl::DataLossError(Concat(DigestKindName(remote.digest.kind), " of its ", bytes.size(),
                                      " bytes is ", found, ", must be ", remote.digest.hex));
  }
  return bytes;
}

// The file from the first mirror that has it.
absl::StatusOr<std::string> Download(const DatasetSource& source, const RemoteFile& remote,
                                     const HttpGetOptions& options) {
  SPIKEMESH_CHECK(!source.mirrors.empty());
  std::string reasons;
  std::vector<absl::StatusCode> codes;
  for (const std::string& mirror : source.mirrors) {
    const std::string url = mirror + remote.name;
    absl::StatusOr<std::string> bytes = DownloadFrom(url, remote, options);
    if (bytes.ok()) {
      return bytes;
    }
    const absl::Status failure = Annotate(bytes.status(), url);
    codes.push_back(failure.code());
    reasons += Concat(reasons.empty() ? "" : "; ", failure.message());
  }
  const bool one_cause = std::count(codes.begin(), codes.end(), codes.front()) == std::ssize(codes);
  return absl::Status(
      one_cause ? codes.front() : absl::StatusCode::kUnavailable,
      Concat("dataset \"", source.name, "\": cannot download ", remote.name, ": ", reasons));
}

absl::Status Store(const RemoteFile& remote, const std::string& bytes, const std::string& folder) {
  if (remote.members.empty()) {
    return WriteFileAtomically(folder + "/" + remote.name, bytes);
  }
  std::vector<std::string> names;
  for (const StoredFile& member : remote.members) {
    names.push_back(member.name);
  }
  const TarVisit write = [&folder](const std::string& name, std::string_view content) {
    return WriteFileAtomically(folder + "/" + name, content);
  };
  return Annotate(VisitTarMembers(bytes, names, TarLimits(), write), remote.name);
}

absl::Status CreateFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InvalidArgumentError(
        Concat(folder, ": cannot create the folder: ", error.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FetchResult> FetchDataset(const DatasetSource& source, const std::string& folder,
                                         const HttpGetOptions& options) {
  SPIKEMESH_RETURN_IF_ERROR(CreateFolder(folder));
  FetchResult result;
  for (const RemoteFile& remote : source.files) {
    const std::vector<StoredFile> stored = StoredFilesOf(remote);
    const bool present = std::all_of(stored.begin(), stored.end(), [&](const StoredFile& file) {
      return IsPresent(folder, file);
    });
    if (!present) {
      SPIKEMESH_ASSIGN_OR_RETURN(const std::string bytes, Download(source, remote, options));
      SPIKEMESH_RETURN_IF_ERROR(Store(remote, bytes, folder));
    }
    (present ? result.files_kept : result.files_fetched) += static_cast<int>(stored.size());
  }
  return result;
}

absl::StatusOr<FetchResult> FetchDataset(std::string_view name, const std::string& folder,
                                         const HttpGetOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const DatasetSource source, FindDatasetSource(name));
  return FetchDataset(source, folder, options);
}

}  // namespace spikemesh
