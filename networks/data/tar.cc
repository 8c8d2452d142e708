// SPDX-License-Identifier: Apache-2.0
#include "networks/data/tar.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/strings.h"
#include "networks/data/gzip.h"

namespace spikemesh {
namespace {

constexpr std::size_t kBlockBytes = 512;
using Block = std::array<char, kBlockBytes>;

struct Field {
  std::size_t offset;
  std::size_t bytes;
};
constexpr Field kName = {0, 100};
constexpr Field kSize = {124, 12};
constexpr Field kChecksum = {148, 8};
constexpr std::size_t kTypeOffset = 156;

std::string_view TextOf(const Block& block, Field field) {
  const std::string_view text(block.data() + field.offset, field.bytes);
  return text.substr(0, text.find('\0'));
}

// An octal number, blanks around it.
absl::StatusOr<std::uint64_t> OctalOf(const Block& block, Field field, std::string_view what) {
  std::string_view text = TextOf(block, field);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  text = text.substr(0, text.find(' '));
  std::uint64_t value = 0;  // 12 octal digits are 36 bits
  for (const char digit : text) {
    if (digit < '0' || digit > '7') {
      return absl::DataLossError(Concat("tar header: ", what, " is no octal number"));
    }
    value = value * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

// The sum of the header's bytes, those of the checksum itself taken as blanks.
absl::Status CheckHeader(const Block& block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool own = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.bytes;
    sum += own ? std::uint64_t{' '} : static_cast<std::uint8_t>(block[i]);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::uint64_t stored, OctalOf(block, kChecksum, "checksum"));
  if (stored != sum) {
    return absl::DataLossError(
        Concat("tar header: checksum ", stored, " found, its bytes give ", sum));
  }
  return absl::OkStatus();
}

absl::Status ReadFully(ContentReader& reader, std::span<char> buffer) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t count, reader.Read(buffer));
  if (count != buffer.size()) {
    return absl::DataLossError("the tar archive ends too early");
  }
  return absl::OkStatus();
}

absl::Status Skip(ContentReader& reader, std::uint64_t bytes) {
  std::array<char, 64 * kBlockBytes> scratch;
  while (bytes > 0) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, scratch.size()));
    SPIKEMESH_RETURN_IF_ERROR(ReadFully(reader, std::span(scratch).first(step)));
    bytes -= step;
  }
  return absl::OkStatus();
}

absl::Status VisitMember(ContentReader& reader, const std::string& name, std::uint64_t bytes,
                         const TarLimits& limits, const TarVisit& visit) {
  if (bytes > limits.member_bytes_max) {
    return absl::ResourceExhaustedError(
        Concat(name, " has ", bytes, " bytes, allowed: ", limits.member_bytes_max));
  }
  std::string content(static_cast<std::size_t>(bytes), '\0');
  SPIKEMESH_RETURN_IF_ERROR(ReadFully(reader, content));
  return visit(name, content);
}

}  // namespace

absl::Status VisitTarMembers(std::string_view archive, std::span<const std::string> names,
                             const TarLimits& limits, const TarVisit& visit) {
  ContentReader reader(archive);
  std::set<std::string, std::less<>> missing(names.begin(), names.end());
  std::uint64_t content_bytes = 0;
  while (!missing.empty()) {
    Block header;
    SPIKEMESH_RETURN_IF_ERROR(ReadFully(reader, header));
    if (header[kName.offset] == '\0') {  // the blocks of zeros at the end
      return absl::DataLossError(Concat("the tar archive has no ", *missing.begin()));
    }
    SPIKEMESH_RETURN_IF_ERROR(CheckHeader(header));
    SPIKEMESH_ASSIGN_OR_RETURN(const std::uint64_t bytes, OctalOf(header, kSize, "size"));
    const std::uint64_t padding = (kBlockBytes - bytes % kBlockBytes) % kBlockBytes;
    content_bytes += kBlockBytes + bytes + padding;
    if (content_bytes > limits.content_bytes_max) {
      return absl::ResourceExhaustedError(
          Concat("the tar archive unpacks to more than ", limits.content_bytes_max, " bytes"));
    }
    const std::string_view path = TextOf(header, kName);
    const auto wanted = missing.find(path.substr(path.rfind('/') + 1));
    const bool regular = header[kTypeOffset] == '0' || header[kTypeOffset] == '\0';
    if (!regular || wanted == missing.end()) {
      SPIKEMESH_RETURN_IF_ERROR(Skip(reader, bytes + padding));
      continue;
    }
    SPIKEMESH_RETURN_IF_ERROR(VisitMember(reader, *wanted, bytes, limits, visit));
    SPIKEMESH_RETURN_IF_ERROR(Skip(reader, padding));
    missing.erase(wanted);
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
