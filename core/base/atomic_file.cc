// SPDX-License-Identifier: Apache-2.0
#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <utility>

#include "core/base/strings.h"

namespace spikemesh {

// Temporaries in flight, for the signal handler: fixed storage, because a handler may not allocate.
struct TemporarySlot {
  std::atomic<bool> taken = false;
  std::atomic<bool> live = false;
  std::array<char, PATH_MAX> path = {};
};

namespace {

// Pieces are gathered up to this size.
constexpr std::size_t kGatheredBytesMax = std::size_t{256} * 1024;

constinit std::array<TemporarySlot, 16> temporary_slots;

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

absl::Status WriteAll(int descriptor, const std::string& path, std::string_view bytes) {
  const FileSizeSignalHeld held;
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return ErrnoStatus(errno, path, "write");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

// Makes a written temporary file durable and readable as any other.
absl::Status FlushToDisk(int descriptor, const std::string& path) {
  if (::fsync(descriptor) != 0) {
    return ErrnoStatus(errno, path, "flush to disk");
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::fchmod(descriptor, 0666 & ~mask) != 0) {
    return ErrnoStatus(errno, path, "set permissions");
  }
  return absl::OkStatus();
}

// The size of the regular file behind `descriptor`.
absl::StatusOr<std::uint64_t> SizeOf(int descriptor, const std::string& path) {
  struct stat info = {};
  if (::fstat(descriptor, &info) != 0) {
    return ErrnoStatus(errno, path, "inspect");
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(Concat(path, ": is a ",
                                             S_ISDIR(info.st_mode) ? "directory" : "pipe or device",
                                             ", a regular file is needed"));
  }
  return static_cast<std::uint64_t>(info.st_size);
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

// Memory for what is read of a file of so many bytes: for all of it, or for its beginning.
using Allocate = std::function<absl::StatusOr<std::span<char>>(std::uint64_t size)>;

absl::Status ReadDescriptor(int descriptor, const std::string& path, const Allocate& allocate) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::uint64_t size, SizeOf(descriptor, path));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::span<char> bytes, Annotate(allocate(size), path));
  return ReadAll(descriptor, path, bytes);
}

absl::Status ReadInto(const std::string& path, const Allocate& allocate) {
  // O_NONBLOCK: opening a pipe nobody writes to must not hang.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return ErrnoStatus(errno, path, "open");
  }
  absl::Status status = ReadDescriptor(descriptor, path, allocate);
  ::close(descriptor);
  return status;
}

absl::Status CheckSize(std::uint64_t size, std::uint64_t bytes_max) {
  if (size > bytes_max) {
    return absl::ResourceExhaustedError(Concat(size, " bytes, at most ", bytes_max, " are read"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OutputFile> OutputFile::Create(const std::string& path) {
  struct stat info = {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(Concat(path, ": is a directory, a file name is needed"));
  }
  OutputFile file;
  file.path_ = path;
  if (exists && !S_ISREG(info.st_mode)) {
    file.descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file.descriptor_ < 0) {
      return ErrnoStatus(errno, path, "open for writing");
    }
    return file;
  }
  file.temporary_ = path + ".tmp.XXXXXX";
  file.descriptor_ = ::mkostemp(file.temporary_.data(), O_CLOEXEC);
  if (file.descriptor_ < 0) {
    return ErrnoStatus(errno, path, "create");
  }
  file.slot_ = TakeSlot(file.temporary_);
  return file;
}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  if (this != &other) {
    Discard();
    path_ = std::move(other.path_);
    temporary_ = std::move(other.temporary_);
    descriptor_ = std::exchange(other.descriptor_, -1);
    slot_ = std::exchange(other.slot_, nullptr);
    gathered_ = std::move(other.gathered_);
  }
  return *this;
}

absl::Status OutputFile::Append(std::string_view bytes) {
  SPIKEMESH_CHECK(descriptor_ >= 0);
  if (gathered_.size() + bytes.size() > kGatheredBytesMax) {
    SPIKEMESH_RETURN_IF_ERROR(Write());
  }
  if (bytes.size() > kGatheredBytesMax) {
    return WriteAll(descriptor_, path_, bytes);
  }
  gathered_ += bytes;
  return absl::OkStatus();
}

absl::Status OutputFile::Write() {
  absl::Status status = WriteAll(descriptor_, path_, gathered_);
  gathered_.clear();
  return status;
}

absl::Status OutputFile::Commit() {
  SPIKEMESH_CHECK(descriptor_ >= 0);
  absl::Status status = Write();
  if (status.ok() && !temporary_.empty()) {
    status = FlushToDisk(descriptor_, path_);
  }
  if (::close(std::exchange(descriptor_, -1)) != 0 && status.ok()) {
    status = ErrnoStatus(errno, path_, "close");
  }
  if (temporary_.empty()) {
    return status;
  }
  if (status.ok() && ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    status = ErrnoStatus(errno, path_, "rename into place");
  }
  if (!status.ok()) {
    ::unlink(temporary_.c_str());
  }
  ReleaseSlot(std::exchange(slot_, nullptr));
  return status;
}

void OutputFile::Discard() {
  if (descriptor_ < 0) {
    return;
  }
  ::close(std::exchange(descriptor_, -1));
  if (!temporary_.empty()) {
    ::unlink(temporary_.c_str());
    ReleaseSlot(std::exchange(slot_, nullptr));
  }
}

absl::Status WriteFileAtomically(const std::string& path,
                                 std::span<const std::string_view> pieces) {
  SPIKEMESH_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  for (const std::string_view piece : pieces) {
    SPIKEMESH_RETURN_IF_ERROR(file.Append(piece));
  }
  return file.Commit();
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) {
  return WriteFileAtomically(path, std::span(&bytes, 1));
}

absl::StatusOr<std::string> ReadFile(const std::string& path, std::uint64_t bytes_max) {
  std::string bytes;
  const auto allocate = [&](std::uint64_t size) -> absl::StatusOr<std::span<char>> {
    SPIKEMESH_RETURN_IF_ERROR(CheckSize(size, bytes_max));
    bytes.resize(size);
    return std::span<char>(bytes);
  };
  SPIKEMESH_RETURN_IF_ERROR(ReadInto(path, allocate));
  return bytes;
}

absl::StatusOr<std::string> ReadFileStart(const std::string& path, std::size_t bytes_max) {
  std::string bytes;
  SPIKEMESH_RETURN_IF_ERROR(ReadInto(path, [&](std::uint64_t size) {
    bytes.resize(std::min<std::uint64_t>(size, bytes_max));
    return std::span<char>(bytes);
  }));
  return bytes;
}

absl::StatusOr<LargeBytes> ReadLargeFile(const std::string& path, std::uint64_t bytes_max) {
  LargeBytes bytes;
  const auto allocate = [&](std::uint64_t size) -> absl::StatusOr<std::span<char>> {
    SPIKEMESH_RETURN_IF_ERROR(CheckSize(size, bytes_max));
    SPIKEMESH_ASSIGN_OR_RETURN(bytes, LargeBytes::Create(size));
    return bytes.span();
  };
  SPIKEMESH_RETURN_IF_ERROR(ReadInto(path, allocate));
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
