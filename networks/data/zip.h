// SPDX-License-Identifier: Apache-2.0
// One member of a zip archive, read from the front: stored or deflated, 32 or 64 bit sizes. The
// archive's directory alone says what is where and how large; a member has exactly as many bytes as
// it says, with its checksum, or is DataLoss. Nothing is unpacked before it is asked for.
// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 6.3.9, sections 4.3 to 4.5.
#ifndef SPIKEMESH_NETWORKS_DATA_ZIP_H_
#define SPIKEMESH_NETWORKS_DATA_ZIP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

// Archives of arrays have a few members.
inline constexpr std::uint64_t kZipMembersMax = 10'000;

enum class ZipMethod : std::uint8_t { kStored, kDeflated };

struct ZipMember {
  std::string name;
  ZipMethod method = ZipMethod::kStored;
  std::uint32_t checksum = 0;  // CRC-32 of the content
  std::uint64_t bytes = 0;     // of the content
  std::string_view packed;     // in the archive
};

// The names of all members, in the directory's order, at most kZipMembersMax. Errors:
// InvalidArgument (no zip archive), DataLoss (the directory is not where its end says),
// ResourceExhausted (more members), Unimplemented (in several files).
absl::StatusOr<std::vector<std::string>> ListZipMembers(std::string_view archive);

// The member of this name, nothing where there is none. Errors: as above; InvalidArgument (two of
// this name); DataLoss (a part of it is beyond the archive, or its two headers differ);
// Unimplemented (encrypted, or packed in another way).
absl::StatusOr<std::optional<ZipMember>> FindZipMember(std::string_view archive,
                                                       std::string_view name);

class ZipReader {
 public:
  // The archive of `member` outlives the reader.
  explicit ZipReader(const ZipMember& member);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  // Fills `buffer` with the next bytes of the content and returns how many; fewer than asked for
  // only at its end. Whoever has read all of it has it with the right checksum. Errors: DataLoss
  // (corrupt, or not as many bytes as its size says).
  absl::StatusOr<std::size_t> Read(std::span<char> buffer);

 private:
  struct Inflater;  // zlib's state; its header stays in zip.cc
  absl::StatusOr<std::size_t> Inflate(std::span<char> buffer);
  absl::Status CheckEnd();

  ZipMember member_;
  std::unique_ptr<Inflater> inflater_;  // null for a stored member
  std::uint64_t read_ = 0;
  std::uint32_t checksum_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_ZIP_H_
