// SPDX-License-Identifier: Apache-2.0
#include "networks/data/zip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::string_view kLocalMagic = "PK\x03\x04";
constexpr std::string_view kEntryMagic = "PK\x01\x02";
constexpr std::string_view kEndMagic = "PK\x05\x06";
constexpr std::string_view kEnd64Magic = "PK\x06\x06";
constexpr std::string_view kLocatorMagic = "PK\x06\x07";
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kCommentBytesMax = 65'535;
constexpr std::uint64_t kSaturated16 = 0xFFFF;
constexpr std::uint64_t kSaturated32 = 0xFFFF'FFFF;
constexpr std::uint64_t kEncryptedFlag = 1;
constexpr std::uint64_t kExtra64 = 1;
constexpr int kWindowBitsRaw = -15;  // deflate without a header, the largest window

// The little-endian number of `bytes` bytes at `at`, all within `text`.
std::uint64_t Number(std::string_view text, std::size_t at, std::size_t bytes) {
  SPIKEMESH_CHECK(at + bytes <= text.size());
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    number |= std::uint64_t{static_cast<std::uint8_t>(text[at + i])} << (8 * i);
  }
  return number;
}

// Whether `text` has `count` bytes from `at` on.
bool Holds(std::string_view text, std::uint64_t at, std::uint64_t count) {
  return at <= text.size() && count <= text.size() - at;
}

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("the zip archive is damaged: ", what));
}

struct Directory {
  std::uint64_t members = 0;
  std::string_view entries;
  std::uint64_t begin = 0;  // of the entries, in the archive: members end before it
};

// Where the record that ends an archive begins. It is the last whose comment ends the file.
std::optional<std::size_t> FindEnd(std::string_view archive) {
  if (archive.size() < kEndBytes) {
    return std::nullopt;
  }
  const std::size_t last = archive.size() - kEndBytes;
  const std::size_t first = last - std::min(last, kCommentBytesMax);
  for (std::size_t at = last + 1; at-- > first;) {
    if (archive.substr(at).starts_with(kEndMagic) && Number(archive, at + 20, 2) == last - at) {
      return at;
    }
  }
  return std::nullopt;
}

// The 64-bit record that stands for the one at `end`; its sizes replace those of `end`.
absl::StatusOr<std::size_t> FindEnd64(std::string_view archive, std::size_t end) {
  if (end < kLocatorBytes || !archive.substr(end - kLocatorBytes).starts_with(kLocatorMagic)) {
    return Damaged("no locator of the 64-bit directory");
  }
  const std::uint64_t at = Number(archive, end - kLocatorBytes + 8, 8);
  if (!Holds(archive, at, kEnd64Bytes) || !archive.substr(at).starts_with(kEnd64Magic)) {
    return Damaged("no 64-bit directory where its locator says");
  }
  return static_cast<std::size_t>(at);
}

absl::StatusOr<Directory> FindDirectory(std::string_view archive) {
  const std::optional<std::size_t> end = FindEnd(archive);
  if (!end) {
    return absl::InvalidArgumentError("no zip archive, or one that was cut short");
  }
  Directory directory;
  std::uint64_t disk = Number(archive, *end + 4, 2);
  directory.members = Number(archive, *end + 10, 2);
  std::uint64_t bytes = Number(archive, *end + 12, 4);
  directory.begin = Number(archive, *end + 16, 4);
  std::uint64_t limit = *end;
  if (directory.members == kSaturated16 || bytes == kSaturated32 ||
      directory.begin == kSaturated32) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t wide, FindEnd64(archive, *end));
    disk = Number(archive, wide + 16, 4);
    directory.members = Number(archive, wide + 32, 8);
    bytes = Number(archive, wide + 40, 8);
    directory.begin = Number(archive, wide + 48, 8);
    limit = wide;
  }
  if (disk != 0) {
    return absl::UnimplementedError("the zip archive is spread over several files, allowed: one");
  }
  if (directory.members > kZipMembersMax) {
    return absl::ResourceExhaustedError(
        Concat("the zip archive has ", directory.members, " members, allowed: ", kZipMembersMax));
  }
  if (!Holds(archive.substr(0, limit), directory.begin, bytes)) {
    return Damaged("its directory is not where its end says");
  }
  directory.entries = archive.substr(directory.begin, bytes);
  return directory;
}

// An entry of the directory, as it stands there.
struct Entry {
  std::string_view name;
  std::uint64_t flags = 0;
  std::uint64_t method = 0;
  std::uint32_t checksum = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;
};

// Takes the sizes that do not fit 32 bits from the extra field.
absl::Status TakeWideSizes(std::string_view extra, Entry& entry) {
  std::string_view wide;
  while (extra.size() >= 4) {
    const std::uint64_t bytes = Number(extra, 2, 2);
    if (!Holds(extra, 4, bytes)) {
      return Damaged("an extra field is longer than its place");
    }
    if (Number(extra, 0, 2) == kExtra64) {
      wide = extra.substr(4, bytes);
    }
    extra.remove_prefix(4 + bytes);
  }
  for (std::uint64_t* const size : {&entry.bytes, &entry.packed_bytes, &entry.offset}) {
    if (*size != kSaturated32) {
      continue;
    }
    if (wide.size() < 8) {
      return Damaged("a 64-bit size is missing");
    }
    *size = Number(wide, 0, 8);
    wide.remove_prefix(8);
  }
  return absl::OkStatus();
}

// Takes the next entry off `entries`.
absl::StatusOr<Entry> TakeEntry(std::string_view& entries) {
  if (!entries.starts_with(kEntryMagic) || entries.size() < kEntryBytes) {
    return Damaged("its directory ends too early");
  }
  Entry entry{.name = {},
              .flags = Number(entries, 8, 2),
              .method = Number(entries, 10, 2),
              .checksum = static_cast<std::uint32_t>(Number(entries, 16, 4)),
              .packed_bytes = Number(entries, 20, 4),
              .bytes = Number(entries, 24, 4),
              .offset = Number(entries, 42, 4)};
  const std::uint64_t name_bytes = Number(entries, 28, 2);
  const std::uint64_t extra_bytes = Number(entries, 30, 2);
  const std::uint64_t comment_bytes = Number(entries, 32, 2);
  if (!Holds(entries, kEntryBytes, name_bytes + extra_bytes + comment_bytes)) {
    return Damaged("its directory ends too early");
  }
  entry.name = entries.substr(kEntryBytes, name_bytes);
  SPIKEMESH_RETURN_IF_ERROR(
      TakeWideSizes(entries.substr(kEntryBytes + name_bytes, extra_bytes), entry));
  entries.remove_prefix(kEntryBytes + name_bytes + extra_bytes + comment_bytes);
  return entry;
}

absl::StatusOr<std::vector<Entry>> ReadEntries(const Directory& directory) {
  std::string_view rest = directory.entries;
  std::vector<Entry> entries;
  for (std::uint64_t member = 0; member < directory.members; ++member) {
    SPIKEMESH_ASSIGN_OR_RETURN(const Entry entry, TakeEntry(rest));
    entries.push_back(entry);
  }
  return entries;
}

absl::StatusOr<ZipMethod> MethodOf(const Entry& entry) {
  if ((entry.flags & kEncryptedFlag) != 0) {
    return absl::UnimplementedError("the member is encrypted, allowed: in the clear");
  }
  if (entry.method == 0) {
    return ZipMethod::kStored;
  }
  if (entry.method == 8) {
    return ZipMethod::kDeflated;
  }
  return absl::UnimplementedError(Concat("the member is packed by method ", entry.method,
                                         ", allowed: 0 (stored) and 8 (deflated)"));
}

absl::StatusOr<ZipMember> MemberOf(std::string_view archive, const Entry& entry) {
  ZipMember member{.name = std::string(entry.name),
                   .method = ZipMethod::kStored,
                   .checksum = entry.checksum,
                   .bytes = entry.bytes,
                   .packed = {}};
  SPIKEMESH_ASSIGN_OR_RETURN(member.method, MethodOf(entry));
  if (!Holds(archive, entry.offset, kLocalBytes) ||
      !archive.substr(entry.offset).starts_with(kLocalMagic)) {
    return Damaged("the member is not where its directory says");
  }
  const std::string_view local = archive.substr(entry.offset);
  const std::uint64_t name_bytes = Number(local, 26, 2);
  const std::uint64_t begin = kLocalBytes + name_bytes + Number(local, 28, 2);
  if (!Holds(local, begin, entry.packed_bytes)) {
    return absl::DataLossError(Concat("the directory promises ", entry.packed_bytes,
                                      " packed bytes, the archive has fewer"));
  }
  if (local.substr(kLocalBytes, name_bytes) != entry.name || Number(local, 8, 2) != entry.method) {
    return Damaged("the member's two headers differ");
  }
  if (member.method == ZipMethod::kStored && entry.packed_bytes != entry.bytes) {
    return Damaged("a stored member has two sizes");
  }
  member.packed = local.substr(begin, entry.packed_bytes);
  return member;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ListZipMembers(std::string_view archive) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Directory directory, FindDirectory(archive));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<Entry> entries, ReadEntries(directory));
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const Entry& entry : entries) {
    names.emplace_back(entry.name);
  }
  return names;
}

absl::StatusOr<std::optional<ZipMember>> FindZipMember(std::string_view archive,
                                                       std::string_view name) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Directory directory, FindDirectory(archive));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<Entry> entries, ReadEntries(directory));
  const auto named = [name](const Entry& entry) { return entry.name == name; };
  const auto found = std::ranges::find_if(entries, named);
  if (found == entries.end()) {
    return std::optional<ZipMember>();
  }
  if (std::ranges::count_if(entries, named) > 1) {
    return absl::InvalidArgumentError(
        Concat("the zip archive has several members of the name ", name, ", allowed: one"));
  }
  // Members lie before the directory.
  SPIKEMESH_ASSIGN_OR_RETURN(ZipMember member,
                             Annotate(MemberOf(archive.substr(0, directory.begin), *found), name));
  return std::optional<ZipMember>(std::move(member));
}

struct ZipReader::Inflater {
  explicit Inflater(std::string_view packed) {
    // zlib does not write to its input; its interface is older than const.
    z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    z.avail_in = static_cast<uInt>(packed.size());
    SPIKEMESH_CHECK(inflateInit2(&z, kWindowBitsRaw) == Z_OK);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&z); }

  z_stream z = {};
  bool at_end = false;
};

ZipReader::ZipReader(const ZipMember& member) : member_(member) {
  SPIKEMESH_CHECK(member.packed.size() <= std::numeric_limits<uInt>::max());
  if (member.method == ZipMethod::kDeflated) {
    inflater_ = std::make_unique<Inflater>(member.packed);
  }
}

ZipReader::~ZipReader() = default;

absl::StatusOr<std::size_t> ZipReader::Read(std::span<char> buffer) {
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), member_.bytes - read_));
  if (inflater_ != nullptr) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t count, Inflate(buffer.first(wanted)));
    if (count != wanted) {
      return absl::DataLossError(Concat(member_.name, ": the content ends after ", read_ + count,
                                        " of ", member_.bytes, " bytes"));
    }
  } else {
    std::ranges::copy(member_.packed.substr(read_, wanted), buffer.begin());
  }
  read_ += wanted;
  checksum_ = static_cast<std::uint32_t>(
      crc32_z(checksum_, reinterpret_cast<const Bytef*>(buffer.data()), wanted));
  if (read_ == member_.bytes) {
    SPIKEMESH_RETURN_IF_ERROR(CheckEnd());
  }
  return wanted;
}

absl::StatusOr<std::size_t> ZipReader::Inflate(std::span<char> buffer) {
  z_stream& z = inflater_->z;
  std::size_t filled = 0;
  while (filled < buffer.size() && !inflater_->at_end) {
    const std::size_t wanted =
        std::min<std::size_t>(buffer.size() - filled, std::numeric_limits<uInt>::max());
    z.next_out = reinterpret_cast<Bytef*>(buffer.data() + filled);
    z.avail_out = static_cast<uInt>(wanted);
    const int code = inflate(&z, Z_NO_FLUSH);
    filled += wanted - z.avail_out;
    inflater_->at_end = code == Z_STREAM_END;
    if (code == Z_BUF_ERROR || (code == Z_OK && z.avail_in == 0 && z.avail_out != 0)) {
      break;
    }
    if (code != Z_OK && code != Z_STREAM_END) {
      return absl::DataLossError(Concat(member_.name, ": the deflated bytes are corrupt"));
    }
  }
  return filled;
}

// All that was promised is there: it must be all there is, and the right bytes.
absl::Status ZipReader::CheckEnd() {
  if (inflater_ != nullptr) {
    std::array<char, 1> more = {};
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t count, Inflate(more));
    if (count != 0 || !inflater_->at_end) {
      return absl::DataLossError(Concat(member_.name, ": the content goes on after the ",
                                        member_.bytes, " bytes that the directory promises"));
    }
  }
  if (checksum_ != member_.checksum) {
    return absl::DataLossError(Concat(member_.name, ": the checksum is wrong"));
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
