// SPDX-License-Identifier: Apache-2.0
// The content of a file that is either plain or gzip, told apart by its first two bytes, read from
// the front. The caller says how much it wants, so a file that unpacks to more than its format
// promises ("gzip bomb") costs no memory: nothing is unpacked before it is asked for.
// Method: zlib over the file's bytes in memory; concatenated gzip members read as one content.
#ifndef SPIKEMESH_NETWORKS_DATA_GZIP_H_
#define SPIKEMESH_NETWORKS_DATA_GZIP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

// The most bytes of any data file that is read, packed or not. The largest known relative, EMNIST
// ByClass, has 0.55 GB of images.
inline constexpr std::uint64_t kDataFileBytesMax = std::uint64_t{1} << 30;

// Deflate cannot pack better than 1,032 to 1 (zlib's technical notes: 258 bytes in 2 bits), so a
// header that promises more is wrong before anything is unpacked.
inline constexpr std::uint64_t kDeflateRatioMax = 1032;

class ContentReader {
 public:
  // `file` holds at most kDataFileBytesMax bytes and outlives the reader.
  explicit ContentReader(std::string_view file);
  ~ContentReader();
  ContentReader(const ContentReader&) = delete;
  ContentReader& operator=(const ContentReader&) = delete;

  // Fills `buffer` with the next bytes of the content and returns how many; fewer than asked for
  // only at its end. At the end of a gzip file its checksum and length have been verified. Errors:
  // DataLoss (gzip truncated or corrupt).
  absl::StatusOr<std::size_t> Read(std::span<char> buffer);

  // Checks, without unpacking, that the rest of the content can hold `bytes`: exactly as many in a
  // plain file; in a gzip file at least as many as the best packing allows, and within
  // UnpackedBytesMax. Errors: DataLoss (too few), InvalidArgument (too many), ResourceExhausted.
  absl::Status CheckRest(std::uint64_t bytes) const;

  // Checks that the content ends here. Errors: InvalidArgument (it goes on), DataLoss.
  absl::Status CheckEnd();

 private:
  struct GzipStream;  // zlib's state; its header stays in gzip.cc
  absl::StatusOr<std::size_t> Inflate(std::span<char> buffer);
  absl::Status BeginNextMember();

  std::string_view rest_;               // of a plain file
  std::unique_ptr<GzipStream> stream_;  // null for a plain file
  bool at_end_ = false;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_GZIP_H_
