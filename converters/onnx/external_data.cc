// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/external_data.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

namespace fs = std::filesystem;

// A file descriptor that closes itself.
class OpenFile {
 public:
  // Never blocks on a pipe.
  explicit OpenFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

absl::Status SystemError(int error, const std::string& where) {
  const std::string message = Concat(where, ": ", std::generic_category().message(error));
  if (error == ENOENT || error == ENOTDIR) {
    return absl::NotFoundError(message);
  }
  if (error == EACCES || error == EPERM) {
    return absl::PermissionDeniedError(message);
  }
  return absl::InvalidArgumentError(message);
}

absl::StatusOr<fs::path> Canonical(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::canonical(path, error);
  if (error) {
    return SystemError(error.value(), Concat("external data \"", path.string(), "\""));
  }
  return result;
}

// The real path of `location` inside `folder`.
absl::StatusOr<fs::path> ResolveInside(const std::string& location, const std::string& folder) {
  const fs::path relative(location);
  const bool climbs = std::find(relative.begin(), relative.end(), "..") != relative.end();
  const bool has_nul = location.find('\0') != std::string::npos;
  if (location.empty() || relative.is_absolute() || climbs || has_nul) {
    return absl::InvalidArgumentError(
        Concat("external data lies at \"", location,
               "\"; allowed: a path relative to the model's folder, without \"..\""));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const fs::path root, Canonical(folder));
  SPIKEMESH_ASSIGN_OR_RETURN(fs::path file, Canonical(root / relative));
  const auto [root_end, ignored] =
      std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  if (root_end != root.end()) {
    return absl::InvalidArgumentError(
        Concat("external data \"", location, "\" is a link to ", file.string(),
               ", outside the model's folder; allowed: files inside ", root.string()));
  }
  return file;
}

absl::StatusOr<std::string> ReadAt(int descriptor, std::int64_t offset, std::uint64_t size,
                                   const std::string& where) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(descriptor, bytes.data() + done, size - done,
                                  offset + static_cast<std::int64_t>(done));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return absl::DataLossError(Concat(where, ": could not be read to its end"));
    }
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> ReadExternalData(const OnnxExternalData& data, std::uint64_t size,
                                             const std::string& folder) {
  if (folder.empty()) {
    return absl::FailedPreconditionError(
        Concat("external data \"", data.location, "\" is in a file, but the model is not"));
  }
  if (data.length.has_value() && static_cast<std::uint64_t>(*data.length) != size) {
    return absl::InvalidArgumentError(Concat("external data \"", data.location, "\": length is ",
                                             *data.length, "; its shape asks for ", size));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const fs::path path, ResolveInside(data.location, folder));
  const std::string where = Concat("external data \"", path.string(), "\"");
  const OpenFile file(path.string());
  struct stat status = {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &status) != 0) {
    return SystemError(errno, where);
  }
  if (!S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(Concat(where, " is not a regular file"));
  }
  if (data.offset > status.st_size ||
      size > static_cast<std::uint64_t>(status.st_size - data.offset)) {
    return absl::InvalidArgumentError(Concat(where, ": offset ", data.offset, " and ", size,
                                             " bytes; the file has ", status.st_size, " bytes"));
  }
  return ReadAt(file.descriptor(), data.offset, size, where);
}

}  // namespace spikemesh
