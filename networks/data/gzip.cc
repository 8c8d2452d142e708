// SPDX-License-Identifier: Apache-2.0
#include "networks/data/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "core/base/strings.h"
#include "networks/data/unpack_limit.h"

namespace spikemesh {
namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";
// 15: the largest window; 16: a gzip header and trailer are expected.
constexpr int kWindowBitsGzip = 15 + 16;

// What zlib may have decoded beyond the bytes handed out: less than one match of 258 bytes.
constexpr std::uint64_t kDecodedAheadMax = 258;

}  // namespace

struct ContentReader::GzipStream {
  explicit GzipStream(std::string_view file) {
    // zlib does not write to its input; its interface is older than const.
    z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(file.data()));
    z.avail_in = static_cast<uInt>(file.size());
    SPIKEMESH_CHECK(inflateInit2(&z, kWindowBitsGzip) == Z_OK);
  }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream() { inflateEnd(&z); }

  z_stream z = {};
};

ContentReader::ContentReader(std::string_view file) {
  SPIKEMESH_CHECK(file.size() <= kDataFileBytesMax);
  static_assert(kDataFileBytesMax <= UINT32_MAX, "z_stream counts its input in 32 bits");
  if (file.starts_with(kGzipMagic)) {
    stream_ = std::make_unique<GzipStream>(file);
  } else {
    rest_ = file;
  }
}

ContentReader::~ContentReader() = default;

absl::StatusOr<std::size_t> ContentReader::Read(std::span<char> buffer) {
  if (stream_ != nullptr) {
    return Inflate(buffer);
  }
  const std::size_t count = std::min(buffer.size(), rest_.size());
  std::copy_n(rest_.begin(), count, buffer.begin());
  rest_.remove_prefix(count);
  return count;
}

absl::StatusOr<std::size_t> ContentReader::Inflate(std::span<char> buffer) {
  z_stream& z = stream_->z;
  std::size_t filled = 0;
  while (filled < buffer.size() && !at_end_) {
    const std::size_t wanted = std::min(buffer.size() - filled, std::size_t{kDataFileBytesMax});
    z.next_out = reinterpret_cast<Bytef*>(buffer.data() + filled);
    z.avail_out = static_cast<uInt>(wanted);
    const int code = inflate(&z, Z_NO_FLUSH);
    filled += wanted - z.avail_out;
    const bool starved = code == Z_OK && z.avail_in == 0 && z.avail_out != 0;
    if (code == Z_STREAM_END) {
      SPIKEMESH_RETURN_IF_ERROR(BeginNextMember());
    } else if (code == Z_BUF_ERROR || starved) {
      return absl::DataLossError("the gzip data end too early");
    } else if (code != Z_OK) {
      return absl::DataLossError(
          Concat("corrupt gzip data: ", z.msg != nullptr ? z.msg : zError(code)));
    }
  }
  return filled;
}

absl::Status ContentReader::BeginNextMember() {
  z_stream& z = stream_->z;
  at_end_ = z.avail_in == 0;
  if (at_end_) {
    return absl::OkStatus();
  }
  const auto* next = reinterpret_cast<const char*>(z.next_in);
  if (!std::string_view(next, z.avail_in).starts_with(kGzipMagic)) {
    return absl::DataLossError(
        Concat(z.avail_in, " bytes after the end of the gzip data are no gzip data"));
  }
  SPIKEMESH_CHECK(inflateReset(&z) == Z_OK);
  return absl::OkStatus();
}

absl::Status ContentReader::CheckRest(std::uint64_t bytes) const {
  if (stream_ == nullptr && rest_.size() > bytes) {
    return absl::InvalidArgumentError(
        Concat("the header promises ", bytes, " more bytes, the file has ", rest_.size()));
  }
  const std::uint64_t bytes_max =
      stream_ == nullptr ? rest_.size() : stream_->z.avail_in * kDeflateRatioMax + kDecodedAheadMax;
  if (bytes_max < bytes) {
    return absl::DataLossError(Concat("the header promises ", bytes,
                                      " more bytes, the file can hold at most ", bytes_max));
  }
  return stream_ == nullptr ? absl::OkStatus()
                            : CheckUnpacked("the gzip data", stream_->z.avail_in, bytes);
}

absl::Status ContentReader::CheckEnd() {
  char next = 0;
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t count, Read(std::span(&next, 1)));
  if (count != 0) {
    return absl::InvalidArgumentError("the content goes on after the bytes its header promises");
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
