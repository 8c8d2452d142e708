// SPDX-License-Identifier: Apache-2.0
#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Temporaries in flight, for the signal handler: fixed storage, because a handler may not allocate.
struct TemporarySlot {
  std::atomic<bool> taken = false;
  std::atomic<bool> live = false;
  std::array<char, PATH_MAX> path = {};
};
constinit std::array<TemporarySlot, 8> temporary_slots;

TemporarySlot* TakeSlot(const std::string& path) {
  for (TemporarySlot& slot : temporary_slots) {
    bool free = false;
    if (path.size() < slot.path.size() && slot.taken.compare_exchange_strong(free, true)) {
      std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
      slot.live.store(true);
      return &slot;
    }
  }
  return nullptr;
}

void ReleaseSlot(TemporarySlot* slot) {
  if (slot != nullptr) {
    slot->live.store(false);
    slot->taken.store(false);
  }
}

// A write beyond the process's file size limit raises SIGXFSZ in the writing thread, which would
// end the program with the temporary file in place. While this lives the signal waits; one that has
// come is taken off, because the write reports EFBIG as well.
class FileSizeSignalHeld {
 public:
  FileSizeSignalHeld() {
    ::sigemptyset(&held_);
    ::sigaddset(&held_, SIGXFSZ);
    ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  FileSizeSignalHeld(const FileSizeSignalHeld&) = delete;
  FileSizeSignalHeld& operator=(const FileSizeSignalHeld&) = delete;
  ~FileSizeSignalHeld() {
    const timespec no_wait = {};
    while (::sigtimedwait(&held_, nullptr, &no_wait) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t held_ = {};
  sigset_t before_ = {};
};

absl::Status ErrnoStatus(int error, const std::string& path, std::string_view action) {
  const std::string message = Concat(path, ": cannot ", action, ": ", std::strerror(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EFBIG:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    case EISDIR:
      return absl::InvalidArgumentError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::Status WriteAll(int descriptor, const std::string& path,
                      std::span<const std::string_view> pieces) {
  const FileSizeSignalHeld held;
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const ssize_t written = ::write(descriptor, piece.data(), piece.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written < 0) {
        return ErrnoStatus(errno, path, "write");
      }
      piece.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  return absl::OkStatus();
}

absl::Status WriteToDevice(const std::string& path, std::span<const std::string_view> pieces) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return ErrnoStatus(errno, path, "open for writing");
  }
  absl::Status status = WriteAll(descriptor, path, pieces);
  if (::close(descriptor) != 0 && status.ok()) {
    status = ErrnoStatus(errno, path, "close");
  }
  return status;
}

// Writes, flushes and renames; the caller unlinks `temporary` on error.
absl::Status WriteAndRename(int descriptor, const std::string& temporary, const std::string& path,
                            std::span<const std::string_view> pieces) {
  absl::Status status = WriteAll(descriptor, path, pieces);
  if (status.ok() && ::fsync(descriptor) != 0) {
    status = ErrnoStatus(errno, path, "flush to disk");
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (status.ok() && ::fchmod(descriptor, 0666 & ~mask) != 0) {
    status = ErrnoStatus(errno, path, "set permissions");
  }
  if (::close(descriptor) != 0 && status.ok()) {
    status = ErrnoStatus(errno, path, "close");
  }
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    status = ErrnoStatus(errno, path, "rename into place");
  }
  return status;
}

// The size of the regular file behind `descriptor`.
absl::StatusOr<std::uint64_t> SizeOf(int descriptor, const std::string& path,
                                     std::uint64_t bytes_max) {
  struct stat info = {};
  if (::fstat(descriptor, &info) != 0) {
    return ErrnoStatus(errno, path, "inspect");
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(Concat(path, ": is a ",
                                             S_ISDIR(info.st_mode) ? "directory" : "pipe or device",
                                             ", a regular file is needed"));
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > bytes_max) {
    return absl::ResourceExhaustedError(
        Concat(path, ": ", size, " bytes, at most ", bytes_max, " are read"));
  }
  return size;
}

absl::Status ReadAll(int descriptor, const std::string& path, std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::read(descriptor, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return ErrnoStatus(errno, path, "read");
    }
    if (got == 0) {
      return absl::DataLossError(Concat(path, ": became shorter while it was read"));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return absl::OkStatus();
}

// Memory for a file of so many bytes.
using Allocate = std::function<absl::StatusOr<std::span<char>>(std::size_t)>;

absl::Status ReadDescriptor(int descriptor, const std::string& path, std::uint64_t bytes_max,
                            const Allocate& allocate) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::uint64_t size, SizeOf(descriptor, path, bytes_max));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::span<char> bytes, Annotate(allocate(size), path));
  return ReadAll(descriptor, path, bytes);
}

absl::Status ReadWhole(const std::string& path, std::uint64_t bytes_max, const Allocate& allocate) {
  // O_NONBLOCK: opening a pipe nobody writes to must not hang.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return ErrnoStatus(errno, path, "open");
  }
  absl::Status status = ReadDescriptor(descriptor, path, bytes_max, allocate);
  ::close(descriptor);
  return status;
}

}  // namespace

absl::Status WriteFileAtomically(const std::string& path,
                                 std::span<const std::string_view> pieces) {
  struct stat info = {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(Concat(path, ": is a directory, a file name is needed"));
  }
  if (exists && !S_ISREG(info.st_mode)) {
    return WriteToDevice(path, pieces);
  }
  std::string temporary = path + ".tmp.XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return ErrnoStatus(errno, path, "create");
  }
  TemporarySlot* slot = TakeSlot(temporary);
  absl::Status status = WriteAndRename(descriptor, temporary, path, pieces);
  if (!status.ok()) {
    ::unlink(temporary.c_str());
  }
  ReleaseSlot(slot);
  return status;
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) {
  return WriteFileAtomically(path, std::span(&bytes, 1));
}

absl::StatusOr<std::string> ReadFile(const std::string& path, std::uint64_t bytes_max) {
  std::string bytes;
  SPIKEMESH_RETURN_IF_ERROR(ReadWhole(path, bytes_max, [&](std::size_t size) {
    bytes.resize(size);
    return std::span<char>(bytes);
  }));
  return bytes;
}

absl::StatusOr<LargeBytes> ReadLargeFile(const std::string& path, std::uint64_t bytes_max) {
  LargeBytes bytes;
  const auto allocate = [&](std::size_t size) -> absl::StatusOr<std::span<char>> {
    SPIKEMESH_ASSIGN_OR_RETURN(bytes, LargeBytes::Create(size));
    return bytes.span();
  };
  SPIKEMESH_RETURN_IF_ERROR(ReadWhole(path, bytes_max, allocate));
  return bytes;
}

void RemoveTemporaryFiles() {
  for (TemporarySlot& slot : temporary_slots) {
    if (slot.live.load()) {
      ::unlink(slot.path.data());
    }
  }
}

}  // namespace spikemesh
