// SPDX-License-Identifier: Apache-2.0
#include "apps/file_arguments.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

bool IsNamed(const FileArgument& argument) {
  return !argument.path.empty() && argument.path != kStandardOutput;
}

bool IsDevice(const std::string& path) {
  struct stat info = {};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

std::string Canonical(const std::string& path) {
  std::error_code error;
  const std::filesystem::path canonical =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  return error ? path : canonical.string();
}

// Whether both name one file, through links and relative paths too.
bool SameFile(const std::string& a, const std::string& b) {
  struct stat info_a = {};
  struct stat info_b = {};
  if (::stat(a.c_str(), &info_a) == 0 && ::stat(b.c_str(), &info_b) == 0) {
    return info_a.st_dev == info_b.st_dev && info_a.st_ino == info_b.st_ino;
  }
  return Canonical(a) == Canonical(b);
}

absl::Status CheckNotStandardOutput(const FileArgument& output) {
  if (output.path != kStandardOutput || output.flag == kStandardOutputFlag) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(Concat(output.flag, " -: only ", kStandardOutputFlag,
                                           " takes - for standard output; name a file, or "
                                           "/dev/stdout"));
}

absl::Status CheckCreatable(const FileArgument& output) {
  struct stat info = {};
  const std::string where = Concat(output.flag, " ", output.path);
  if (::stat(output.path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(Concat(where, ": is a directory, a file name is needed"));
  }
  if (IsDevice(output.path)) {
    return absl::OkStatus();
  }
  std::filesystem::path folder = std::filesystem::path(output.path).parent_path();
  if (folder.empty()) {
    folder = ".";
  }
  if (::stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::NotFoundError(Concat(where, ": there is no folder ", folder.string()));
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return absl::PermissionDeniedError(
        Concat(where, ": the folder ", folder.string(), " is not writable"));
  }
  return absl::OkStatus();
}

absl::Status CheckDistinct(const FileArgument& output, const FileArgument& other) {
  if (IsDevice(output.path) || !SameFile(output.path, other.path)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(Concat(output.flag, " ", output.path, ": is the file of ",
                                           other.flag, ", another file is needed"));
}

}  // namespace

absl::Status CheckOutputFiles(std::span<const FileArgument> inputs,
                              std::span<const FileArgument> outputs) {
  std::vector<FileArgument> taken;
  for (const FileArgument& input : inputs) {
    if (IsNamed(input)) {
      taken.push_back(input);
    }
  }
  for (const FileArgument& output : outputs) {
    SPIKEMESH_RETURN_IF_ERROR(CheckNotStandardOutput(output));
    if (!IsNamed(output)) {
      continue;
    }
    SPIKEMESH_RETURN_IF_ERROR(CheckCreatable(output));
    for (const FileArgument& other : taken) {
      SPIKEMESH_RETURN_IF_ERROR(CheckDistinct(output, other));
    }
    taken.push_back(output);
  }
  return absl::OkStatus();
}

std::string FileStem(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

}  // namespace spikemesh
