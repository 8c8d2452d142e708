// SPDX-License-Identifier: Apache-2.0
// Reading whole files, and writing files that appear whole or not at all. A write goes to a
// temporary file in the same folder, is flushed to disk and renamed over the target; on any error,
// or on Ctrl-C through RemoveTemporaryFiles(), the temporary is removed and the old file stands.
// Where the target exists and is a character device or a pipe (/dev/stdout, /dev/full), the bytes
// are written straight to it: a device must never be replaced by a file.
#ifndef SPIKEMESH_CORE_BASE_ATOMIC_FILE_H_
#define SPIKEMESH_CORE_BASE_ATOMIC_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/large_bytes.h"
#include "core/base/status.h"

namespace spikemesh {

struct TemporarySlot;  // of the signal handler

// A file that is written piece by piece, whatever its size, and appears with Commit. One thread at
// a time. Errors of all: InvalidArgument (a directory), PermissionDenied, NotFound (no such
// folder), ResourceExhausted (disk full, file size limit), each with path and cause; the old
// content is then unchanged. Bytes for a device or a pipe are there as soon as they are written.
class OutputFile {
 public:
  static absl::StatusOr<OutputFile> Create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept { *this = std::move(other); }
  OutputFile& operator=(OutputFile&& other) noexcept;
  // Without a Commit, nothing was written.
  ~OutputFile() { Discard(); }

  // Gathers small pieces before it writes.
  absl::Status Append(std::string_view bytes);
  // Flushes to disk and puts the file in its place. Nothing may follow.
  absl::Status Commit();

 private:
  OutputFile() = default;
  absl::Status Write();
  void Discard();

  std::string path_;
  std::string temporary_;  // empty: `path_` itself is written to
  int descriptor_ = -1;    // -1: committed, or moved from
  TemporarySlot* slot_ = nullptr;
  std::string gathered_;
};

// Writes all of `pieces`, in order, as the new content of `path`. Errors: those of OutputFile.
absl::Status WriteFileAtomically(const std::string& path, std::span<const std::string_view> pieces);
absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes);

// The content of a regular file. Errors: NotFound, InvalidArgument (a directory, pipe or device),
// PermissionDenied, ResourceExhausted (larger than `bytes_max`), DataLoss (cut short by another
// program while it was read), Unavailable (the disk fails). Never blocks on a pipe.
absl::StatusOr<std::string> ReadFile(const std::string& path, std::uint64_t bytes_max);

// The first bytes of a regular file, at most `bytes_max`. Errors: as above, but for its size.
absl::StatusOr<std::string> ReadFileStart(const std::string& path, std::size_t bytes_max);

// The same as ReadFile for files of many megabytes, in memory that costs a fifth of the time and
// goes back to the system with the result. Read, not mapped: to cut a mapped file short (`cp` over
// it does) ends the reading program with SIGBUS, here it is DataLoss or goes unnoticed. Further
// errors: ResourceExhausted (no memory of that size).
absl::StatusOr<LargeBytes> ReadLargeFile(const std::string& path, std::uint64_t bytes_max);

// Unlinks every temporary file now being written. Async-signal-safe.
void RemoveTemporaryFiles();

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_ATOMIC_FILE_H_
